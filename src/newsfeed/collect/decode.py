"""From the bytes of a source file to text. Only UTF-8 is taken; for all else the remedy is told."""

from __future__ import annotations

import codecs
import re

import msgspec

from newsfeed.errors import ArticleError
from newsfeed.text import scrub

# The UTF-32 marks begin with those of UTF-16 and are asked first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_WIDE = ("UTF-32LE", "UTF-32BE", "UTF-16LE", "UTF-16BE")
_MAGIC = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"
_SAMPLE = 8192

# The share of control bytes from which data is no text. Valid UTF-8 is text with stray controls
# unless a third are controls: UTF-16 of plain English, whose every second byte is NUL, is valid.
_MANY_IN_UTF8 = 0.3
_MANY_ELSEWHERE = 0.05

_HANGUL = re.compile("[가-힣]")
_NON_ASCII = re.compile("[^\x00-\x7f]")


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a source file after `clean`, the same in UTF-8, and how many characters that
    dropped.
    """

    text: str
    octets: bytes
    dropped: int = 0


def decode_source(data: bytes) -> Decoded:
    """The text in `data`, which must be UTF-8, with or without a byte order mark.

    Nothing is guessed: another encoding, a binary or an empty file is an `ArticleError` that
    tells what the file seems to be and how to convert it.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            raise _wrong_encoding(encoding, encoding)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _decode_surrogates(data, error)
    else:
        if b"\0" in data:
            _refuse_binary(data, _MANY_IN_UTF8)
    cleaned, dropped = scrub(text.removeprefix("\ufeff"))
    if not cleaned or cleaned.isspace():
        raise ArticleError("the file is empty", remedy="write the article, or delete the file")
    octets = data if cleaned is text else cleaned.encode()
    return Decoded(text=cleaned, octets=octets, dropped=dropped)


def _decode_surrogates(data: bytes, error: UnicodeDecodeError) -> str:
    """Text whose only fault are surrogates written as UTF-8; cleaning drops and counts them."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        _refuse_binary(data, _MANY_ELSEWHERE)
        raise _not_utf8(data, error) from None


def _refuse_binary(data: bytes, many: float) -> None:
    """Raise an `ArticleError` if `data` is UTF-16 or UTF-32 without a mark, or no text at all.

    `many` is the share of NUL or control bytes, from 0 to 1, that text does not reach.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise _binary(f"the file is {name}, not text")
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls <= len(sample) * many:
        return
    if encoding := _wide_encoding(sample):
        raise _wrong_encoding(encoding, encoding)
    raise _binary("the file is binary, not text")


def _wide_encoding(sample: bytes) -> str:
    """The wide encoding without a mark in which `sample` is readable text, or ""."""
    for encoding in _WIDE:
        text = sample.decode(encoding, "replace")
        readable = sum(c in "\t\r\n" or (c.isprintable() and c != "\ufffd") for c in text)
        if readable > len(text) * 0.95:
            return encoding
    return ""


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> ArticleError:
    """The complaint about bytes that are not UTF-8, with the likeliest reason."""
    line = data.count(b"\n", 0, error.start) + 1
    byte = f"0x{data[error.start]:02X}"
    if _is_damaged_utf8(data):
        return ArticleError(
            f"the byte {byte} is not UTF-8, though other text in the file is",
            remedy="type the damaged character in this line again and save as UTF-8",
            line=line,
        )
    if _is_korean(data):
        return _wrong_encoding("EUC-KR", "CP949", line)
    return ArticleError(
        f"the file is not UTF-8 (byte {byte}) and does not tell its encoding",
        remedy="save it as UTF-8; if it is Western European: iconv -f CP1252 -t UTF-8 OLD > NEW",
        line=line,
    )


def _is_korean(data: bytes) -> bool:
    """Whether `data` reads as CP949, the superset of EUC-KR, and is mostly Hangul then."""
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return False
    return len(_HANGUL.findall(text)) * 2 > len(_NON_ASCII.findall(text))


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether far more characters beyond ASCII read well as UTF-8 than are broken."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(_NON_ASCII.findall(text)) > broken * 4


def _wrong_encoding(name: str, codec: str, line: int = 0) -> ArticleError:
    return ArticleError(
        f"the file is {name}, not UTF-8",
        remedy=f"save it as UTF-8: iconv -f {codec} -t UTF-8 OLD > NEW",
        line=line,
    )


def _binary(problem: str) -> ArticleError:
    return ArticleError(problem, remedy="move it out of the folder of articles")
