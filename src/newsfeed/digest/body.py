"""An article's sanitised HTML made fit for a letter: headings, tables, images and colours."""

from __future__ import annotations

import html
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

MOST_COLUMNS = 6
"""A table with more columns can be scrolled instead of being squeezed."""

NARROWEST, WIDEST = 6, 24
"""Cells of text for which a column of a table is made."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LAYOUT = ("width", "height", "class", "id", "nowrap", "border", "cellpadding", "cellspacing")


class Body(msgspec.Struct, frozen=True):
    """HTML for one article, and the text colours that it needs in dark mode, class -> colour."""

    html: str
    dark: dict[str, str]


def fit_body(content_html: str, theme: Theme, top: int = TOP_HEADING) -> Body:
    """`content_html` (sanitised, with absolute URLs) as it stands in a letter.

    Headings begin at level `top`. Tables keep within the column, and those of one
    cell become call-outs. Images are never wider than the column. Colours can be read in light
    and dark mode.
    """
    root = lxml.html.fragment_fromstring(content_html, create_parent="div")
    _lower_headings(root, top)
    for element in reversed(list(root.iterdescendants(etree.Element))):
        sizes = {name: element.attrib.pop(name) for name in _LAYOUT if name in element.attrib}
        if element.tag == "table":
            _fit_table(element)
        elif element.tag == "img":
            _fit_image(element, sizes, theme.column)
    dark = mend_colours(root, theme)
    return Body(html=_inner_html(root), dark=dark)


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
        _wrap(table, etree.Element("div", {"class": "scroll"}))


def _share_width(rows: list[HtmlElement], columns: int) -> None:
    """Give columns of long texts more of the width, on the first row that has them all."""
    grid = [list(row.iterchildren("td", "th")) for row in rows]
    whole = [row for row in grid if len(row) == columns]
    if not whole:
        return
    longest = [
        max(cells.width(row[n].text_content().strip()) for row in whole) for n in range(columns)
    ]
    weights = [min(max(length, NARROWEST), WIDEST) for length in longest]
    for cell, weight in zip(whole[0], weights, strict=True):
        cell.set("width", f"{100 * weight // sum(weights)}%")


def _columns(row: HtmlElement) -> int:
    return sum(_number(cell.get("colspan")) or 1 for cell in row.iterchildren("td", "th"))


def _wrap(element: HtmlElement, wrapper: etree._Element) -> None:
    element.addprevious(wrapper)
    wrapper.tail, element.tail = element.tail, None
    wrapper.append(element)


def _fit_image(image: HtmlElement, sizes: Mapping[str, str], most: int) -> None:
    """Set the size where it is known; for the others the style sheet has a `max-width`."""
    width, height = (_number(sizes.get(name)) for name in ("width", "height"))
    image.set("alt", image.get("alt", ""))
    if width:
        shown = min(width, most)
        image.set("width", str(shown))
        if height:
            image.set("height", str(round(height * shown / width)))


def _number(text: str | None) -> int:
    """A positive number of at most five digits, else 0."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _inner_html(root: HtmlElement) -> str:
    children = (etree.tostring(child, method="html", encoding="unicode") for child in root)
    return html.escape(root.text or "", quote=False) + "".join(children)
