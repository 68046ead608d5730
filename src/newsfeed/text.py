"""Text made fit to publish: legal characters, one line, slugs and short hashes; and numbers
with their nouns.

Only the standard library is used, so that every command can import this at once.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# All but the Char production of XML 1.0 section 2.2; and DEL, the C1 controls, the noncharacters
# U+FDD0 to U+FDEF (standards F-X-02, F-X-03) and U+FEFF, a byte order mark that landed inside.
# Carriage returns and U+0085 are line ends and become LF before these are dropped.
# (The negated class of what is allowed searches no faster and takes ten times longer to compile.)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|\x85")

# Embeddings, overrides and isolates reorder the text around them. The marks LRM, RLM, ZWJ and
# ZWNJ stay: they act on their neighbours only, and emoji and Persian need them.
_BIDI_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")

_SLUG_PUNCTUATION = frozenset("-._~")
_DASHES = re.compile("--+")


def clean(text: str) -> str:
    """`text` in NFC with LF line ends and without characters that XML 1.0 forbids.

    C1 controls, U+007F, U+FDD0 to U+FDEF, U+FEFF and lone surrogates go too. Idempotent.
    """
    return scrub(text)[0]


def scrub(text: str) -> tuple[str, int]:
    """Like `clean`, and how many characters were dropped (line ends are not counted)."""
    text, dropped = _without_forbidden(text)
    return unicodedata.normalize("NFC", text), dropped


def legal(text: str) -> str:
    """`text` without characters that XML 1.0 forbids, and otherwise as it is, for finished markup.

    NFC would join the `>` of a tag with a following U+0338 to another character.
    """
    return _without_forbidden(text)[0]


def _without_forbidden(text: str) -> tuple[str, int]:
    # What is printable is not forbidden, and that is told three times as quickly.
    if text.replace("\n", "").isprintable() or not _FORBIDDEN.search(text):
        return text, 0
    return _FORBIDDEN.subn("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """`text` cleaned and on one line, for titles, names and terms.

    Runs of white space (NBSP and U+2028 too) become one space, none is left at the ends, and
    bidirectional overrides and isolates are removed (standards S-36). Idempotent.
    """
    if not text.isprintable():  # which controls of all kinds are not
        text = clean(_BIDI_CONTROL.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def slug(text: str, max_bytes: int = 200) -> str:
    """`text` as one segment of a path: lower-case letters, marks and decimal digits, and `-._~`.

    All else becomes a single `-`. The result is NFC, neither begins nor ends with `-` or `.`, is
    never `.` or `..`, and has at most `max_bytes` bytes of UTF-8: a longer one is cut at a `-`
    in its second half, or else between two graphemes. "" when nothing is left. Idempotent.
    """
    lowered = unicodedata.normalize("NFC", clean(text).lower())
    kept = "".join(_slug_characters(lowered))
    return _cut(_DASHES.sub("-", kept).strip("-."), max_bytes)


def short_hash(text: str) -> str:
    """Six hex digits of the SHA-256 of `text`, to tell apart what has the same slug."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _slug_characters(text: str) -> list[str]:
    """The characters of `text`, with `-` for those that a slug does not keep.

    A mark is kept only on a letter or digit: the variation selector of a dropped emoji is one.
    """
    characters = []
    on_base = False
    for character in text:
        on_base = (
            character.isalpha()
            or character.isdecimal()
            or (on_base and unicodedata.category(character)[0] == "M")
        )
        kept = on_base or character in _SLUG_PUNCTUATION
        characters.append(character if kept else "-")
    return characters


def _cut(text: str, max_bytes: int) -> str:
    """`text` within `max_bytes` of UTF-8, cut at a dash or between two graphemes."""
    encoded = text.encode()
    if len(encoded) <= max_bytes:
        return text
    end = len(encoded[:max_bytes].decode("utf-8", "ignore"))
    dash = text.rfind("-", end // 2, end + 1)
    if dash > 0:
        end = dash
    while end and _extends(text[end]):
        end -= 1
    return text[:end].rstrip("-.")


def _extends(character: str) -> bool:
    """Whether `character` belongs to the grapheme before it: a mark, or a Hangul vowel or tail."""
    return (
        unicodedata.category(character)[0] == "M"
        or "\u1160" <= character <= "\u11ff"
        or "\ud7b0" <= character <= "\ud7ff"
    )


def counted(number: int, noun: str) -> str:
    """A number with its noun, which an s makes many."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
