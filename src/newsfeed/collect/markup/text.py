"""HTML as plain text on one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.collect.markup.characters import legal
from newsfeed.collect.markup.dom import BLOCKS, HEADINGS, parse, remove
from newsfeed.collect.markup.sanitise import DROPPED

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BLOCK_TAG = re.compile(rf"<(?=/?(?i:{'|'.join(sorted(BLOCKS))}|br|caption|img)[\s/>])")
_WHOLE_TEXT = etree.XPath("string()")


def plain_text(html: str) -> str:
    """The text of an HTML fragment, blocks and lines apart by one space, without footnote marks.

    No-break spaces count as spaces. Raises ArticleError where elements nest too deep.
    """
    if "<" not in html and "&" not in html:
        return one_line(legal(html))
    return one_line(str(_WHOLE_TEXT(_readable(html))))


def prose(html: str) -> str:
    """Like `plain_text`, without what makes no sense in an excerpt: headings, tables, code and
    footnotes. Where there is nothing else, all of the text.
    """
    body = _readable(html)
    etree.strip_elements(body, *HEADINGS, "table", "pre", with_tail=False)
    for note in [item for item in body.iter("li") if item.get("id", "").startswith("fn")]:
        remove(note)
    return one_line(str(_WHOLE_TEXT(body))) or plain_text(html)


def _readable(html: str) -> Element:
    """The tree of a fragment, with blocks apart, and without what is not read."""
    body = parse(_BLOCK_TAG.sub(" <", html))
    etree.strip_elements(body, *DROPPED, "noscript", "rp", "rt", with_tail=False)
    if "#fn" in html:
        _drop_footnote_marks(body)
    return body


def one_line(text: str) -> str:
    """`text` with each run of white space, of whatever width, as one space."""
    return " ".join(text.split())


def _drop_footnote_marks(body: Element) -> None:
    for link in list(body.iter("a")):
        parent = link.getparent()
        target = link.get("href", "").rpartition("#")[2]
        if target.startswith("fnref"):
            remove(link)
        elif target.startswith("fn") and parent is not None and parent.tag == "sup":
            remove(parent)
