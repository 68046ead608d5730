"""Org's markup within a paragraph, as HTML: emphasis, code, links, footnote marks, line breaks.

Rules are those of the Org manual ("Emphasis and Monospace", "Link Format"); time is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from html import escape

MAX_DEPTH = 6
"""Levels of emphasis within each other; deeper ones stay as they are written."""

_TAGS = {"*": "strong", "/": "em", "_": "u", "+": "del"}
_LITERAL = frozenset("=~")
_CANDIDATE = re.compile(
    r"(?P<link>\[\[[^\[\]\n]{1,2000}\](?:\[[^\n]{0,500}?\])?\])"
    r"|\[fn:(?P<note>[\w-]{1,60})\]"
    r"|<(?P<plain>(?:https?|mailto):[^\s<>]{1,2000})>"
    r"|@@html:(?P<html>[^@\n]{0,2000})@@"
    r"|(?P<break>\\\\[ \t]*(?:\n|\Z))"
    r"|(?P<mark>[*/_+=~])"
)
_BEFORE = frozenset(" \t\n-('\"{“‘「『（")
_AFTER = frozenset(" \t\n-.,;:!?'\")}[\\”’」』）…、。")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp)\Z", re.IGNORECASE)
_FILE = re.compile(r"file(?:\+\w{1,20})?:")


def inline(text: str, depth: int = 0) -> str:
    """The HTML of a paragraph's text. All that is no markup is escaped."""
    closers = _closers(text)
    parts: list[str] = []
    position = 0
    while match := _CANDIDATE.search(text, position):
        parts.append(escape(text[position : match.start()], quote=False))
        html, position = _written(text, match, closers, depth)
        parts.append(html)
    parts.append(escape(text[position:], quote=False))
    return "".join(parts)


def _closers(text: str) -> dict[str, list[int]]:
    """Where each mark may end an emphasis."""
    found: dict[str, list[int]] = defaultdict(list)
    for match in re.finditer(r"(?<=\S)[*/_+=~]", text):
        after = text[match.end() : match.end() + 1]
        if not after or after in _AFTER or ord(after) > 0x2E7F:
            found[match[0]].append(match.start())
    return found


def _written(
    text: str, match: re.Match[str], closers: dict[str, list[int]], depth: int
) -> tuple[str, int]:
    """The HTML for what was found, and where the text goes on."""
    if match["link"]:
        return _link(match["link"][2:-2], depth), match.end()
    if match["note"]:
        return f"<sup>[{escape(match['note'])}]</sup>", match.end()
    if match["plain"]:
        address = escape(match["plain"])
        return f'<a href="{address}">{address.removeprefix("mailto:")}</a>', match.end()
    if match["html"] is not None:
        return match["html"], match.end()
    if match["break"]:
        return "<br>\n", match.end()
    mark, start = match["mark"], match.start()
    end = _end(text, mark, start, closers)
    if end < 0:
        return mark, match.end()
    inner = text[start + 1 : end]
    if mark in _LITERAL:
        return f"<code>{escape(inner, quote=False)}</code>", end + 1
    if depth >= MAX_DEPTH:
        return escape(text[start : end + 1], quote=False), end + 1
    return f"<{_TAGS[mark]}>{inline(inner, depth + 1)}</{_TAGS[mark]}>", end + 1


def _end(text: str, mark: str, start: int, closers: dict[str, list[int]]) -> int:
    """Where the emphasis ends that `mark` would begin; -1 where it begins none."""
    before, after = text[start - 1 : start], text[start + 1 : start + 2]
    if (before and before not in _BEFORE and ord(before) <= 0x2E7F) or not after.strip():
        return -1
    ends = closers.get(mark, [])
    number = bisect_right(ends, start + 1)
    return ends[number] if number < len(ends) else -1


def _link(written: str, depth: int) -> str:
    """A link or, where nothing describes it and it names one, an image."""
    target, _, description = written.partition("][")
    address = escape(_FILE.sub("", target.strip(), count=1))
    if not description and _IMAGE.search(target):
        return f'<img src="{address}" alt="">'
    if _IMAGE.search(description) and " " not in description:
        shown = f'<img src="{escape(_FILE.sub("", description, count=1))}" alt="">'
    else:
        shown = inline(description, depth + 1) if depth < MAX_DEPTH else escape(description)
    return f'<a href="{address}">{shown or address}</a>'
