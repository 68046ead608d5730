"""Bare addresses in running text become links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.collect.markup.dom import prose

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# A Korean particle follows an address without a space: "https://example.org/a에서". So letters
# beyond ASCII belong to the address only where they begin a part of it, or are the last label.
_ADDRESS = re.compile(
    r"(?<![\w/])https?://"
    r"(?:[\w\-]{1,63}\.){1,8}(?:[A-Za-z]{2,63}|[^\W\d_a-zA-Z]{2,63})(?::\d{1,5})?"
    r"(?:[/?#](?:[A-Za-z0-9\-._~%!$&'()*+,;=:@/?#]|(?<=[/=_\-+])[^\W\d_a-zA-Z]+)*)?"
)
_TRAILING = ".,:;!?'*_~"


def has_bare_address(html: str) -> bool:
    """Whether there may be an address outside the attributes of `html`; quick to tell."""
    place = html.find("://")
    while place >= 0:
        before = html[max(0, place - len("https") - 1) : place]
        if before.endswith(("http", "https")) and not before.startswith(('"', "'", '="', "='")):
            return True
        place = html.find("://", place + 1)
    return False


def link_addresses(body: Element) -> None:
    """Make links of the http and https addresses in `body`'s text, outside code and links."""
    for element, is_tail in prose(body, "a", "button"):
        text = (element.tail if is_tail else element.text) or ""
        if "://" in text:
            _link(element, text, is_tail=is_tail)


def _link(element: Element, text: str, *, is_tail: bool) -> None:
    """Put links into `text`, which is the text or the tail of `element`."""
    parent = element.getparent() if is_tail else element
    if parent is None:
        return
    index = parent.index(element) + 1 if is_tail else 0
    links: list[Element] = []
    done = 0
    for match in _ADDRESS.finditer(text):
        address = _without_punctuation(match[0])
        before = text[done : match.start()]
        if links:
            links[-1].tail = before
        elif is_tail:
            element.tail = before
        else:
            element.text = before
        link = etree.Element("a", href=address)
        link.text = address
        links.append(link)
        done = match.start() + len(address)
    if links:
        links[-1].tail = text[done:]
        parent[index:index] = links


def _without_punctuation(address: str) -> str:
    """`address` without the punctuation of the sentence around it; a pair of parentheses stays."""
    end = len(address)
    unpaired = address.count(")") - address.count("(")
    while end and (address[end - 1] in _TRAILING or (address[end - 1] == ")" and unpaired > 0)):
        end -= 1
        unpaired -= address[end] == ")"
    return address[:end]
