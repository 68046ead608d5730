"""The lead image, where the body shows it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.collect.markup.dom import is_blank, remove
from newsfeed.collect.markup.paragraphs import is_empty

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def has_image(body: Element, url: str) -> bool:
    """Whether the body holds an image with the absolute address `url`."""
    return bool(url) and any(image.get("src") == url for image in body.iter("img"))


def drop_first_image(body: Element, url: str) -> None:
    """Remove the image `url` where nothing can be seen in front of it."""
    image = next(body.iter("img"), None)
    if image is not None and image.get("src") == url and _is_first(image):
        remove(image)


def _is_first(image: Element) -> bool:
    element = image
    while (parent := element.getparent()) is not None and parent.tag != "html":
        if not is_blank(parent.text):
            return False
        for before in element.itersiblings(preceding=True):
            if not is_blank(before.tail) or not is_empty(before):
                return False
        element = parent
    return True
