"""How wide text is on a grid of cells, as mail programs and terminals show it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import regex

ELLIPSIS = "…"

_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cc"})
# ASCII, and letters of two cells that stand for themselves and have three bytes in UTF-8: Hangul
# syllables, ideographs, kana, and the punctuation around them.
_PLAIN = re.compile(
    "[ -~\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)
_EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def graphemes(text: str) -> list[str]:
    """What readers take for one character each (UAX 29), in order."""
    found: list[str] = _grapheme_pattern().findall(text)
    return found


@cache
def _grapheme_pattern() -> regex.Pattern[str]:
    import regex  # settings are checked in every run, and most have no need of this

    return regex.compile(r"\X")


def width(text: str) -> int:
    """The cells that `text` takes: two for a wide character (UAX 11), none for invisible ones."""
    if text.isascii():
        return len(text)
    if _PLAIN.fullmatch(text):
        return (len(text) + len(text.encode())) // 2
    return sum(map(_grapheme_width, graphemes(text)))


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` cells, cut between graphemes and ended with `…`.

    The cut falls on a space where one is near, and no space or comma stays before the `…`.
    """
    if 2 * len(text) <= limit or width(text) <= limit:  # no character has more than two cells
        return text
    kept = _head(text, limit - width(ELLIPSIS))
    space = kept.rfind(" ")
    if space > len(kept) * 2 // 3:
        kept = kept[:space]
    return kept.rstrip(" ,;:.-–—·") + ELLIPSIS


def pieces(text: str, limit: int) -> Iterator[str]:
    """`text` in pieces of at most `limit` cells; a single wider grapheme is a piece of its own."""
    piece, used = "", 0
    for grapheme in graphemes(text):
        cells = _grapheme_width(grapheme)
        if piece and used + cells > limit:
            yield piece
            piece, used = "", 0
        piece, used = piece + grapheme, used + cells
    if piece:
        yield piece


def _head(text: str, limit: int) -> str:
    """As many graphemes as fit into `limit` cells."""
    fitting, used = [], 0
    for grapheme in graphemes(text):
        used += _grapheme_width(grapheme)
        if used > limit:
            break
        fitting.append(grapheme)
    return "".join(fitting)


def _grapheme_width(grapheme: str) -> int:
    if grapheme.isascii():
        return len(grapheme)
    visible = [c for c in grapheme if unicodedata.category(c) not in _INVISIBLE]
    if not visible:
        return 0
    wide = (
        _EMOJI_STYLE in grapheme
        or ord(grapheme[0]) in _FLAG_LETTERS
        or any(unicodedata.east_asian_width(c) in "WF" for c in visible)
    )
    return 2 if wide else min(len(visible), 2)  # a second letter or a vowel beside the first
