"""Relays on loopback for tests: one that follows a script, and aiosmtpd; and their certificates."""

from __future__ import annotations

import asyncio
import base64
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from newsfeed.deliver.smtp.parcel import Relay

LOOPBACK = "127.0.0.1"
USER, PASSWORD = "news@example.org", "correct horse/battery+staple"


def secrets(user: str = USER, password: str = PASSWORD) -> list[str]:
    """The password in all forms that go over the wire."""
    plain = f"\0{user}\0{password}"
    return [password, *(base64.b64encode(one.encode()).decode() for one in (plain, password))]


def relay_at(port: int, **fields: Any) -> Relay:  # noqa: ANN401
    """A relay on loopback; without TLS and login where nothing else is said."""
    known = {"host": LOOPBACK, "security": "none", "hello": "news.example.org"}
    return Relay(**{"port": port, **known, **fields})


def login(port: int, **fields: Any) -> Relay:  # noqa: ANN401
    """The same with a login."""
    return relay_at(port, username=USER, password=PASSWORD, **fields)


class Authority:
    """Who signs certificates, and a file that says so."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def server(self, name: str = LOOPBACK, year: int | None = None) -> ssl.SSLContext:
        """What a server of that name begins TLS with; with `year`, valid in that one only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        begin = datetime(year, 1, 1, tzinfo=UTC) if year else None
        end = datetime(year + 1, 1, 1, tzinfo=UTC) if year else None
        self._ca.issue_cert(name, not_before=begin, not_after=end).configure_cert(context)
        return context

    def self_signed(self) -> ssl.SSLContext:
        """A server whose certificate vouches for itself."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pem = self._ca.cert_pem.bytes() + self._ca.private_key_pem.bytes()
        file = self.file.with_name("self.pem")
        file.write_bytes(pem)
        context.load_cert_chain(file)
        return context

    def old(self) -> ssl.SSLContext:
        """A server that knows TLS 1.1 and nothing newer."""
        context = self.server()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context


class Talk:
    """The relay's side of one connection."""

    def __init__(
        self, relay: Scripted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._relay = relay
        self._reader = reader
        self._writer = writer

    async def say(self, *lines: str | bytes) -> None:
        """Lines in one write; texts get a line end."""
        pieces = (one if isinstance(one, bytes) else f"{one}\r\n".encode() for one in lines)
        self._writer.write(b"".join(pieces))
        await self._writer.drain()

    async def hear(self) -> str:
        """A line, "" when there is no more."""
        line = await self._reader.readline()
        self._relay.heard += line
        return line.decode("latin-1").strip()

    async def secure(self, context: ssl.SSLContext) -> None:
        """Begin TLS. Everything that comes after it is recorded as what came in secret."""
        await self._writer.start_tls(context)
        self._relay.plain, self._relay.heard = self._relay.heard, b""

    async def refuse(self, context: ssl.SSLContext) -> None:
        """Begin TLS, and say why it does not come about: asyncio would only hang up."""
        heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(heard, said, server_side=True)
        heard.write(await self._reader.read(16384))  # the ClientHello comes in one piece
        with suppress(ssl.SSLError):
            tls.do_handshake()
        await self.say(said.read())
        await self.rest()

    async def rest(self) -> None:
        """Hear all there is, and answer nothing but QUIT."""
        while line := await self.hear():
            if line == "QUIT":
                await self.say("221 2.0.0 bye")
                return


class Scripted:
    """A relay that does what `script` says, with each connection.

    `heard` is every byte that came, `plain` those of them before STARTTLS.
    """

    def __init__(self, script: Callable[[Talk], Awaitable[None]]) -> None:
        self._script = script
        self.heard = b""
        self.plain = b""
        self.ended = asyncio.Event()
        self.port = 0
        self._tasks: list[asyncio.Task[None] | None] = []

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.append(asyncio.current_task())
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._script(Talk(self, reader, writer))
        finally:
            writer.transport.abort()
            self.ended.set()

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Scripted]:
        """Listen on a free port, with TLS at once where `tls` is given."""
        server = await asyncio.start_server(self._met, LOOPBACK, 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in filter(None, self._tasks):
                task.cancel()
            await asyncio.gather(*filter(None, self._tasks), return_exceptions=True)
            await server.wait_closed()
            await asyncio.sleep(0)


def scripted(*replies: str, offers: tuple[str, ...] = ("PIPELINING",)) -> Scripted:
    """A relay that greets, offers something, and then gives one reply to each line it hears."""

    async def script(talk: Talk) -> None:
        await talk.say("220 relay.example.org ESMTP")
        await talk.hear()
        await talk.say(*ehlo(*offers))
        for reply in replies:
            await talk.hear()
            await talk.say(reply)
        await talk.rest()

    return Scripted(script)


def ehlo(*offers: str) -> list[str]:
    """The lines of an answer to EHLO."""
    words = ["relay.example.org", *offers]
    return [f"250{'-' if n < len(words) else ' '}{word}" for n, word in enumerate(words, 1)]


class Handler:
    """What aiosmtpd took."""

    def __init__(self) -> None:
        self.taken: list[tuple[str | None, list[str], bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, content))
        return "250 2.0.0 taken"


def _known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401
    assert isinstance(data, LoginPassword)
    known = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=False)


@asynccontextmanager
async def real_relay(
    security: str, tls: ssl.SSLContext, *, without: str = "", login: bool = True
) -> AsyncIterator[tuple[int, Handler]]:
    """aiosmtpd, which wants a login, by another mechanism than `without`."""
    handler = Handler()

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a login without TLS, on purpose
            return SMTP(
                handler,
                hostname="relay.example.org",
                tls_context=tls if security == "starttls" else None,
                require_starttls=security == "starttls",
                auth_required=login,
                auth_require_tls=security == "starttls",  # it does not notice TLS from the start
                auth_exclude_mechanism=[without] if without else [],
                authenticator=_known,
            )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, LOOPBACK, 0, ssl=tls if security == "tls" else None)
    try:
        yield server.sockets[0].getsockname()[1], handler
    finally:
        server.close()
        await server.wait_closed()
