"""Whatever is sent to the whole application, it has an answer for it, and none is a fault."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsfeed.audience.tokens import form_stamp, preferences_token
from newsfeed.networks import parse_networks
from newsfeed.web.signals import Ready, signals
from newsfeed.web.site import Site as WebSite
from tests.kit import NEWSLETTER, NOW, SETTINGS
from tests.web.kit import ENGLISH, PENDING, SERVER, Desk

MOVED = """\
[[redirects]]
from = "/old.xml"
to = "/feed.xml"
"""

pytestmark = pytest.mark.timeout(240)


class Whole:
    """What `newsfeed run` serves, asked without a network, and words that mean something to it."""

    def __init__(self, folder: Path) -> None:
        server = SERVER + 'gone = ["/gone.xml"]\n'
        self._desk = Desk(folder, SETTINGS + NEWSLETTER + ENGLISH + MOVED + server)
        self._desk.site.post("2026-01-02-글.md", "본문.", categories="[생활]")
        self._desk.site.publish()
        reader, asked = self._desk.person(), self._desk.person("asked@example.org", state=PENDING)
        networks = parse_networks(["127.0.0.0/8"])
        ready = Ready(store=True, leader="this process")
        extra = signals(lambda: ready, lambda: b"newsfeed_up 1\n", networks)
        self.site = WebSite(self._desk.plan, lambda: NOW, extra=extra)
        self.stamp = form_stamp(self._desk.keys, datetime(2026, 11, 20, 2, tzinfo=UTC))
        self.paths = [
            *(f"/{quote(path)}" for path in self._desk.site.files()),
            *("/", "/s", "/p", "/healthz", "/readyz", "/metrics", "/old.xml", "/gone.xml", "/all"),
            "/.well-known/newsfeed",
            self._desk.leave_path(reader),
            self._desk.confirm_path(asked),
            f"/p/{preferences_token(self._desk.keys, reader.public_id, NOW)}",
        ]

    def ask(
        self,
        method: str,
        raw_path: bytes,
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: list[bytes],
    ) -> int:
        """The status of the answer; 0 where there was none. An exception comes out."""
        quick = self.site.answer(method.encode(), raw_path, headers)
        status = asyncio.run(self._asked(method, raw_path, query, headers, body))
        assert quick is None or int(quick.status.split()[1]) == status
        return status

    async def _asked(
        self,
        method: str,
        raw_path: bytes,
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: list[bytes],
    ) -> int:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "method": method,
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "root_path": "",
            "query_string": query,
            "headers": headers,
            "client": ("127.0.0.1", 4711),
            "state": {},
        }
        coming = [*body, b""]
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not coming:
                return {"type": "http.disconnect"}
            part = coming.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(coming)}

        async def send(message: Any) -> None:  # noqa: ANN401
            said.append(message)

        await self.site.app(scope, receive, send)
        assert [one["type"] for one in said[:1]] == ["http.response.start"]
        assert not said[-1].get("more_body", False)
        return int(said[0]["status"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("fuzz") / "site")


EVERY = (
    *("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"),
)
METHODS = (
    st.sampled_from(EVERY[:2])
    | st.sampled_from(EVERY)
    | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_!#", min_size=1, max_size=12)
)
VALUES = st.binary(max_size=60).map(lambda raw: bytes(b for b in raw if b >= 32 and b != 127))
KNOWN = {
    b"accept-encoding": [b"br", b"gzip, br;q=0", b"*;q=0", b"identity;q=0,*;q=0", b"\xff"],
    b"if-none-match": [b"*", b'"a"', b'W/"a", "b"', b'"', b'"\xff"'],
    b"if-modified-since": [b"Sat, 01 Jan 2050 00:00:00 GMT", b"yesterday", b"99999999999999999999"],
    b"range": [b"bytes=0-0", b"bytes=-5", b"bytes=9999999-", b"bytes=0-1,3-4", b"bytes=5-2"],
    b"if-range": [b'"a"', b"Sat, 01 Jan 2050 00:00:00 GMT"],
    b"content-type": [
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"multipart/form-data; boundary*=utf-8''%ff",
        b'multipart/form-data; boundary="',
        b"text/plain; charset=\xff",
        b"application/json",
    ],
    b"content-length": [b"0", b"99999999999", b"-1", b"nine", "٣".encode()],
    b"cookie": [b"a=b", b"=;;\xff"],
    b"host": [b"evil.example.com", b"[::1", b"a b", b""],
    b"accept-language": [b"ko", b"*", b"en;q=\xff"],
    b"user-agent": [b"Mozilla/5.0", b"\xff" * 20],
    b"x-forwarded-for": [b"203.0.113.9", b"no address", b"::1, \xff"],
    b"expect": [b"100-continue"],
}
HEADERS = st.lists(
    st.sampled_from(sorted(KNOWN)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(KNOWN[name]) | VALUES)
    ),
    max_size=6,
)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["address", "newsletter", "language", "message", "stamp"]) | st.text(),
        st.sampled_from(
            ["a@example.org", "weekly", "craft", "en", "", "김@example.org", "a@b\r\nBcc: c@d.org"]
        )
        | st.text(),
    ),
    max_size=8,
)


def _form(fields: list[tuple[str, str]]) -> bytes:
    return "&".join(
        f"{quote(name, errors='replace')}={quote(value, errors='replace')}"
        for name, value in fields
    ).encode()


BODIES = st.lists(st.binary(max_size=80), max_size=3) | FIELDS.map(lambda f: [_form(f)])
ENDS = st.just("") | st.sampled_from(
    ["/", "x", "%", "%00", "%ff", "/..", "/%2e%2e/", "//", "%0d%0a", ";a"]
)


def _path(whole: Whole, number: int, end: str, own: str | None) -> bytes:
    if own is not None:
        return b"/" + quote(own, errors="replace", safe="/%.;:@").encode()
    return (whole.paths[number % len(whole.paths)] + end).encode()


@pytest.mark.parametrize("method", EVERY)
def test_every_address_has_an_answer_to_every_method(
    whole: Whole, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    for path in whole.paths:
        assert 200 <= whole.ask(method, path.encode(), b"", [], []) < 500, path
    assert caplog.records == []


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    method=METHODS,
    number=st.integers(0, 200),
    end=ENDS,
    own=st.none() | st.text(max_size=40),
    query=VALUES | FIELDS.map(_form),
    headers=HEADERS,
    body=BODIES,
    stamped=st.booleans(),
)
@example(
    "POST",
    0,
    "",
    "s",
    b"",
    [(b"content-type", b"multipart/form-data; boundary=x")],
    [b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--x--'],
    False,
)
def test_nothing_that_is_sent_is_a_fault(
    whole: Whole,
    caplog: pytest.LogCaptureFixture,
    method: str,
    number: int,
    end: str,
    own: str | None,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    body: list[bytes],
    stamped: bool,
) -> None:
    if stamped:
        body = [f"stamp={quote(whole.stamp)}&".encode(), *body]
        headers = [*headers, (b"content-type", b"application/x-www-form-urlencoded")]
    with caplog.at_level(logging.WARNING):
        caplog.clear()
        status = whole.ask(method, _path(whole, number, end, own), query, headers, body)
        assert 200 <= status < 500
        assert caplog.records == []
