"""Characters that XML can carry (XML 1.0 section 2.2; F-X-02, F-X-03), raw or by reference."""

from __future__ import annotations

import re

# Unlike `text.clean` this leaves the normal form alone: in NFC a ">" and the overlay after it are
# one character, and the tag before it would not end.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?")
_HIGHEST = 0x10FFFF
_REPLACEMENT = "\ufffd"  # not nothing: what stands around could then be a reference
# HTML reads references to C1 controls as characters of Windows-1252, which has all but five.
_WINDOWS = frozenset(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def legal(text: str) -> str:
    """`text` without characters that XML forbids or advises against."""
    return _UNWANTED.sub("", text)


def legal_html(html: str) -> str:
    """`html` without such characters, and with references to them replaced by U+FFFD."""
    html = legal(html)
    return _REFERENCE.sub(_legal_reference, html) if "&#" in html else html


def _legal_reference(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip("0")
    number = int(digits or "0", base) if len(digits) <= len(str(_HIGHEST)) else _HIGHEST + 1
    if number > _HIGHEST or (_UNWANTED.match(chr(number)) and number not in _WINDOWS):
        return _REPLACEMENT
    return reference[0]
