"""kramdown's attribute lists, taken out of the text of a tree.

A paragraph.            * TOC            ## A heading {#id}
{: .class}              {:toc}           [A link](/x){:target="_blank"}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsfeed.collect.markup.dom import BLOCKS, HEADINGS, is_blank, prose, remove

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LIST = r"\{:(?![:/])[^{}\n]*\}"
_OWN_LINE = re.compile(rf"(?:^|\n)[ \t]*{_LIST}[ \t]*(?=\n|$)")
_LEADING = re.compile(_LIST)
_CONTENTS = re.compile(r"\{:\s*toc\b[^{}\n]*\}")
_HEADING_ID = re.compile(r"\{#([\w:.\-]+)\}$")
_FIRST_IN = frozenset({"li", "td", "th", "dd"})


def drop_attribute_lists(body: Element) -> None:
    """Take attribute lists, generated tables of contents and heading ids out of the text.

    What they ask for is not carried out, save for the ids. Code is left as it is.
    """
    for element, is_tail in prose(body):
        text = (element.tail if is_tail else element.text) or ""
        if "{:" not in text:
            continue
        if _CONTENTS.search(text):
            _drop_list_around(element)
        kept = _OWN_LINE.sub("", text)
        if element.tag not in BLOCKS if is_tail else element.tag in _FIRST_IN:
            kept = _LEADING.sub("", kept, count=1) if _LEADING.match(kept) else kept
        if is_tail:
            element.tail = kept
        else:
            element.text = kept.lstrip("\n")
            _drop_empty_row(element)
    for heading in body.iter(*HEADINGS):
        _take_id(heading)


def _drop_list_around(element: Element) -> None:
    """The list whose item `{:toc}` stands for: kramdown puts the table of contents there."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in {"ul", "ol"}:
            remove(outer)
            return


def _drop_empty_row(cell: Element) -> None:
    """A list on the line after a table came out as a row of its own."""
    row = cell.getparent()
    if (
        row is not None
        and cell.tag == "td"
        and all(is_blank(td.text) and not len(td) for td in row)
    ):
        remove(row)


def _take_id(heading: Element) -> None:
    last = heading[-1] if len(heading) else None
    text = heading.text if last is None else last.tail
    match = _HEADING_ID.search(text.rstrip()) if text and "{#" in text else None
    if match is None or text is None:
        return
    heading.set("id", match[1])
    if last is None:
        heading.text = text[: match.start()].rstrip()
    else:
        last.tail = text[: match.start()].rstrip()
