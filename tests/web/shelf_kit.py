"""A site's output folder on the shelf, asked without a network or by a raw request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx

from newsfeed.web.application import application
from newsfeed.web.shelf import Shelf
from newsfeed.web.static import static
from tests.kit import NOW, SETTINGS, Site

HUB = SETTINGS + '[feeds]\nhub = "https://hub.example.org/"\n'
MOVED = """\
[[redirects]]
from = "/old.xml"
to = "/feed.xml"
[[redirects]]
from = "/옛 글/"
to = "https://example.com/new?x=1"
[server]
gone = ["/gone.xml"]
"""


class Served:
    """A published site behind the real application."""

    def __init__(self, folder: Path, settings: str = HUB) -> None:
        self.site = Site(folder, settings)
        self.time = NOW.timestamp() * 2  # later than every file's time
        self.site.post("2026-01-02-a.md", "본문입니다. " * 200, categories="[생활]")
        self.site.post("2026-01-03-b.md", "Text. " * 200)
        self.publish()

    def publish(self) -> None:
        """Publish, and put what is there on a new shelf."""
        self.site.publish()
        self.shelf = Shelf(self.site.plan())
        self.shelf.refresh()
        self.app = application(
            self.site.plan(), lambda: NOW, rest=static(self.shelf, clock=lambda: self.time)
        )

    def put(self, path: str, data: bytes) -> Path:
        """A file of the operator's own, on the shelf at once."""
        place = self.site.output / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        self.shelf.refresh()
        return place

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        """One request; `_` in names of headers stands for `-`. The body is not unpacked."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask_raw(method, httpx.URL(f"https://news.example.org{path}").raw_path, named)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A GET."""
        return self.ask("GET", path, **headers)

    def ask_raw(
        self, method: str, raw_path: bytes, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """A request for a path of any bytes."""
        named = [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()]
        return asyncio.run(asked(self.app, method, raw_path, named))


async def asked(
    app: Callable[..., Any], method: str, raw_path: bytes, headers: list[tuple[bytes, bytes]]
) -> httpx.Response:
    """What the application answers, as a response whose `content` is what would be sent."""
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(raw_path.decode("latin-1")),
        "raw_path": raw_path,
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.7", 4711),
    }
    said: list[dict[str, Any]] = []
    requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for request in requests:
            return request
        await asyncio.Event().wait()  # the client stays
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app(scope, receive, send)
    start, *parts = said
    body = b"".join(part.get("body", b"") for part in parts)
    return httpx.Response(start["status"], headers=start["headers"], stream=Raw(body))


class Raw(httpx.AsyncByteStream, httpx.SyncByteStream):
    """Bytes that httpx is not to unpack until asked."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Any:  # noqa: ANN401
        yield self.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.body
