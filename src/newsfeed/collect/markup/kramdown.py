"""kramdown's own syntax put as CommonMark understands it, where the lines of the source count.

What hangs on words instead (attribute lists) is taken out of the tree, in `attributes`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsfeed.collect.markup.htmlblocks import BLOCK_NAMES, HtmlBlocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What CommonMark would read in another way: text right after the end of a block of HTML, indented
# HTML after a blank line, and kramdown's own words.
_DIFFERENCE = re.compile(
    rf"</(?i:{'|'.join(sorted(BLOCK_NAMES))})\s*>[ \t]*\n?[ \t]*[^\s<]"
    r"|<hr[^<>]*>[ \t]*\n?[ \t]*[^\s<]|\n[ \t]*\n(?: {4}|\t)[ \t]*<"
    r"|markdown *=|\{::|\{:/|\n {0,3}\*\["
)
_FENCE = re.compile(r"(?:[\s>]|[-*+] |\d{1,9}[.)] )*+(`{3,}(?=[^`]*$)|~{3,})")
_RAW = re.compile(r" {0,3}<(?:(?i:(pre|script|style|textarea)(?=[\s>]|$))|!--)")
_ABBREVIATION = re.compile(r" {0,3}\*\[[^\]]*\]:")
_MARKER = re.compile(r"`+|\{::[a-z][^{}]*\}|\{:/[a-z]*\}")
_INDENTED_CODE = ("    ", "\t")


def to_commonmark(source: str) -> str:
    """`source` without comments, extension markers and abbreviation definitions, with HTML blocks
    apart from the text after them and `markdown="1"` carried out.

    Code, fenced, indented or in `<pre>`, is left as it is.
    """
    if _DIFFERENCE.search(f"\n{source}") is None:
        return source
    lines = _told_from_code(source.split("\n"))
    if "{:" in source or "*[" in source:
        lines = _without_extensions(lines)
    blocks = HtmlBlocks()
    out: list[str] = []
    for line, is_code in lines:
        if is_code:
            out.append(line)
        else:
            blocks.read(line, out)
    out += blocks.rest()
    return "\n".join(out)


def _told_from_code(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to fenced code or to an element that holds raw text."""
    fence = raw_end = ""
    for line in lines:
        if fence:
            yield line, True
            bare = line.lstrip(" \t>").rstrip()
            if len(bare) >= len(fence) and not bare.strip(fence[0]):
                fence = ""
        elif raw_end:
            yield line, True
            if raw_end in line.lower():
                raw_end = ""
        elif ("```" in line or "~~~" in line) and (opened := _FENCE.match(line)):
            fence = opened[1]
            yield line, True
        elif "<" in line and (raw := _RAW.match(line)):
            end = f"</{raw[1].lower()}" if raw[1] else "-->"
            raw_end = "" if end in line.lower() else end
            yield line, True
        else:
            yield line, False
            if "{::comment" in line and _stays_open(line):
                raw_end = "{:/"


def _stays_open(line: str) -> bool:
    """Whether a comment begins in `line` and goes on in the next; not so within a code span."""
    before, _, after = line.rpartition("{::comment")
    return "`" not in before and "{:/" not in after


def _without_extensions(lines: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """The lines without `{::comment}…{:/}`, other extension markers and `*[ABBR]: …`."""
    in_comment = False
    for line, is_code in lines:
        if in_comment:
            _, marker, rest = line.partition("{:/")
            if not marker:
                continue
            in_comment = False
            shown, in_comment = _without_markers(rest.partition("}")[2])
            yield shown, False
        elif is_code or line.startswith(_INDENTED_CODE):
            yield line, is_code
        elif "{:" in line:
            shown, in_comment = _without_markers(line)
            yield shown, False
        elif "*[" not in line or _ABBREVIATION.match(line) is None:
            yield line, False


def _without_markers(line: str) -> tuple[str, bool]:
    """`line` without extension markers outside code spans, and whether a comment stays open."""
    tokens = list(_MARKER.finditer(line))
    partner = _code_spans([token[0] for token in tokens])
    kept: list[str] = []
    shown_from = index = 0
    commented = False
    while index < len(tokens):
        token = tokens[index]
        if token[0][0] == "`":
            index = index if commented else partner.get(index, index)
        elif commented:
            if token[0].startswith("{:/"):
                shown_from, commented = token.end(), False
        else:
            kept.append(line[shown_from : token.start()])
            shown_from = token.end()
            commented = token[0].startswith("{::comment")
        index += 1
    if not commented:
        kept.append(line[shown_from:])
    return "".join(kept), commented


def _code_spans(tokens: list[str]) -> dict[int, int]:
    """From the index of each run of backticks to that of the next run of the same length."""
    partner: dict[int, int] = {}
    next_run: dict[int, int] = {}
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index][0] == "`":
            length = len(tokens[index])
            if length in next_run:
                partner[index] = next_run[length]
            next_run[length] = index
    return partner
