"""Header values as they stand on the wire: folded, in ASCII, and nothing that we did not mean.

The standard library's own folding is not used for these: it encodes a long List-Unsubscribe
address so that one-click unsubscribing dies, writes encoded-words of 76 characters, and on some
versions loses quotes or spaces (standards E-P-01 to E-P-03).
"""

from __future__ import annotations

import base64
import re
from email.utils import format_datetime
from typing import TYPE_CHECKING

from newsfeed.digest.cells import graphemes
from newsfeed.digest.mailbox import is_dot_atom_address
from newsfeed.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

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
    column = len(name) + 2
    if not box.name:
        return box.address
    angle = f"<{box.address}>"
    if _is_plain(box.name) and not set('"\\') & set(box.name) and len(box.name) < LINE // 2:
        phrase = box.name if _PHRASE.fullmatch(box.name) else f'"{box.name}"'
        return _folded([phrase, angle], column)
    return _folded([*_encoded_words(box.name, column), angle], column, _LINE_WITH_WORD)


def uris(name: str, values: list[str]) -> str:
    """Addresses in angle brackets, folded after commas only and never encoded (RFC 2369 §2).

    Raises OutputError for one that is not an ASCII URI or does not fit on a line.
    """
    for value in values:
        if not _URI.fullmatch(value) or len(f"{name}: <{value}>,") > _LONGEST_LINE:
            raise OutputError(
                f"`{value}` cannot stand in {name}", remedy="use a plain, short https address"
            )
    return _folded([f"<{value}>," for value in values], len(name) + 2).removesuffix(",")


def date(moment: datetime) -> str:
    """An aware `moment` with its numeric zone (RFC 5322 section 3.3), in English everywhere."""
    if moment.tzinfo is None:
        raise ValueError("a Date needs a time zone")
    return format_datetime(moment)


def message_id(value: str) -> str:
    """`value` if it is `<dot-atom@domain>` on one line (standards E-F-04)."""
    if value[:1] == "<" and value[-1:] == ">" and is_dot_atom_address(value[1:-1]):
        return value
    raise OutputError(f"`{value}` is no Message-ID", remedy="write <letters.digits@domain>")


def list_id(value: str) -> str:
    """`value` in angle brackets, if it is a dot-atom with a dot (RFC 2919 section 2)."""
    if (
        re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+", value)
        and len(value) <= _LONGEST_LIST_ID
    ):
        return f"<{value}>"
    raise OutputError(f"`{value}` is no List-Id", remedy="write it like weekly.example.org")


def _is_plain(value: str) -> bool:
    """Whether `value` can stand as it is: printable ASCII that nobody takes for an encoded-word."""
    return (not value or bool(_PLAIN.fullmatch(value))) and "=?" not in value


def _refuse_controls(name: str, value: str) -> None:
    if _UNSAFE.search(value):
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
