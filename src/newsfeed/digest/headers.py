"""Header values as they stand on the wire: folded, in ASCII, and nothing that we did not mean.

The standard library's own folding is not used for these: it encodes a long List-Unsubscribe
address so that one-click unsubscribing dies, writes encoded-words of 76 characters, and on some
versions loses quotes or spaces (standards E-P-01 to E-P-03).
"""

from __future__ import annotations

import base64
import re
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from newsfeed.digest.cells import graphemes
from newsfeed.digest.mailbox import is_dot_atom_address
from newsfeed.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from newsfeed.digest.mailbox import Mailbox

LINE = 78
"""Characters that a header line should not pass (RFC 5322 section 2.1.1)."""

_LINE_WITH_WORD = 76
_LONGEST_GRAPHEME = 36
_LONGEST_LINE = 998
_LONGEST_LIST_ID = 255
_FOLD = "\r\n "

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_FEEDBACK_ID = re.compile(r"(?:[A-Za-z0-9._-]{1,64}:){3}[A-Za-z0-9._-]{5,15}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~%]+")


def text(name: str, value: str) -> str:
    """The body of an unstructured header `name`, such as Subject (RFC 2047 section 5, rule 1).

    Raises OutputError where `value` holds a control character, a line end above all (S-01).
    """
    _refuse_controls(name, value)
    column = len(name) + 2
    words = value.split(" ")
    if _is_plain(value) and max(map(len, words)) <= LINE - column:
        return _folded(words, column)
    return _folded(_encoded_words(value, column), column, _LINE_WITH_WORD)


def mailbox(name: str, box: Mailbox) -> str:
    """The body of an address header with one mailbox; its display name quoted or encoded.

    ASCII names are not encoded without need: spam filters count that against a letter.
    """
    _refuse_controls(name, box.name + box.address)
    return _phrase_and_angle(name, box.name, f"<{box.address}>") if box.name else box.address


def uri(name: str, value: str) -> str:
    """One address in angle brackets, never encoded or folded (RFC 2369 section 2, E-P-01).

    Raises OutputError for one that is not an ASCII URI or does not fit on a line.
    """
    if not _URI.fullmatch(value) or len(name) + len(value) > _LONGEST_LINE - len(": <>"):
        raise OutputError(
            f"`{value}` cannot stand in {name}", remedy="use a plain, short https address"
        )
    return f"<{value}>"


def date(moment: datetime) -> str:
    """An aware `moment` with its numeric zone (RFC 5322 section 3.3), in English everywhere."""
    if moment.tzinfo is None:
        raise ValueError("a Date needs a time zone")
    return _written_date(moment, moment.tzinfo, moment.fold)


@lru_cache(maxsize=16)
def _written_date(moment: datetime, _zone: tzinfo, _fold: int) -> str:
    """Copies of one letter share their date; equal moments may still differ in zone and fold."""
    return format_datetime(moment)


def message_id(value: str) -> str:
    """`value` if it is `<dot-atom@domain>` on one line (standards E-F-04)."""
    if value[:1] == "<" and value[-1:] == ">" and is_dot_atom_address(value[1:-1]):
        return value
    raise OutputError(f"`{value}` is no Message-ID", remedy="write <letters.digits@domain>")


def list_id(name: str, value: str) -> str:
    """The list's `name` ("" for none) as a phrase before `value` in angle brackets.

    `value` has to be a dot-atom with a dot (RFC 2919 section 2). Only the phrase is encoded.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+", value) or (
        len(value) > _LONGEST_LIST_ID
    ):
        raise OutputError(f"`{value}` is no List-Id", remedy="write it like weekly.example.org")
    _refuse_controls("List-Id", name)
    return _phrase_and_angle("List-Id", name, f"<{value}>") if name else f"<{value}>"


def feedback_id(value: str) -> str:
    """`value` if it is `campaign:customer:kind:sender` without an address (standards E-L-17)."""
    if _FEEDBACK_ID.fullmatch(value):
        return value
    raise OutputError(
        f"`{value}` is no Feedback-ID",
        remedy="write four short words with colons between them, the last of 5 to 15 characters",
    )


def languages(tags: Iterable[str]) -> str:
    """The language tags of a letter, the main one first (RFC 3282 section 2).

    Raises OutputError for what is no tag.
    """
    found = [tag.replace("_", "-") for tag in tags]
    for tag in found:
        if not _LANGUAGE.fullmatch(tag):
            raise OutputError(f"`{tag}` is no language", remedy="write a tag such as ko or en-GB")
    return ", ".join(found)


def _phrase_and_angle(header: str, phrase: str, angle: str) -> str:
    """`phrase` quoted or encoded where it must be, and `angle`; folded."""
    column = len(header) + 2
    if phrase.isascii() and len(phrase) < LINE // 2 and "=?" not in phrase:
        if _PHRASE.fullmatch(phrase):
            return _folded([phrase, angle], column)
        if _PLAIN.fullmatch(phrase) and not set('"\\') & set(phrase):
            return _folded([f'"{phrase}"', angle], column)
    return _folded([*_encoded_words(phrase, column), angle], column, _LINE_WITH_WORD)


def _is_plain(value: str) -> bool:
    """Whether `value` can stand as it is: printable ASCII that nobody takes for an encoded-word."""
    plain = not value or (value.isascii() and _PLAIN.fullmatch(value))
    return bool(plain) and "=?" not in value


def _refuse_controls(name: str, value: str) -> None:
    if not value.isprintable() and _UNSAFE.search(value):
        raise OutputError(
            f"the header {name} would hold a control character: {value}", remedy="take it out"
        )


def _folded(words: list[str], column: int, limit: int = LINE) -> str:
    """`words` joined by spaces, on lines of at most `limit`; the first one begins at `column`.

    A longer word has its own line, but the first one never leaves the line of the name.
    """
    lines, room = [words[0]], limit - column
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            room = limit - 1
    return _FOLD.join(lines)


def _encoded_words(value: str, column: int) -> list[str]:
    """`value` as base64 encoded-words of whole graphemes (RFC 2047 sections 2 and 5).

    A line has 76 characters at most, and so each word 75; the first one begins at `column`.
    """
    whole = value.encode()
    if _word_size(len(whole)) <= _LINE_WITH_WORD - column:
        return [_encoded_word(whole)]
    words, chunk = [], b""
    for character in _characters(value):
        size = _word_size(len(chunk) + len(character))
        if chunk and size > _LINE_WITH_WORD - column:
            words.append(_encoded_word(chunk))
            chunk, column = b"", 1
        chunk += character
    return [*words, _encoded_word(chunk)]


def _characters(value: str) -> Iterator[bytes]:
    """The graphemes of `value` in UTF-8, or code points where one alone would fill a word."""
    for grapheme in graphemes(value):
        if len(grapheme.encode()) <= _LONGEST_GRAPHEME:
            yield grapheme.encode()
        else:
            yield from (character.encode() for character in grapheme)


def _word_size(octets: int) -> int:
    return len("=?utf-8?b??=") + -(-octets // 3) * 4


def _encoded_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(chunk).decode()}?="
