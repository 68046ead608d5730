"""uvicorn's HTTP protocol with the quick way in it (`front.py`).

It leans on how uvicorn's protocol is built: requests before it in the pipeline, back pressure and
shutting down stay its business. tests/web/test_wire.py holds that both ways answer alike, and
tests/web/test_connections.py that nobody holds a connection by doing nothing, or too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

    from newsfeed.web.crowd import Seldom
    from newsfeed.web.filetypes import Header
    from newsfeed.web.front import Answer, Quick


_READ = 16 * 1024
"""Bytes that are read at a time."""


_REFUSED = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
_REFUSED_END = b"content-length: 0\r\nconnection: close\r\n\r\n"


class Limits(NamedTuple):
    """What one connection may take (standards S-28), and how many there may be."""

    connections: int

    head: int = 64 * 1024
    """Bytes of a request's head, and of what is neither head nor body."""

    headers: int = 256
    """Each takes many times its bytes of memory."""

    head_seconds: float = 15.0
    """Within which a head that has begun must be there."""

    unread_seconds: float = 60.0
    """Within which a client must take something of what waits for it."""


def protocol(answer: Answer, limits: Limits, refused: Seldom) -> type[HttpToolsProtocol]:
    """A protocol whose plain requests `answer` answers; `refused` tells that there are too many
    connections.
    """

    class Protocol(_Protocol):
        _answer = staticmethod(answer)
        _limits = limits
        _refused = refused
        _usual = _Usual()

    return Protocol


class _Usual:
    """The headers that the server gives with every answer, a line each; `Date` is one, so that
    uvicorn makes a new list every second.
    """

    def __init__(self) -> None:
        self._headers: list[Header] = []
        self._lines = b""

    def lines(self, headers: list[Header]) -> bytes:
        """The lines of a list; made once for each."""
        if headers is not self._headers:
            self._headers = headers
            self._lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._lines


class _Protocol(HttpToolsProtocol):
    _answer: Answer
    _limits: Limits
    _refused: Seldom
    _usual: _Usual
    _is_answered = False
    _is_begun = False
    """Whether a request has begun that is not all there yet."""

    _size = 0
    """Bytes of the request that has begun, since its begin or the last of its body."""

    _since = 0.0
    """When the connection last did something that counts, by the loop's clock."""

    _unsent = 0
    """Bytes that waited for the client when they were last looked at."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio would make room for 256 KB to read each request into."""
        if hasattr(transport, "max_size"):
            transport.max_size = _READ
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            self._refused.say()
            transport.abort()
            return
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self.timeout_keep_alive, self._look)

    def data_received(self, data: bytes) -> None:
        """What is of no use before all of it is there must not be too long."""
        super().data_received(data)
        if self._is_begun:
            self._size += len(data)
            if self._size > self._limits.head or len(self.headers) > self._limits.headers:
                self._refuse()

    def on_message_begin(self) -> None:
        """A connection on which somebody asks does not rest."""
        self._is_begun = True
        self._size = 0
        self._since = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Answer at once, or go uvicorn's way."""
        self._is_answered = False
        parser = self.parser
        if not (
            self._is_busy() or self.pipeline or self.flow.write_paused or parser.should_upgrade()
        ):
            path = self.url.partition(b"?")[0]
            quick = self._answer(parser.get_method(), path, self.headers)
            if quick is not None:
                self._is_answered = True
                self._give(quick)
                return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A body with GET means nothing. How long one may be is for who reads it to say."""
        self._size = 0
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The answer did not wait for it."""
        self._is_begun = False
        if not self._is_answered:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer of the application's."""
        self._since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _give(self, quick: Quick) -> None:
        transport: Any = self.transport
        parser = self.parser
        stays = parser.should_keep_alive() and parser.get_http_version() != "1.0"
        usual = self._usual.lines(self.server_state.default_headers)
        end = b"\r\n" if stays else b"connection: close\r\n\r\n"
        transport.write(b"".join((quick.status, usual, quick.headers, end)))
        if quick.body:
            transport.write(quick.body)
        self.server_state.total_requests += 1
        self._since = self.loop.time()
        if not stays:
            transport.close()

    def _refuse(self) -> None:
        """431, or just the end where another answer is on its way."""
        transport = self.transport
        if self._is_busy() or transport.is_closing() or transport.get_write_buffer_size():
            transport.abort()
            return
        usual = self._usual.lines(self.server_state.default_headers)
        transport.write(b"".join((_REFUSED, usual, _REFUSED_END)))
        transport.close()

    # A timer for each request costs more than the request. One for a connection looks, when it
    # goes off, what happened meanwhile. uvicorn's own, after each answer of the application's,
    # ends with the first byte that follows, and waits for what nobody reads.

    def _look(self) -> None:
        """End a connection on which nothing happens; the application may take its time."""
        now = self.loop.time()
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent or (self._is_busy() and not unsent):
            self._unsent, self._since = unsent, now
        if unsent:
            patience = self._limits.unread_seconds
        elif self._is_begun:
            patience = self._limits.head_seconds
        else:
            patience = self.timeout_keep_alive
        left = self._since + patience - now
        if left > 0:
            self._timer = self.loop.call_later(min(left, self.timeout_keep_alive), self._look)
        else:
            self.transport.abort()
