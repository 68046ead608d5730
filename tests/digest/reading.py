"""How the tests read a message back: by the standard library, and raw."""

from __future__ import annotations

import base64
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=")


def parsed(octets: bytes) -> EmailMessage:
    """The message as the standard library reads it, without a complaint of its."""
    found = message_from_bytes(octets, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def raw_header(octets: bytes, name: str) -> str:
    """A header's value as it stands in the bytes, folds included."""
    match = re.search(rf"(?ms)^{name}: (.*?)\r\n(?! )", octets.decode("ascii"))
    assert match
    return match[1]


def words_of(value: str) -> list[str]:
    """What each encoded-word of a header says by itself."""
    return [base64.b64decode(word).decode() for word in WORD.findall(value)]


def contents(octets: bytes) -> list[str]:
    """The parts' decoded texts with LF line ends, and without the spaces that fill lines."""
    parts = [part for part in parsed(octets).walk() if not part.is_multipart()]
    decoded = [part.get_payload(decode=True) for part in parts]
    texts = [octets.decode() for octets in decoded if isinstance(octets, bytes)]
    assert all("\n" not in text.replace("\r\n", "") for text in texts)
    return [re.sub(r" +\n", "\n", text.replace("\r\n", "\n")) for text in texts]


def as_sent(content: str) -> str:
    """`content` as `contents` gives it back: one line end at its end, no spaces before any."""
    ended = content.removesuffix("\n") + "\n"
    return re.sub(r" +\n", "\n", ended)
