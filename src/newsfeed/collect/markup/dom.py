"""The tree of a body: read with lxml, changed in place by the other modules, written again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.collect.markup.characters import legal_html
from newsfeed.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

_BLOCK_NAMES = (
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table "
    "tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CODE = ("code", "kbd", "pre", "samp", "tt", "var")
_WHITE = " \t\n\r\f\v\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# libxml2 ends a body at </body>, and takes what follows these void elements for their content.
_MISREAD = re.compile(
    r"<(?i:/?(?:html|head|body)(?=[\s>])[^<>]*>|(source|track|wbr|embed)(?=[\s/>])([^<>]*?)/?>)"
)
_BODY_TAGS = slice(len("<body>"), -len("</body>"))


def parse(html: str) -> Element:
    """The body element of an HTML fragment, without comments, processing instructions and
    characters that XML cannot carry.

    Raises ArticleError where elements nest deeper than libxml2 reads (256).
    """
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    readable = _MISREAD.sub(_well_read, legal_html(html))
    root = etree.fromstring(f"<html><body>{readable}".encode(), parser)
    log = parser.error_log
    if len(log) and log[-1].type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        raise ArticleError(
            "the body nests elements or quotes more than 250 deep",
            remedy="close what is left open in it",
        )
    body = root.find("body")
    if body is None:
        return etree.SubElement(root, "body")
    body.attrib.clear()
    return body


def _well_read(match: re.Match[str]) -> str:
    return f"<{match[1]}{match[2]} />" if match[1] else ""


def serialise(body: Element) -> str:
    """The HTML inside `body`."""
    text = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    return text[_BODY_TAGS]


def is_blank(text: str | None) -> bool:
    """Whether there is nothing to see: white space of any width, including none."""
    return not text or (text[0] in _WHITE and not text.strip(_WHITE))


def remove(element: Element) -> None:
    """Take `element` out of the tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def prose(body: Element, *skipped: str) -> Iterator[tuple[Element, bool]]:
    """The places of text outside code and elements called `skipped`.

    An element and False stand for its text, with True for its tail. The tree may be changed at
    each place, though not before it.
    """
    closed = {inner for outer in body.iter(*CODE, *skipped) for inner in outer.iter()}
    for element in list(body.iter()):
        if element not in closed:
            yield element, False
        if element.tail and element.getparent() not in closed:
            yield element, True
