"""An article's HTML as text that reads well by itself: every link, heading, list and table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import lxml.html
from lxml import etree

from newsfeed.digest import cells, wrap
from newsfeed.digest.wrap import WIDTH, folded_code, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "template", "title", "head"})
# Elements that run along within a paragraph; all others begin a block.
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "font"),
        *("i", "img", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span"),
        *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)
_BREAK = "\u2028"
_NARROWEST = 24
"""Cells below which lists and quotes within others are no longer set in."""

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_BACK = re.compile("[↩⤴↑^][\ufe0e\ufe0f]?[0-9⁰¹²³⁴⁵⁶⁷⁸⁹]*")
_NUMBER = re.compile(r"[0-9]{1,9}")  # a list begins there; what is longer is no number of items


def plain_text(content_html: str) -> str:
    """`content_html` (sanitised, with absolute URLs) as text of at most 72 cells a line.

    A link is its words and `<address>`, an image its `[description]`; a footnote's mark is its
    number in brackets, and the way back from it is left out. Only addresses and words of ASCII
    that are longer make a longer line.
    """
    root = lxml.html.fragment_fromstring(content_html, create_parent="div")
    return "\n\n".join(_blocks(root, WIDTH))


def running_text(content_html: str) -> str:
    """The words of `content_html` (sanitised) on one line, without addresses."""
    root = lxml.html.fragment_fromstring(content_html, create_parent="div")
    for element in root.iterdescendants(etree.Element):
        if element.tag not in _INLINE or element.tag == "br":
            element.text = f" {element.text or ''}"
            element.tail = f" {element.tail or ''}"
    return " ".join(str(root.text_content()).split())


def _blocks(parent: HtmlElement, width: int) -> Iterator[str]:
    """The blocks inside `parent`, one text each; loose inline content makes paragraphs."""
    loose = parent.text or ""
    for child in parent:
        if not isinstance(child.tag, str) or child.tag in _SILENT:
            block: Iterator[str] = iter(())
        elif child.tag in _INLINE:
            loose += _inline(child) + (child.tail or "")
            continue
        else:
            block = _KINDS.get(child.tag, _blocks)(child, width)
        yield from _paragraph(loose, width)
        yield from block
        loose = child.tail or ""
    yield from _paragraph(loose, width)


def _paragraph(text: str, width: int) -> Iterator[str]:
    text = _tidy(text)
    if text:
        yield wrapped(text, width=width)


def _tidy(text: str) -> str:
    """White space as a browser shows it, with line ends where `<br>` was; no soft hyphens."""
    lines = (" ".join(line.split()) for line in text.replace("\xad", "").split(_BREAK))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _inline(element: HtmlElement) -> str:
    """An inline element as text, white space not yet tidied."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return ""
    if element.tag == "br":
        return _BREAK
    if element.tag == "img":
        alt = element.get("alt", "").strip()
        return f"[{alt}]" if alt else ""
    inner = (element.text or "") + "".join(_inline(child) + (child.tail or "") for child in element)
    if element.tag == "a":
        return _link(_tidy(inner), element.get("href", "").strip().replace(" ", "%20"))
    if element.tag == "q":
        return f"“{inner}”"
    if element.tag in {"sup", "sub"}:
        return _shifted(element, inner)
    return inner if element.tag in _INLINE else f" {inner} "


def _shifted(element: HtmlElement, inner: str) -> str:
    """A footnote's mark, which leads to a place of its page; or what is raised or lowered, where
    there are characters for it.
    """
    label = _tidy(str(element.text_content()))
    if any("#" in link.get("href", "") for link in element.iterchildren("a")):
        return label if label.startswith("[") else f"[{label}]"
    moved = label.translate(_RAISED if element.tag == "sup" else _LOWERED)
    return inner if set(moved) & set(label) else moved


def _link(label: str, address: str) -> str:
    if "#" in address and _BACK.fullmatch(label):
        return ""
    if not address or address.startswith("#"):
        return label
    if label in {"", address, address.removeprefix("mailto:")}:
        return f"<{address}>"
    return f"{label} <{address}>"


def _heading(element: HtmlElement, width: int) -> Iterator[str]:
    """The heading's text, underlined."""
    for text in _paragraph(_inline(element), width):
        longest = max(map(cells.width, text.splitlines()))
        yield f"{text}\n{'-' * min(longest, width)}"


def _list(element: HtmlElement, width: int) -> Iterator[str]:
    """All items as one block, with `-` or their numbers before them."""
    items = []
    start = element.get("start", "1")
    number = int(start) if _NUMBER.fullmatch(start) else 1
    for item in element.iterchildren("li"):
        marker = f"{number}. " if element.tag == "ol" else "- "
        if width - len(marker) < _NARROWEST:
            marker = ""
        text = "\n".join(_blocks(item, width - len(marker)))
        items.append(_indented(text, marker, " " * len(marker)))
        number += 1
    if items:
        yield "\n".join(items)


def _quote(element: HtmlElement, width: int) -> Iterator[str]:
    mark = "> " if width - 2 >= _NARROWEST else ""
    text = "\n\n".join(_blocks(element, width - len(mark)))
    if text:
        yield _indented(text, mark, mark)


def _verbatim(element: HtmlElement, width: int) -> Iterator[str]:
    text = str(element.text_content()).replace("\xad", "").strip("\n")
    if text.strip():
        lines = [one for line in text.split("\n") for one in folded_code(line, width - 4)]
        yield _indented("\n".join(lines), "    ", "    ")


def _rule(_element: HtmlElement, _width: int) -> Iterator[str]:
    yield "* * *"


def _indented(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join(
        f"{rest if number else first}{line}".rstrip() for number, line in enumerate(lines)
    )


def _table(element: HtmlElement, width: int) -> Iterator[str]:
    """Columns side by side where they fit; else a row after the other, cells named by the head."""
    for caption in element.iterchildren("caption"):
        yield from _paragraph(_inline(caption), width)
    rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
    texts = [
        [_tidy(_inline(cell)).replace("\n", " ") for cell in row.iterchildren("td", "th")]
        for row in rows
    ]
    has_head = bool(rows) and all(cell.tag == "th" for cell in rows[0])
    table = [row for row in texts if any(row)]
    if not table:
        return
    if len(table) == 1 and len(table[0]) == 1:
        yield wrapped(table[0][0], "| ", "| ", width)
    else:
        yield _aligned(table, width, has_head=has_head) or _stacked(table, width, has_head=has_head)


def _aligned(table: list[list[str]], width: int, *, has_head: bool) -> str:
    """Padded columns, or "" where the table is too wide for that."""
    columns = [0] * max(map(len, table))
    for row in table:
        for number, text in enumerate(row):
            columns[number] = max(columns[number], cells.width(text))
    if sum(columns) + 2 * (len(columns) - 1) > width:
        return ""
    lines = ["  ".join(map(wrap.padded, row, columns[: len(row)])).rstrip() for row in table]
    if has_head:
        lines.insert(1, "  ".join("-" * column for column in columns))
    return "\n".join(lines)


def _stacked(table: list[list[str]], width: int, *, has_head: bool) -> str:
    if not has_head or len(table) == 1:
        return "\n".join(wrapped(" | ".join(row), "", "  ", width) for row in table)
    head, *rows = table
    names = [f"{name}: " if name else "" for name in head]
    return "\n\n".join(
        "\n".join(
            wrapped(f"{name}{text}", "", "  ", width)
            for name, text in zip(names, row, strict=False)
            if text
        )
        for row in rows
    )


_KINDS: dict[str, Callable[[HtmlElement, int], Iterator[str]]] = {
    **dict.fromkeys(_HEADINGS, _heading),
    "blockquote": _quote,
    "hr": _rule,
    "ol": _list,
    "pre": _verbatim,
    "table": _table,
    "ul": _list,
}
