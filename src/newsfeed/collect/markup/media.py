"""Images and recordings as they work without scripts: lazy loading and <picture> undone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lxml import etree

from newsfeed.collect.markup.dom import remove
from newsfeed.collect.markup.srcset import candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.etree import _Element as Element

    from newsfeed.collect.markup.context import Shown

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


def sources(body: Element) -> dict[Element, str]:
    """The address of each image as the author wrote it."""
    return {image: image.get("src", "") for image in body.iter("img")}


def show(
    body: Element, written: Mapping[Element, str], show_as: Callable[[str, int], Shown | None]
) -> None:
    """Show each image as `show_as` says for what was `written`, or its alternative text instead.

    The width that an author gave it stays, and its height follows.
    """
    for image in list(body.iter("img")):
        wanted = _pixels(image.get("width"))
        shown = show_as(written.get(image, ""), wanted)
        if shown is None:
            continue
        if not shown.url:
            _put_text(image)
            continue
        for name in ("srcset", "sizes"):
            image.attrib.pop(name, "")
        width = wanted or shown.width
        image.set("src", shown.url)
        image.set("width", str(width))
        image.set("height", str(max(1, round(shown.height * width / shown.width))))


def _put_text(image: Element) -> None:
    """The alternative text where the image was, apart from the words around it."""
    text, after = image.get("alt", ""), image.tail or ""
    if text and _follows_closely(image):
        text = f" {text}"
    if text and after[:1].isalnum():
        text += " "
    image.tail = text + after
    remove(image)


def _follows_closely(image: Element) -> bool:
    """Whether no space is between the image and what stands before it."""
    previous, parent = image.getprevious(), image.getparent()
    if previous is not None and not previous.tail:
        return previous.tag != "br"
    before = previous.tail if previous is not None else parent.text if parent is not None else None
    return bool(before) and not str(before)[-1].isspace() and str(before)[-1] not in "(["


def _pixels(text: str | None) -> int:
    """A number of pixels as HTML reads it, 0 for what is none."""
    digits = (text or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else 0
