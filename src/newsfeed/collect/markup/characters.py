"""Characters that XML can carry (XML 1.0 section 2.2; F-X-02, F-X-03), raw or by reference."""

from __future__ import annotations

import re

# Unlike `text.clean` this leaves the normal form alone: in NFC a ">" and the overlay after it are
# one character, and the tag before it would not end.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# References to C1 controls are left: HTML reads them as characters of Windows-1252.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));?")
_HIGHEST = 0x10FFFF
_REPLACEMENT = "\ufffd"  # not nothing: what stands around could then be a reference


def legal(text: str) -> str:
    """`text` without characters that XML forbids or advises against."""
    return _UNWANTED.sub("", text)


def legal_html(html: str) -> str:
    """`html` without such characters, and with references to forbidden ones replaced."""
    html = legal(html)
    return _REFERENCE.sub(_legal_reference, html) if "&#" in html else html


def _legal_reference(reference: re.Match[str]) -> str:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip("0")
    number = int(digits or "0", base) if len(digits) < len(str(_HIGHEST)) + 1 else _HIGHEST + 1
    if number > _HIGHEST or _FORBIDDEN.match(chr(number)):
        return _REPLACEMENT
    return reference[0]
