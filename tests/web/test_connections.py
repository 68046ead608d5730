"""What connections may take that do nothing, too slowly or too much (standards S-28)."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from newsfeed.web.crowd import Seldom, room, say_seldom_when_full
from newsfeed.web.front import Quick
from newsfeed.web.wire import Limits, protocol
from tests.web.service import serving
from tests.web.shelf_kit import Served

REST = 1
SHORT = Limits(connections=20, head_seconds=1.5, unread_seconds=1.5)
BIG = b"x" * (16 << 20)
QUICK = b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n"
USUAL = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET /quick HTTP/1.1\r\nHost: x\r\nX-A: "
SLOW = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"


def _answer(_: bytes, path: bytes, __: object) -> Quick | None:
    body = {b"/quick": b"hello", b"/quick/big": BIG}.get(path)
    if body is None:
        return None
    return Quick(b"HTTP/1.1 200 OK\r\n", b"content-length: %d\r\n" % len(body), body)


async def _application(scope: Any, _: object, send: Any) -> None:  # noqa: ANN401
    """Reads no body; `/slow` takes its time, `/big` gives much in pieces."""
    if scope["path"] == "/slow":
        await asyncio.sleep(2 * REST + 1)
    body = BIG if scope["path"] == "/big" else b"hello"
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for at in range(0, len(body), 1 << 18):
        part, more = body[at : at + (1 << 18)], at + (1 << 18) < len(body)
        await send({"type": "http.response.body", "body": part, "more_body": more})


class _Server:
    def __init__(self, port: int, state: ServerState) -> None:
        self._port = port
        self._state = state

    async def line(self, room_to_read: int = 0) -> tuple[asyncio.StreamReader, Any]:
        """A connection; with so little room, what is not read stays with the server."""
        opened = socket.socket()
        if room_to_read:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_to_read)
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, ("127.0.0.1", self._port))
        return await asyncio.open_connection(sock=opened, limit=room_to_read or 1 << 16)

    async def until_alone(self, seconds: float = 20) -> None:
        """Until nobody is connected."""
        async with asyncio.timeout(seconds):
            while self._state.connections:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def _serving(limits: Limits = SHORT) -> AsyncIterator[_Server]:
    kind = protocol(_answer, limits, Seldom("too many"))
    config = Config(
        _application, http=kind, lifespan="off", log_config=None, timeout_keep_alive=REST
    )
    state = ServerState()

    def made() -> asyncio.Protocol:
        return kind(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    try:
        yield _Server(server.sockets[0].getsockname()[1], state)
    finally:
        server.close()


async def _all(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server ends the connection, one way or the other."""
    said = b""
    with suppress(ConnectionResetError):
        while part := await reader.read(1 << 16):
            said += part
    return said


async def _drip(writer: Any, drop: bytes) -> None:  # noqa: ANN401
    with suppress(ConnectionError):
        while drop:
            await asyncio.sleep(0.2)
            writer.write(drop)
            await writer.drain()


@pytest.mark.parametrize(
    ("said", "drop", "answers"),
    [
        (b"", b"", 0),
        (b"", b"\r\n", 0),
        (HALF, b"", 0),
        (HALF, b"a", 0),
        (QUICK + b"G", b"", 1),
        (USUAL + b"G", b"", 1),
        (USUAL, b"\r\n", 1),
        (QUICK[:-2] + b"Content-Length: 999\r\n\r\n", b"a", 1),
        (USUAL[:-2] + b"Content-Length: 999\r\n\r\n", b"", 1),
        (USUAL[:-2] + b"Content-Length: 999\r\n\r\n", b"a", 1),
        (USUAL[:-2] + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: ", b"a", 1),
    ],
)
def test_a_connection_is_closed_on_which_no_request_comes_to_an_end__s_28(
    said: bytes, drop: bytes, answers: int
) -> None:
    """Whatever was there before, and whether or not a little follows every now and then."""

    async def look() -> bytes:
        async with _serving() as server, asyncio.timeout(20):
            reader, writer = await server.line()
            writer.write(said)
            dripping = asyncio.ensure_future(_drip(writer, drop))
            found = await _all(reader)
            dripping.cancel()
            writer.close()
            return found

    assert asyncio.run(look()).count(b"HTTP/1.1 200 OK") == answers


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.parametrize("path", ["/quick/big", "/big"])
def test_who_does_not_read_is_not_kept__s_28(path: str, connection: str) -> None:
    async def look() -> None:
        async with _serving() as server:
            _, writer = await server.line(room_to_read=4096)
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n"
            writer.write(request.encode())
            await asyncio.sleep(0.5)
            await server.until_alone()
            writer.close()

    asyncio.run(look())


@pytest.mark.parametrize("path", ["/quick/big", "/big"])
def test_who_reads_slowly_gets_everything(path: str) -> None:
    """It takes longer than any patience."""

    async def look() -> tuple[int, float]:
        async with _serving() as server, asyncio.timeout(60):
            reader, writer = await server.line(room_to_read=1 << 16)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            begun, count = time.monotonic(), 0
            await reader.readuntil(b"\r\n\r\n")
            while count < len(BIG):
                count += len(await reader.readexactly(len(BIG) // 64))
                await asyncio.sleep(0.08)
            writer.close()
            return count, time.monotonic() - begun

    count, took = asyncio.run(look())
    assert count == len(BIG)
    assert took > 2 * SHORT.unread_seconds


def test_the_application_may_take_its_time() -> None:
    """Also where the next request, of which a part came with the first, waits for it."""

    async def look() -> bytes:
        async with _serving() as server, asyncio.timeout(20):
            reader, writer = await server.line()
            writer.write(SLOW + b"GET /quick HTTP/1.1\r\n")
            said = await reader.readuntil(b"hello")
            writer.write(b"Host: x\r\nConnection: close\r\n\r\n")
            said += await _all(reader)
            writer.close()
            return said

    assert asyncio.run(look()).count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 70_000,
        b"GET / HTTP/1.1\r\nX-A: " + b"a" * 70_000,
        b"GET / HTTP/1.1\r\n" + b"X-A: aaaaaaaaaaaaaaaaaaaaaa\r\n" * 2600,
        b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 300,
        QUICK + b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 300,
    ],
)
def test_a_head_that_is_too_long_is_refused__s_28(head: bytes) -> None:
    async def look() -> bytes:
        async with _serving() as server, asyncio.timeout(20):
            reader, writer = await server.line()
            writer.write(head)
            said = await _all(reader)
            writer.close()
            return said

    *_, last = asyncio.run(look()).split(b"HTTP/1.1 ")
    assert last.startswith(b"431 Request Header Fields Too Large\r\n")


@pytest.mark.parametrize(
    "end", [b"X-A: aaaaaaaaaaa\r\n" * 99, b"X-A: " + b"a" * 65536, b"a:\r\n" * 99]
)
def test_what_follows_a_body_may_not_be_endless_either__s_28(end: bytes) -> None:
    """Trailers are kept as headers are, and the answer does not wait for them."""

    async def look() -> None:
        chunked = b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
        patient = Limits(connections=1, head_seconds=600)
        async with _serving(patient) as server, asyncio.timeout(20):
            _, writer = await server.line()
            with suppress(ConnectionError):
                writer.write(b"POST /slow HTTP/1.1\r\nHost: x\r\n" + chunked)
                while True:
                    writer.write(end)
                    await writer.drain()
            await server.until_alone()
            writer.close()

    asyncio.run(look())


def test_long_requests_one_after_another_are_answered() -> None:
    """Each is within the limits, and none ends where what is read at a time ends."""

    async def look() -> bytes:
        count = 12
        async with _serving() as server, asyncio.timeout(20):
            reader, writer = await server.line()
            last = QUICK[:-2] + b"Connection: close\r\n\r\n"
            long = QUICK[:-2] + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n"
            body = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + bytes(300_000)
            writer.write(long * count + body + last)
            said = await _all(reader)
            writer.close()
            return said

    assert asyncio.run(look()).count(b"HTTP/1.1 200 OK") == 14


def test_more_connections_than_there_is_room_for_are_turned_away__s_28(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At once, with one line in the log for all; who leaves makes room."""

    async def look() -> None:
        async with _serving(SHORT._replace(connections=3)) as server, asyncio.timeout(20):
            lines = [await server.line() for _ in range(3)]
            for reader, writer in lines:
                writer.write(QUICK)
                assert await reader.readuntil(b"hello")
            for _ in range(5):
                reader, writer = await server.line()
                assert await _all(reader) == b""
                writer.close()
            for _, writer in lines:
                writer.close()
            await server.until_alone()
            reader, writer = await server.line()
            writer.write(QUICK)
            assert await reader.readuntil(b"hello")
            writer.close()

    asyncio.run(look())
    assert caplog.messages == ["too many"]


@pytest.mark.parametrize("descriptors", [64, 256, 1024, 20_000, 1 << 20, None])
def test_connections_with_a_file_each_leave_room_for_the_rest__s_28(
    descriptors: int | None,
) -> None:
    have = descriptors or resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most, at_once = room(descriptors)
    assert have / 4 < most
    assert at_once >= 1
    assert 2 * most + 2 * at_once < have * 7 / 8


def test_a_warning_is_said_once_in_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    warning = Seldom("full", clock=lambda: now)
    for now in (100.0, 100.1, 159.0, 161.0, 162.0):  # noqa: B007  # the clock reads it
        warning.say()
    assert caplog.messages == ["full", "full"]


def test_what_cannot_be_accepted_is_told_once_and_all_else_as_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def look() -> None:
        loop = asyncio.get_running_loop()
        say_seldom_when_full(loop)
        full = {"exception": OSError(errno.EMFILE, "full"), "socket": None, "message": "accept"}
        for _ in range(1000):
            loop.call_exception_handler(full)
        loop.call_exception_handler({"message": "something else"})

    asyncio.run(look())
    assert caplog.messages == ["no more files can be opened; connections wait", "something else"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]


@contextmanager
def _few_descriptors(most: int) -> Iterator[Callable[[], None]]:
    """For processes that are begun within; what is given ends it for this one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

    def end() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    try:
        yield end
    finally:
        end()


def test_a_crowd_that_says_nothing_takes_nobodys_place_for_long__s_28(tmp_path: Path) -> None:
    """More clients than the process may have descriptors: who comes later is answered."""
    served = Served(tmp_path / "site")
    with _few_descriptors(256) as end, serving(served) as service:
        end()
        parts = urlsplit(service.url())
        address = (parts.hostname or "", parts.port or 0)
        crowd = [socket.create_connection(address, timeout=20) for _ in range(400)]
        try:
            until = time.monotonic() + 30
            answer = None
            while answer is None and time.monotonic() < until:
                with suppress(httpx.TransportError):
                    answer = httpx.get(f"{service.url()}/healthz", timeout=5)
            assert answer is not None
            assert answer.text == "ok\n"
            assert httpx.get(f"{service.url()}/feed.xml").status_code == 200
        finally:
            for line in crowd:
                line.close()
        assert "85 connections are open; more are turned away" in service.said
        assert len(service.said.splitlines()) == 3
