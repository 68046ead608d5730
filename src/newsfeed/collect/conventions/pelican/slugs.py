"""Slugs as Pelican writes them, in Latin letters unless its settings ask for others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from unicodedata import category, combining, normalize

USUAL = ((r"[^\w\s-]", ""), (r"(?u)\A\s*", ""), (r"(?u)\s*\Z", ""), (r"[-\s]+", "-"))
"""Pelican's own SLUG_REGEX_SUBSTITUTIONS."""

_WITHOUT_LETTERS = re.compile(
    "[\u0300-\u0362\u200d\ufe0f\U0001f000-\U0001f0ff\U0001f300-\U0001f66f\U0001f680-\U0001faff]"
)
"""Accents and pictures."""

_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_INITIALS = (
    *("g", "gg", "n", "d", "dd", "r", "m", "b", "bb", "s", "ss", ""),
    *("j", "jj", "c", "k", "t", "p", "h"),
)
_VOWELS = (
    *("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe"),
    *("yo", "u", "weo", "we", "wi", "yu", "eu", "yi", "i"),
)
_FINALS = (
    *("", "g", "gg", "gs", "n", "nj", "nh", "d", "l", "lg", "lm", "lb"),
    *("ls", "lt", "lp", "lh", "m", "b", "bs", "s", "ss", "ng", "j", "c"),
    *("k", "t", "p", "h"),
)
_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ı": "i",
    "đ": "d",
    "Đ": "D",
    "ł": "l",
    "Ł": "L",
    "þ": "th",
    "Þ": "Th",
    "ð": "d",
    "Ð": "D",
    **dict.fromkeys("、。」』】〉》〕", " "),
    **dict.fromkeys("¡¿·‘’‚“”„«»‹›…•′″「『【〈《〔・", ""),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u301c", "-"),
}


def plain(title: str) -> str:
    """A title without markup, entities and needless blanks, as Pelican's feeds have it."""
    return unescape(" ".join("".join(_between_tags(title)).split()))


def _between_tags(text: str) -> Iterator[str]:
    """What no tag and no comment holds. A tag ends at the next >; what has no end is text."""
    after, last_comment = 0, text.rfind("-->")
    while (start := text.find("<", after)) >= 0:
        yield text[after:start]
        is_comment = text.startswith("<!--", start) and last_comment >= start + 4
        end = text.find("-->", start + 4) + 3 if is_comment else text.find(">", start) + 1
        after = end or start
        if not end:
            break
    yield text[after:]


def slugify(
    text: str,
    substitutions: Sequence[tuple[str, str]] = USUAL,
    *,
    unicode: bool = False,
    preserve_case: bool = False,
) -> str:
    """The slug of `text`. Raises LookupError for letters whose Latin form is not known here."""
    value = normalize("NFKC", plain(text))
    if not unicode:
        value = "".join(_romanised(value))
    for pattern, replacement in substitutions:
        value = re.sub(pattern, replacement, value, flags=re.IGNORECASE)
    return (value if preserve_case else value.lower()).strip()


def _romanised(text: str) -> Iterator[str]:
    """`text` in ASCII, character by character, where slugs keep the difference."""
    for character in text:
        if character.isascii():
            yield character
        elif _FIRST_SYLLABLE <= ord(character) <= _LAST_SYLLABLE:
            number = ord(character) - _FIRST_SYLLABLE
            yield _INITIALS[number // 588] + _VOWELS[number % 588 // 28] + _FINALS[number % 28]
        elif character in _LETTERS:
            yield _LETTERS[character]
        else:
            yield _latin(character)


def _latin(character: str) -> str:
    if _WITHOUT_LETTERS.match(character):
        return ""
    if category(character)[0] == "Z":
        return " "
    bare = "".join(c for c in normalize("NFKD", character) if not combining(c))
    if not bare or not bare.isascii():
        raise LookupError(character)
    return bare
