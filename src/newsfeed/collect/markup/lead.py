"""The lead image, where the body shows it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.collect.markup.dom import is_blank, remove

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_EMPTIED = frozenset({"a", "b", "center", "div", "em", "figure", "p", "span", "strong"})


def has_image(body: Element, url: str) -> bool:
    """Whether the body holds an image with the absolute address `url`."""
    return bool(url) and any(image.get("src") == url for image in body.iter("img"))


def drop_first_image(body: Element, url: str) -> None:
    """Remove the image `url` where the body begins with it, and what it leaves empty."""
    image = next(body.iter("img"), None)
    if image is None or image.get("src") != url or not _is_first(image):
        return
    element: Element | None = image
    while element is not None:
        parent = element.getparent()
        remove(element)
        is_empty = parent is not None and not len(parent) and is_blank(parent.text)
        element = parent if is_empty and parent is not None and parent.tag in _EMPTIED else None


def _is_first(image: Element) -> bool:
    """Whether nothing can be seen in front of `image`."""
    element = image
    while (parent := element.getparent()) is not None and parent.tag != "html":
        if not is_blank(parent.text):
            return False
        for before in element.itersiblings(preceding=True):
            if before.tag != "br" or not is_blank(before.tail):
                return False
        element = parent
    return True
