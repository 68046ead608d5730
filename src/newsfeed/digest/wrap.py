"""Text in lines of a given width, counted in cells: wide characters take two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsfeed.digest import cells

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 72
"""Cells of a line of plain text mail; RFC 3676 section 4.2 asks for 78 at most."""


def wrapped(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """`text` filled into lines, the first one after the prefix `first`, the others after `rest`.

    Lines end at spaces. A word that is too long for a line is broken if it has wide characters
    (Japanese and Chinese have no spaces) and left whole otherwise, as addresses have to be.
    Line ends in `text` stay.
    """
    lines: list[str] = []
    prefix = first
    for part in text.split("\n"):
        for line in _lines(part.split(), max(width - cells.width(rest), 8)) or [""]:
            lines.append(f"{prefix}{line}".rstrip())
            prefix = rest
    return "\n".join(lines)


def _lines(words: list[str], room: int) -> list[str]:
    lines: list[str] = []
    used = room
    for piece in (piece for word in words for piece in _unbroken(word, room)):
        size = cells.width(piece)
        if used + 1 + size <= room:
            lines[-1] += f" {piece}"
            used += 1 + size
        else:
            lines.append(piece)
            used = size
    return lines


def _unbroken(word: str, room: int) -> Iterator[str]:
    """`word`, in pieces where it has to be broken."""
    if cells.width(word) <= room or re.match(r"<?[a-z][a-z0-9+.-]*:", word) or word.isascii():
        yield word
    else:
        yield from cells.pieces(word, room)


def padded(text: str, width: int) -> str:
    """`text` with spaces up to `width` cells."""
    return text + " " * max(width - cells.width(text), 0)
