"""An article's sanitised HTML made fit for a letter: headings, tables, images and colours."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import lxml.html
import msgspec
from lxml import etree

from newsfeed.digest import cells
from newsfeed.digest.legible import mend_colours

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from newsfeed.digest.theme import Theme

TOP_HEADING = 3
"""h1 is the letter's title, h2 an article's."""

INTRO_HEADING = 2
"""The sender's own words stand beside the articles, not in one."""

MOST_COLUMNS = 4
"""A table with more columns can be scrolled instead of being squeezed."""

NARROWEST, WIDEST = 6, 24
"""Cells of text for which a column of a table is made."""

PHONE, PADDING = 43, 3
"""Cells of a table's text that are as wide as the letter on a small phone, and as a cell's padding.
"""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UPRIGHT = frozenset({"ko", "ja", "zh"})
_BLOCKS = ("p", *_HEADINGS, "div", "blockquote", "figure")
_BLANK = re.compile(r"[\s\u00a0\u200b-\u200d\u2060\ufeff\u3164]+")
_SHOWN = ("img", "table", "hr", "video", "audio")
_PANEL = (
    '<table class="code" role="presentation" border="0" cellpadding="0" cellspacing="0">'
    "<tr><td></td></tr></table>"
)
_LAYOUT = ("width", "height", "class", "id", "nowrap", "border", "cellpadding", "cellspacing")


class Body(msgspec.Struct, frozen=True):
    """HTML for one article, and the text colours that it needs in dark mode, class -> colour."""

    html: str
    dark: dict[str, str]


def fit_body(
    content_html: str, theme: Theme, *, top: int = TOP_HEADING, language: str = ""
) -> Body:
    """`content_html` (sanitised, with absolute URLs) as it stands in a letter.

    Headings begin at level `top`. Tables keep within the column, and those of one cell become
    call-outs, as code becomes a panel. Images are never wider than the column. Paragraphs without
    anything in them go. Chinese characters, Hangul and kana stand upright: with `language` one of
    theirs, emphasis is bold. Colours can be read in light and dark mode.
    """
    root = lxml.html.fragment_fromstring(content_html, create_parent="div")
    _drop_blanks(root)
    if language.partition("-")[0].lower() in _UPRIGHT:
        _set_upright(root)
    _lower_headings(root, top)
    for element in reversed(list(root.iterdescendants(etree.Element))):
        sizes = {name: element.attrib.pop(name) for name in _LAYOUT if name in element.attrib}
        if element.tag == "table":
            _fit_table(element)
        elif element.tag == "img":
            _fit_image(element, sizes, theme.column)
        elif element.tag == "pre":
            _set_into_panel(element)
    dark = mend_colours(root, theme)
    return Body(html=_inner_html(root), dark=dark)


def _drop_blanks(root: HtmlElement) -> None:
    """Editors leave empty paragraphs where they mean space; the style sheet has it already."""
    for element in reversed(list(root.iter(*_BLOCKS))):
        empty = not _BLANK.sub("", element.text_content())
        if empty and element is not root and next(element.iter(*_SHOWN), None) is None:
            element.drop_tree()
    for line_break in list(root.iter("br")):
        before = _break_before(line_break)
        if before is not None and _break_before(before) is not None:
            line_break.drop_tree()


def _break_before(line_break: HtmlElement) -> HtmlElement | None:
    """The line break right before another one, if there is any."""
    before = line_break.getprevious()
    if before is None or before.tag != "br" or (before.tail or "").strip():
        return None
    return before


def _set_upright(root: HtmlElement) -> None:
    for element in root.iter("em", "i", "cite", "dfn", "address"):
        style = element.get("style", "").rstrip("; ")
        element.set("style", f"{style}; font-style: normal; font-weight: 700".lstrip("; "))


def _set_into_panel(code: HtmlElement) -> None:
    """Outlook gives padding to cells only."""
    table = etree.fromstring(_PANEL)
    _wrap(code, table, table.find(".//td"))


def _lower_headings(root: HtmlElement, top: int) -> None:
    found = list(root.iter(*_HEADINGS))
    highest = min((int(heading.tag[1]) for heading in found), default=top)
    for heading in found:
        heading.tag = f"h{min(int(heading.tag[1]) - highest + top, 6)}"


def _fit_table(table: HtmlElement) -> None:
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    columns = max((_columns(row) for row in rows), default=0)
    for name in ("border", "cellpadding", "cellspacing"):
        table.set(name, "0")
    if len(rows) <= 1 and columns <= 1:
        table.set("class", "callout")
        table.set("role", "presentation")
    elif columns <= MOST_COLUMNS:
        table.set("class", "grid")
        _share_width(rows, columns)
    else:
        table.set("class", "wide")
        _wrap(table, etree.Element("div", {"class": "scroll", "tabindex": "0"}))


def _share_width(rows: list[HtmlElement], columns: int) -> None:
    """Divide the width, on the first row that has all columns: each gets what its longest word
    needs on a phone, as far as all can have that, and of the rest more where texts are long.
    """
    grid = [list(row.iterchildren("td", "th")) for row in rows]
    whole = [row for row in grid if len(row) == columns]
    if not whole:
        return
    texts = [[row[n].text_content().strip() for row in whole] for n in range(columns)]
    longest = [max(map(cells.width, column)) for column in texts]
    weights = [min(max(length, NARROWEST), WIDEST) for length in longest]
    needs = [min((_longest_word(column) + PADDING) / PHONE, 1 / columns) for column in texts]
    rest = 1 - sum(needs)
    for cell, weight, need in zip(whole[0], weights, needs, strict=True):
        cell.set("width", f"{int(100 * (need + rest * weight / sum(weights)))}%")


def _longest_word(texts: list[str]) -> int:
    return max((cells.width(word) for text in texts for word in text.split()), default=0)


def _columns(row: HtmlElement) -> int:
    return sum(_number(cell.get("colspan")) or 1 for cell in row.iterchildren("td", "th"))


def _wrap(
    element: HtmlElement, wrapper: etree._Element, inside: etree._Element | None = None
) -> None:
    """Put `wrapper` in the place of `element`, which goes `inside` of it."""
    element.addprevious(wrapper)
    wrapper.tail, element.tail = element.tail, None
    (wrapper if inside is None else inside).append(element)


def _fit_image(image: HtmlElement, sizes: Mapping[str, str], most: int) -> None:
    """Set the size where it is known; for the others the style sheet has a `max-width`. An image
    without words gets no height, so that it leaves no empty space where it is not loaded.
    """
    width, height = (_number(sizes.get(name)) for name in ("width", "height"))
    image.set("alt", image.get("alt", ""))
    if width:
        shown = min(width, most)
        image.set("width", str(shown))
        if height and image.get("alt"):
            image.set("height", str(round(height * shown / width)))


def _number(text: str | None) -> int:
    """A positive number of at most five digits, else 0."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _inner_html(root: HtmlElement) -> str:
    children = (etree.tostring(child, method="html", encoding="unicode") for child in root)
    return html.escape(root.text or "", quote=False) + "".join(children)
