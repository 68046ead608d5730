"""Text in lines of a given width, counted in cells: wide characters take two."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from newsfeed.digest import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WIDTH = 72
"""Cells of a line of plain text mail; RFC 3676 section 4.2 asks for 78 at most."""

_NARROWEST = 8
_KANA_AND_HAN = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f\U00020000-\U0003ffff"
_CHARACTERS = re.compile(f"[{_KANA_AND_HAN}]")
# A scheme has an end, so that a long word is read once, and not from each of its letters on.
_SCHEME = "[a-z][a-z0-9+.-]{0,31}:"
_ADDRESS = re.compile(rf"(<{_SCHEME}[^<>\s]*>|(?:mailto:|{_SCHEME}//)[^<>\s{_KANA_AND_HAN}]+)")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc]")
# JIS X 4051: what does not begin a line, and what does not end one.
_CLOSING = frozenset(
    ")]},.:;!?%°…‥’”»‐–—~'\"、。，．・：；？！％〜～）］｝〕〉》」』】〙〗｣､｡･ーｰ々〻ゝゞヽヾ"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｯｬｭｮ"
)
_OPENING = frozenset("([{‘“«（［｛〔〈《「『【〘〖｢¥＄￥$")
_QUOTED = re.compile(r"(?:> ?)*\s*")


def wrapped(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """`text` filled into lines, the first one after the prefix `first`, the others after `rest`.

    Lines end at spaces, between kana and Chinese characters where Japanese rules let them, and
    around addresses. A word that is too long for a line is broken between characters unless it is
    an address or of ASCII alone. Line ends in `text` stay.
    """
    lines: list[str] = []
    prefix = first
    for part in text.split("\n"):
        room = max(width - cells.width(rest), _NARROWEST)
        for line in _lines(part.split(), room) or [""]:
            lines.append(f"{prefix}{line}".rstrip())
            prefix = rest
    return "\n".join(lines)


def folded(text: str, width: int = WIDTH) -> str:
    """`text` with its lines that are wider filled into several; quotes and indents go on.

    Soft hyphens are left out: terminals show them.
    """
    lines = text.replace("\xad", "").split("\n")
    for number, line in enumerate(lines):
        if 2 * len(line) > width and cells.width(line) > width:  # nothing has more than two cells
            mark = _QUOTED.match(line)
            prefix = mark[0] if mark else ""
            lines[number] = wrapped(line.removeprefix(prefix), prefix, prefix, width)
    return "\n".join(lines)


def folded_code(line: str, width: int, mark: str = "↪ ") -> Iterator[str]:
    """A line of code, its spaces kept, in lines of at most `width`; `mark` begins the further ones.

    It is cut at spaces, and a word that is too long for a line as it is in running text.
    """
    line = line.expandtabs(4).rstrip()
    if cells.width(line) <= width:
        yield line
        return
    filled, used = "", 0
    for piece in _of_code(line, width, cells.width(mark)):
        size = cells.width(piece)
        if filled.strip() and used + size > width:
            yield filled
            filled, used = mark, cells.width(mark)
            piece, size = piece.lstrip(), cells.width(piece.lstrip())
        filled, used = filled + piece, used + size
    yield filled


def _of_code(line: str, width: int, mark: int) -> Iterator[str]:
    """Words, each with the spaces before it; in pieces where a line may have to end within one."""
    for spaces, word in re.findall(r"(\s*)(\S+)", line):
        room = max(width - max(cells.width(spaces), mark), _NARROWEST)
        first, *others = [word] if cells.width(word) <= room else _unbroken(word, room)
        yield spaces + first
        yield from others


def padded(text: str, width: int) -> str:
    """`text` with spaces up to `width` cells."""
    return text + " " * max(width - cells.width(text), 0)


def _lines(words: Iterable[str], room: int) -> list[str]:
    lines: list[str] = []
    used = room
    for word in words:
        gap = " "
        for piece in _unbroken(word, room):
            size = cells.width(piece)
            if lines and used + len(gap) + size <= room:
                lines[-1] += gap + piece
                used += len(gap) + size
            else:
                lines.append(piece)
                used = size
            gap = ""
    return lines


def _unbroken(word: str, room: int) -> Iterator[str]:
    """`word`, in pieces where a line may end within it."""
    korean = not _CHARACTERS.search(word) or _HANGUL.search(word)
    if korean and cells.width(word) <= room:
        yield word
        return
    for piece in _joined(_units(word)):
        if cells.width(piece) <= room or piece.isascii() or _ADDRESS.match(piece):
            yield piece
        else:
            yield from cells.pieces(piece, room)


def _units(word: str) -> Iterator[str]:
    """Addresses, and the characters between them."""
    for number, part in enumerate(_ADDRESS.split(word)):
        if number % 2:
            yield part
        else:
            yield from cells.graphemes(part)


def _joined(units: Iterable[str]) -> Iterator[str]:
    """Units put together where no line may end between them."""
    piece = last = ""
    for unit in units:
        if piece and _may_end(last, unit):
            yield piece
            piece = ""
        piece, last = piece + unit, unit
    if piece:
        yield piece


def _may_end(before: str, after: str) -> bool:
    """Whether a line may end between two units of a word."""
    if after[0] in _CLOSING or before[-1] in _OPENING:
        return False
    return _stands_alone(before) or _stands_alone(after)


def _stands_alone(unit: str) -> bool:
    """Addresses, kana, Chinese characters and emoji; not letters, and Hangul is like these."""
    if len(unit) > 1 and _ADDRESS.match(unit):
        return True
    return unicodedata.east_asian_width(unit[0]) in "WF" and not _HANGUL.match(unit)
