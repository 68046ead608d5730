"""uvicorn's HTTP protocol with the quick way in it (`front.py`).

It leans on how uvicorn's protocol is built: requests before it in the pipeline, back pressure and
shutting down stay its business. tests/web/test_wire.py holds that both ways answer alike, and that
connections which rest are closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

    from newsfeed.web.filetypes import Header
    from newsfeed.web.front import Answer, Quick


_READ = 16 * 1024
"""Bytes that are read at a time."""


def protocol(answer: Answer) -> type[HttpToolsProtocol]:
    """A protocol whose plain requests `answer` answers."""

    class Protocol(_Protocol):
        _answer = staticmethod(answer)
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
    _usual: _Usual
    _is_answered = False
    _since = 0.0
    """When the last request was answered quickly, by the loop's clock."""

    _is_begun = False
    """Whether a request has begun whose headers are not there yet."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio would make room for 256 KB to read each request into."""
        if hasattr(transport, "max_size"):
            transport.max_size = _READ
        super().connection_made(transport)

    def on_message_begin(self) -> None:
        """A connection on which somebody asks does not rest."""
        self._is_begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Answer at once, or go uvicorn's way."""
        self._is_answered = self._is_begun = False
        parser = self.parser
        waits = self.cycle is not None and not self.cycle.response_complete
        if not (waits or self.pipeline or self.flow.write_paused or parser.should_upgrade()):
            path = self.url.partition(b"?")[0]
            quick = self._answer(parser.get_method(), path, self.headers)
            if quick is not None:
                self._is_answered = True
                self._give(quick)
                return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A body with GET means nothing."""
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The answer did not wait for it."""
        if not self._is_answered:
            super().on_message_complete()

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
        if stays:
            self._rest()
        else:
            transport.close()

    # A timer for each request costs more than the request. One for a connection looks, when it
    # goes off, whether there was a request meanwhile.

    def _rest(self) -> None:
        self._since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def data_received(self, data: bytes) -> None:
        """What comes first after uvicorn's own answer ends its timer, as ever."""
        if not self._is_answered:
            super()._unset_keepalive_if_required()
        super().data_received(data)

    def _unset_keepalive_if_required(self) -> None:
        """Called for every packet: the timer stays while answers are quick."""

    def on_response_complete(self) -> None:
        """An answer of the application's, whose timer is uvicorn's own."""
        super()._unset_keepalive_if_required()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave no timer behind."""
        super()._unset_keepalive_if_required()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that rests; one that asks, or has just asked, may stay."""
        self.timeout_keep_alive_task = None
        if self._is_begun or (self.cycle is not None and not self.cycle.response_complete):
            return
        left = self._since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(
                left, self.timeout_keep_alive_handler
            )
        else:
            super().timeout_keep_alive_handler()
