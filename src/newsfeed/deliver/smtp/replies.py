"""Replies out of the bytes that a server sends, however the network cuts them. Pure.

RFC 5321 section 4.2 for the form, RFC 2034 and 3463 for the enhanced status before the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsfeed.deliver.smtp.parcel import Reply

LONGEST_LINE = 4096
"""Bytes of one line with its end. The standard allows 512, and servers are generous."""

MOST_LINES = 100
LONGEST_REPLY = 32 * 1024
"""Lines and bytes of one reply."""

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_STATUS = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: +|\Z)")
_UNSEEN = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class UnreadableReply(ValueError):  # noqa: N818 - it is the reply that is named
    """What the server sends is no reply, or too much of one. The message repeats none of it."""


class ReplyReader:
    """Gathers replies of one connection."""

    __slots__ = ("_code", "_lines", "_rest", "_size")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that `data` completes.

        Raises UnreadableReply behind the last good one; nothing can be read any more then.
        """
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = b""
        for line in lines:
            if len(line) >= LONGEST_LINE:
                raise _too_long()
            if not self._lines and line[3:4] == b" ":
                yield _whole(line)
            elif self._gathered(line):
                yield self._finished()
        if len(rest) >= LONGEST_LINE:
            raise _too_long()
        self._rest = rest

    def _gathered(self, line: bytes) -> bool:
        """Add a line; whether it is the reply's last."""
        self._lines.append(line)
        self._size += len(line) + 1
        if len(self._lines) > MOST_LINES or self._size > LONGEST_REPLY:
            raise UnreadableReply("its reply is too long")
        return line[3:4] != b"-"

    def _finished(self) -> Reply:
        lines, self._lines, self._size = self._lines, [], 0
        return _parsed(lines)


@lru_cache(maxsize=256)
def _whole(line: bytes) -> Reply:
    """A reply of one line. Most replies are the same few over and over."""
    return _parsed([line])


def _parsed(lines: list[bytes]) -> Reply:
    """A reply's lines in one: its last code decides, its first status counts."""
    found = [_LINE.fullmatch(line.removesuffix(b"\r")) for line in lines]
    parts = [match for match in found if match]
    if len(parts) < len(found):
        raise UnreadableReply("its reply has no code")
    code = parts[-1][1]
    if any(part[1][:1] != code[:1] for part in parts):
        raise UnreadableReply("its reply has codes that contradict each other")
    status, texts = "", []
    for part in parts:
        text = _UNSEEN.sub(" ", (part[3] or b"").decode("utf-8", "replace")).strip()
        at_head = _STATUS.match(text)
        if at_head and at_head[1][0] == chr(code[0]):
            status = status or at_head[1]
            text = text[at_head.end() :]
        texts.append(text)
    return Reply(code=int(code), status=status, text=" ".join(filter(None, texts)))


def _too_long() -> UnreadableReply:
    return UnreadableReply("its reply has a line that is too long")
