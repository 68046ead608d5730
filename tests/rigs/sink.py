"""A mail server that takes everything and notes what it took: `python -m tests.rigs.sink`.

It is a process of its own, so that it can be killed, and quick enough for tens of thousands of
letters. It offers PIPELINING, SIZE, 8BITMIME, DSN and ENHANCEDSTATUSCODES. A letter is noted before
it is answered with 250: what was promised stands in the record, whatever happens next. It prints
its port, and ends when its standard input does, so that it never outlives who started it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import time
from itertools import count
from pathlib import Path
from typing import NamedTuple

GREETING = b"220 sink.example.org ESMTP\r\n"
EHLO = (
    b"250-sink.example.org\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n"
    b"250-ENHANCEDSTATUSCODES\r\n250 DSN\r\n"
)
OK = b"250 2.0.0 Ok\r\n"
BEGIN = b"354 End data with <CR><LF>.<CR><LF>\r\n"
BYE = b"221 2.0.0 Bye\r\n"
NO_RECIPIENT = b"503 5.5.1 no valid recipient\r\n"
UNKNOWN = b"500 5.5.2 unknown command\r\n"

_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_LANGUAGE = re.compile(rb"^content-language:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(rb"<([^>]*)>")


class Received(NamedTuple):
    """One letter to one recipient that was, or was about to be, answered with 250.

    `offered` is when its RCPT was read, `taken` when its end was (seconds since 1970-01-01 UTC).
    `connection` is unlike that of any other, also after a restart. `size` is in bytes. `own` tells
    whether its headers name the recipient; `language` is the first that they name, or "".
    """

    recipient: str
    message_id: str
    connection: str
    offered: float
    taken: float
    size: int
    own: bool
    language: str = ""

    def line(self) -> bytes:
        """It as a line of the record. The line's end stands first, so that a line which a kill
        cut short spoils only itself; the full stop tells that it is whole.
        """
        fields = (
            self.recipient,
            self.message_id,
            self.connection,
            f"{self.offered:.6f}",
            f"{self.taken:.6f}",
            str(self.size),
            str(int(self.own)),
            self.language,
            ".",
        )
        return b"\n" + "\t".join(fields).encode()


def parse(record: bytes) -> list[Received]:
    """The letters of a record, in the order in which they came."""
    lines = (line.split("\t") for line in record.decode().split("\n"))
    return [
        Received(
            one[0],
            one[1],
            one[2],
            float(one[3]),
            float(one[4]),
            int(one[5]),
            one[6] == "1",
            one[7],
        )
        for one in lines
        if len(one) == 9 and one[8] == "."
    ]


class Ways(NamedTuple):
    """How the server behaves: `refuse` are ends of addresses with the reply to their RCPT; `slow`
    are the seconds that pass before each letter is answered.
    """

    slow: float
    refuse: tuple[tuple[bytes, bytes], ...]

    def refusal(self, recipient: bytes) -> bytes:
        """The reply to a RCPT that is not taken, or b""."""
        found = (reply for end, reply in self.refuse if recipient.lower().endswith(end))
        return next(found, b"")


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, ways: Ways, record: int, numbers: count[int]) -> None:
        self._ways, self._record = ways, record
        self._name = f"{os.getpid()}.{next(numbers)}"
        self._buffer = bytearray()
        self._recipients: list[tuple[bytes, float]] = []
        self._in_body, self._searched = False, 0
        self._answers: list[bytes] = []
        self._held = self._over = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Take what is complete and answer it, in order."""
        self._buffer += data
        while self._take_body() if self._in_body else self._take_command():
            pass
        self._send()

    def _send(self) -> None:
        """Write what there is to say, unless an answer is being held back: then with that."""
        if self._held:
            return
        if self._answers:
            self._transport.write(b"".join(self._answers))
            self._answers.clear()
        if self._over:
            self._transport.close()

    def _release(self) -> None:
        self._held = False
        self._send()

    def _take_command(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._answers.append(self._answer(line))
        self._over = line[:4].upper() == b"QUIT"
        return not self._over

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb in (b"MAIL", b"RSET"):
            self._recipients = []
            return OK
        if verb == b"RCPT":
            return self._rcpt(line)
        if verb == b"DATA":
            self._in_body = bool(self._recipients)
            return BEGIN if self._in_body else NO_RECIPIENT
        return {b"EHLO": EHLO, b"HELO": OK, b"NOOP": OK, b"QUIT": BYE}.get(verb, UNKNOWN)

    def _rcpt(self, line: bytes) -> bytes:
        path = _PATH.search(line)
        if path is None:
            return UNKNOWN
        if reply := self._ways.refusal(path[1]):
            return reply + b"\r\n"
        self._recipients.append((path[1], time.time()))
        return OK

    def _take_body(self) -> bool:
        if self._buffer.startswith(b".\r\n"):
            size, end = 0, 3
        else:
            found = self._buffer.find(b"\r\n.\r\n", max(0, self._searched - 4))
            if found < 0:
                self._searched = len(self._buffer)
                return False
            size, end = found + 2, found + 5
        self._note(bytes(self._buffer[: self._buffer.find(b"\r\n\r\n", 0, size) + 2]), size)
        del self._buffer[:end]
        self._in_body, self._searched, self._recipients = False, 0, []
        self._answers.append(OK)
        if self._ways.slow and not self._held:
            self._held = True
            asyncio.get_running_loop().call_later(self._ways.slow, self._release)
        return True

    def _note(self, head: bytes, size: int) -> None:
        message_id = _MESSAGE_ID.search(head)
        language = _LANGUAGE.search(head)
        known, now = (message_id[1] if message_id else b"").decode(), time.time()
        lines = [
            Received(
                recipient.decode(),
                known,
                self._name,
                offered,
                now,
                size,
                recipient in head,
                (language[1] if language else b"").decode(),
            ).line()
            for recipient, offered in self._recipients
        ]
        os.write(self._record, b"".join(lines))


async def serve(port: int, record: Path, ways: Ways) -> None:
    """Take letters until standard input ends. The port may be held for us: see `hold_port`."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), over.set)
    file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    numbers = count(1)
    server = await loop.create_server(lambda: Line(ways, file, numbers), "127.0.0.1", port)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await over.wait()
    server.close()


def main() -> None:
    """Read the command line and serve."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--record", type=Path, required=True)
    words.add_argument("--slow", type=float, default=0.0, help="seconds before each letter's 250")
    words.add_argument(
        "--refuse",
        nargs=2,
        action="append",
        default=[],
        metavar=("END", "REPLY"),
        help="answer the RCPT of addresses with this end so",
    )
    found = words.parse_args()
    refuse = tuple((end.lower().encode(), reply.encode()) for end, reply in found.refuse)
    asyncio.run(serve(found.port, found.record, Ways(found.slow, refuse)))


if __name__ == "__main__":
    main()
