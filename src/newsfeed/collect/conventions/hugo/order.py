"""The order of titles as Hugo sorts articles of one date: that of the Unicode Collation Algorithm.

A key of our own in the place of the whole table (UTS 10): signs, then digits, then letters without
regard to case and accents, which decide only between equals.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, combining, normalize

_SIGNS = "\t _-‐–—,;:!?….·'‘’\"“”«»()[]{}§@*/\\&#%`^°+<=>|~"
"""Signs in their order; others follow, then currencies."""

_LETTERS = {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_OTHER_SIGN, _CURRENCY, _LETTER = "\x7d", "\x7e", "\x7f"
_HIRAGANA, _KATAKANA = 0x3041, 0x30A1
_KANA = 86


def title_key(title: str, path: str) -> str:
    """Text by which titles sort as Hugo sorts them; those that are equal sort by `path`."""
    if title.isascii():
        return "\x00".join((title.translate(_ASCII), "", title.translate(_CASES), title, path))
    primary, accents = _weights(normalize("NFKD", title))
    lower = title.lower()
    cases = "0" * len(title)
    if lower != title:
        cases = "".join("1" if character != character.lower() else "0" for character in title)
    if not _LETTERS.keys().isdisjoint(lower):
        accents += "".join(c for c in lower if c in _LETTERS)
    return "\x00".join((primary, accents, cases, title, path))


def _weights(decomposed: str) -> tuple[str, str]:
    """What counts first of a title, and its accents, each with the place where it stands."""
    if not any(map(combining, decomposed)):
        return "".join(map(_primary, decomposed)), ""
    primary: list[str] = []
    accents: list[str] = []
    for character in decomposed:
        if combining(character):
            accents.append(f"{len(primary):04x}{character}")
        else:
            primary.append(_primary(character))
    return "".join(primary), "".join(accents)


@lru_cache(4096)
def _primary(character: str) -> str:
    """What counts first of one character, with its kind before it."""
    place = _SIGNS.find(character)
    if place >= 0:
        return chr(1 + place)
    kind = category(character)
    if kind == "Sc":
        return _CURRENCY + character
    if kind[0] in "PSZC":
        return _OTHER_SIGN + character
    if kind[0] == "N":
        return _LETTER + "0" + character
    folded = character.casefold()
    folded = _LETTERS.get(folded, folded)
    if len(folded) == 1 and 0 <= ord(folded) - _KATAKANA < _KANA:
        folded = chr(ord(folded) - _KATAKANA + _HIRAGANA)
    return "".join(f"{_LETTER}1{letter}" for letter in folded)


_ASCII = {code: _primary(chr(code)) for code in range(128)}
_CASES = {code: "01"[chr(code).isupper()] for code in range(128)}
