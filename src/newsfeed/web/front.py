"""The quick way: what feed readers ask for most is answered before an ASGI application is asked.

A feed that has not changed is a matter of two hundred bytes; the task, the scope and the middleware
around it would cost several times what the answer does. Whatever is not plainly GET or HEAD of a
file in memory, and not in the way of a route, goes to the application as ever, which says the same
of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from starlette.routing import Match

from newsfeed.web.judging import judge
from newsfeed.web.servable import Entry

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from newsfeed.web.filetypes import Header
    from newsfeed.web.shelf import Shelf

_MOST_KNOWN = 4096
_METHODS = {b"GET": "GET", b"HEAD": "HEAD"}
_STATUS = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}


class Quick(NamedTuple):
    """An answer: status line, headers without the empty line behind them, and body."""

    status: bytes
    headers: bytes
    body: bytes


Answer = Callable[[bytes, bytes, "list[Header]"], Quick | None]
"""Method, path and headers (names in lower case) in; None where the application is to be asked."""


class Front:
    """Answers from a shelf for paths that no route of `app` takes. For one thread."""

    def __init__(
        self, shelf: Shelf, app: Starlette, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._shelf = shelf
        self._app = app
        self._clock = clock
        self._snapshot = shelf.snapshot
        self._entries: dict[bytes, Entry] = {}

    def answer(self, method: bytes, raw_path: bytes, headers: list[Header]) -> Quick | None:
        """See `Answer`."""
        name = _METHODS.get(method)
        if name is None:
            return None
        entry = self._entry(raw_path)
        if entry is None:
            return None
        verdict = judge(entry, name, headers, self._clock())
        status = verdict.status
        if status == 304:
            return Quick(_STATUS[304], entry.lines_of_304(verdict.etag), b"")
        body = entry.had(verdict.coding)
        if status != 200 or body is None:
            return None
        head = entry.lines_of_200(verdict.coding, len(body))
        return Quick(_STATUS[200], head, body if name == "GET" else b"")

    def _entry(self, raw_path: bytes) -> Entry | None:
        snapshot = self._shelf.snapshot
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._entries = {}
        entry = self._entries.get(raw_path)
        if entry is None:
            found = snapshot.find(raw_path)
            if not isinstance(found, Entry) or self._is_taken(raw_path):
                return None
            if len(self._entries) >= _MOST_KNOWN:  # one path can be written in endless ways
                self._entries.clear()
            entry = self._entries[raw_path] = found
        return entry

    def _is_taken(self, raw_path: bytes) -> bool:
        scope = {
            "type": "http",
            "method": "GET",
            "path": unquote(raw_path.decode("latin-1")),
            "root_path": "",
            "headers": [],
        }
        return any(route.matches(scope)[0] is not Match.NONE for route in self._app.routes)
