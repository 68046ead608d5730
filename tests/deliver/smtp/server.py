"""A real SMTP server on loopback that does what a script says, and notes what it was told.

It is strict where a client could be wrong: what breaks the protocol goes into `wrong`. A script is
asked at each step of each connection what to do there, and mostly says nothing: then the server
does what a good one does. The steps are the commands, and of a message its beginning, its middle
and its final dot.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum


class Step(Enum):
    """Where a script is asked."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BEGIN = "after 354"
    MIDDLE = "in the middle of the body"
    DOT = "at the dot"
    RSET = "RSET"
    QUIT = "QUIT"


class Fault(Enum):
    """What a script can say besides a reply."""

    HANG = "hang"
    DEAF = "hang, and read nothing more"
    CLOSE = "close"
    RESET = "reset"
    ENDLESS_LINE = "a line without end"
    ENDLESS_REPLY = "a reply without end"


Act = bytes | float | Fault | None
Script = Callable[[int, Step, int], Act]
"""Gets the number of the connection, the step, and how often the connection came to it; all from
0. Bytes are sent instead of the good reply, and a number lets it wait for so many seconds."""

MIDDLE_AFTER = 20
"""Bytes of a message that are read before its middle."""

_GOOD = {
    Step.MAIL: b"250 2.1.0 Sender ok\r\n",
    Step.RCPT: b"250 2.1.5 Recipient ok\r\n",
    Step.DATA: b"354 Go ahead\r\n",
    Step.RSET: b"250 2.0.0 Forgotten\r\n",
    Step.QUIT: b"221 2.0.0 Bye\r\n",
}
_PATH = re.compile(rb"(?:MAIL FROM|RCPT TO):<([^<>\s]*)>")


@dataclass(frozen=True)
class Mail:
    """A message that the server answered with 2xx, dots undoubled."""

    connection: int
    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass
class Server:
    """The server's settings, and what it saw. `dribbles` sends replies byte by byte."""

    script: Script = lambda _connection, _step, _time: None
    pipelining: bool = True
    dribbles: bool = False
    tls: ssl.SSLContext | None = None
    port: int = 0
    accepted: list[Mail] = field(default_factory=list)
    commands: list[tuple[int, bytes]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    most_open: int = 0

    @property
    def recipients(self) -> Counter[str]:
        """How often each was accepted a message for."""
        return Counter(recipient for mail in self.accepted for recipient in mail.recipients)


class _EndedError(Exception):
    """The connection is over, by somebody's doing."""


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[Server]:
    """The server, listening on a port of its own."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        number, server.connections = server.connections, server.connections + 1
        server.open_now += 1
        server.most_open = max(server.most_open, server.open_now)
        try:
            await _Connection(server, number, reader, writer).talk()
        except (_EndedError, OSError, asyncio.CancelledError):
            pass
        finally:
            server.open_now -= 1
            writer.transport.abort()
            tasks.discard(task)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server.tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Connection:
    def __init__(
        self,
        server: Server,
        number: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.server, self.number, self.reader, self.writer = server, number, reader, writer
        self.buffer = b""
        self.seen: Counter[Step] = Counter()
        self.sender: str | None = None
        self.confused = False
        self.recipients: list[str] = []

    async def talk(self) -> None:
        await self.send(b"220 server.example ESMTP\r\n")
        while True:
            line = await self.line()
            self.server.commands.append((self.number, line))
            if self.buffer and not self.server.pipelining:
                self.wrong(f"more behind {line!r}, and no PIPELINING")
            if len(line) > 512 + 500:
                self.wrong(f"a command of {len(line)} bytes")
            verb = line[:4].upper()
            if verb == b"EHLO":
                extensions = [b"PIPELINING"] if self.server.pipelining else []
                await self.send(_ehlo([b"server.example", b"ENHANCEDSTATUSCODES", *extensions]))
            elif verb in (b"MAIL", b"RCPT", b"DATA", b"RSET", b"QUIT"):
                await self.command(Step[verb.decode()], line)
            else:
                self.wrong(f"the command {line!r}")
                await self.send(b"500 5.5.1 What?\r\n")

    async def command(self, step: Step, line: bytes) -> None:
        reply = await self.act(step) or self.judged(step) or _GOOD[step]
        if reply[:1] in b"23":
            self.note(step, line)
        elif step is Step.RSET:
            self.confused = True
        await self.send(reply)
        if step is Step.QUIT or reply.startswith(b"421"):
            raise _EndedError
        if step is Step.DATA and reply.startswith(b"3"):
            await self.message()

    def judged(self, step: Step) -> bytes:
        """What a good server says to a command that comes at the wrong time."""
        if step is Step.MAIL and self.sender is not None:
            if self.confused:
                return b"503 5.5.1 Nested MAIL\r\n"
            self.wrong("MAIL within a transaction")
            return b"503 5.5.1 Nested MAIL\r\n"
        if step is Step.RCPT and self.sender is None:
            return b"503 5.5.1 MAIL first\r\n"
        if step is Step.DATA and not self.recipients:
            return b"554 5.5.1 No valid recipients\r\n"
        return b""

    def note(self, step: Step, line: bytes) -> None:
        """Keep what a command said that was answered well."""
        if step is Step.MAIL:
            self.sender = self.path(line)
        elif step is Step.RCPT:
            self.recipients.append(self.path(line))
        elif step is Step.RSET:
            self.sender, self.recipients = None, []

    def path(self, line: bytes) -> str:
        found = _PATH.match(line)
        if not found:
            self.wrong(f"no address in {line!r}")
            return ""
        return found[1].decode()

    async def message(self) -> None:
        sender, recipients = self.sender or "", tuple(self.recipients)
        early = await self.early(Step.BEGIN)
        while len(self.buffer) < MIDDLE_AFTER and not self.buffer.startswith(b".\r\n"):
            await self.more()
        early = early or await self.early(Step.MIDDLE)
        while not self.buffer.startswith(b".\r\n") and b"\r\n.\r\n" not in self.buffer:
            await self.more()
        data, _, self.buffer = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        data = data[2:].replace(b"\r\n..", b"\r\n.")
        data = data[1:] if data.startswith(b".") else data
        self.sender, self.recipients = None, []
        good = b"250 2.0.0 Queued\r\n" if recipients else b"554 5.5.1 No valid recipients\r\n"
        if not recipients and data:
            self.wrong("a message to nobody")
        if early:  # that was the reply
            return
        reply = await self.act(Step.DOT) or good
        if reply.startswith(b"2"):
            self.server.accepted.append(
                Mail(self.number, sender, recipients, data + b"\r\n" if data else b"")
            )
        await self.send(reply)
        if reply.startswith(b"421"):
            raise _EndedError

    async def early(self, step: Step) -> bytes:
        """A reply that comes before the final dot, and instead of the one to it."""
        reply = await self.act(step)
        if reply:
            await self.send(reply)
        if reply.startswith(b"421"):
            raise _EndedError
        return reply

    async def act(self, step: Step) -> bytes:
        """What the script says: a reply, or b"" for nothing. Faults happen here."""
        time, self.seen[step] = self.seen[step], self.seen[step] + 1
        act = self.server.script(self.number, step, time)
        if isinstance(act, float):
            await asyncio.sleep(act)
            return b""
        if not isinstance(act, Fault):
            return act or b""
        if act is Fault.DEAF:
            await asyncio.Event().wait()
        if act is Fault.HANG:
            while await self.reader.read(65536):
                pass
        elif act is Fault.RESET:
            self.writer.transport.abort()
        elif act is Fault.ENDLESS_LINE:
            await self.endless(b"250 ", b"x" * 1000)
        elif act is Fault.ENDLESS_REPLY:
            await self.endless(b"", b"250-2.0.0 and so on\r\n" * 50)
        raise _EndedError

    async def endless(self, head: bytes, data: bytes) -> None:
        self.writer.write(head)
        while not self.writer.is_closing():
            self.writer.write(data)
            await self.writer.drain()
            await asyncio.sleep(0)

    async def send(self, data: bytes) -> None:
        pieces = [data[at : at + 1] for at in range(len(data))] if self.server.dribbles else [data]
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            if self.server.dribbles:
                await asyncio.sleep(0)

    async def line(self) -> bytes:
        while b"\n" not in self.buffer:
            await self.more()
        line, _, self.buffer = self.buffer.partition(b"\n")
        if not line.endswith(b"\r"):
            self.wrong(f"a bare LF behind {line!r}")
        return line.removesuffix(b"\r")

    async def more(self) -> None:
        data = await self.reader.read(65536)
        if not data:
            raise _EndedError
        self.buffer += data

    def wrong(self, what: str) -> None:
        self.server.wrong.append(f"connection {self.number}: {what}")


def _ehlo(lines: list[bytes]) -> bytes:
    return b"".join(b"250-%b\r\n" % line for line in lines[:-1]) + b"250 %b\r\n" % lines[-1]
