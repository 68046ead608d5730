"""uvicorn's HTTP protocol with the quick way in it (`front.py`).

It leans on how uvicorn's protocol is built: requests before it in the pipeline, back pressure,
keep-alive and shutting down stay its business. tests/web/test_wire.py holds that both ways answer
alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from newsfeed.web.front import Answer, Quick


def protocol(answer: Answer) -> type[HttpToolsProtocol]:
    """A protocol whose plain requests `answer` answers."""

    class Protocol(_Protocol):
        _answer = staticmethod(answer)

    return Protocol


class _Protocol(HttpToolsProtocol):
    _answer: Answer
    _is_answered = False

    def on_headers_complete(self) -> None:
        """Answer at once, or go uvicorn's way."""
        self._is_answered = False
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
        stays = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        usual = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        end = b"\r\n" if stays else b"connection: close\r\n\r\n"
        transport.write(b"".join((quick.status, *usual, quick.headers, end)))
        if quick.body:
            transport.write(quick.body)
        if not stays:
            transport.close()
        self.on_response_complete()
