"""Images and recordings as they work without scripts: lazy loading and <picture> undone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lxml import etree

from newsfeed.collect.markup.dom import remove
from newsfeed.collect.markup.srcset import candidates

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")


def make_plain(body: Element) -> None:
    """Give every image and recording its true `src`, and leave <img> alone of a <picture>."""
    for image in body.iter("img", "video", "audio", "source"):
        _undo_lazy_loading(image)
    for picture in body.iter("picture"):
        for source in picture.findall("source"):
            remove(source)
    for fallback in list(body.iter("noscript")):
        previous = fallback.getprevious()
        if previous is not None and previous.tag == "img":  # the same image, for lack of scripts
            remove(fallback)
    etree.strip_tags(body, "picture", "noscript")


def _undo_lazy_loading(image: Element) -> None:
    for name, lazy in (("src", _LAZY_SOURCES), ("srcset", _LAZY_SETS)):
        for attribute in lazy:
            value = image.get(attribute)
            if value:
                image.set(name, value)
                break
    if image.tag == "img" and not image.get("src"):
        first = next(candidates(image.get("srcset", "")), None)
        if first is not None:
            image.set("src", first.url)


def add_fallbacks(body: Element) -> None:
    """Put a link into each recording, for readers that do not play it; drop one without address.

    Addresses are absolute already.
    """
    for player in list(body.iter("video", "audio")):
        addresses = [player.get("src"), *(source.get("src") for source in player.iter("source"))]
        address = next(filter(None, addresses), None)
        if address is None:
            remove(player)
            continue
        player.set("controls", "")
        has_link = player.find(".//a") is not None
        if not has_link and all(outer.tag != "a" for outer in player.iterancestors()):
            link = etree.SubElement(player, "a", href=address)
            link.text = unquote(urlsplit(address).path.rpartition("/")[2]) or address
