"""The real server: conditional requests of every kind, and readers that poll (acceptance 5)."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest

from tests.web.service import serving
from tests.web.shelf_kit import HUB, MOVED, Served

CODINGS = ["identity", "gzip", "br"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return Served(tmp_path_factory.mktemp("wire") / "site", HUB + MOVED)


@pytest.fixture(scope="module")
def url(served: Served) -> Iterator[str]:
    with serving(served) as service:
        yield service.url()


def _asked(
    url: str, method: str, path: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        line.request(method, path, headers={"Accept-Encoding": "identity", **headers})
        answer = line.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        found.pop("date")
        return answer.status, found, answer.read()
    finally:
        line.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/feed.json", "/", "/opml.xml"])
def test_the_matrix_of_conditional_requests__f_h_02__f_h_04(
    method: str, path: str, url: str
) -> None:
    """Two validators, three codings, each asked for in each."""
    firsts = {c: _asked(url, method, path, {"Accept-Encoding": c}) for c in CODINGS}
    assert [status for status, _, _ in firsts.values()] == [200, 200, 200]
    assert len({headers["etag"] for _, headers, _ in firsts.values()}) == 3
    for had in CODINGS:
        etag, since = firsts[had][1]["etag"], firsts[had][1]["last-modified"]
        for asked in CODINGS:
            usual = {name: value for name, value in firsts[asked][1].items()
                     if name in {"cache-control", "vary", "last-modified", "link"}}  # fmt: skip
            for condition in (
                {"If-None-Match": etag},
                {"If-None-Match": f"W/{etag}"},
                {"If-Modified-Since": since},
                {"If-None-Match": etag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
            ):
                status, headers, body = _asked(
                    url, method, path, {"Accept-Encoding": asked, **condition}
                )
                assert (status, body) == (304, b"")
                assert usual.items() <= headers.items()
                assert "content-length" not in headers
            wrong = {"Accept-Encoding": asked, "If-None-Match": '"x"', "If-Modified-Since": since}
            assert _asked(url, method, path, wrong)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "br;q=1, gzip;q=0.5"},
        {"Accept-Encoding": "*;q=0"},
        {"If-None-Match": "*"},
        {"If-None-Match": "garbage"},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"Range": "bytes=0-5"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/feed.xml",
        "/",
        "/subscribe/",
        "/subscribe",
        "/old.xml",
        "/gone.xml",
        "/nothing",
        "/categories/%EC%83%9D%ED%99%9C/feed.xml",
        "/healthz",
    ],
)
def test_the_quick_way_says_what_the_application_says(
    method: str, path: str, headers: dict[str, str], url: str, served: Served
) -> None:
    for _ in range(2):  # the second time, the packed body is in memory
        status, found, body = _asked(url, method, path, headers)
    named = {name.replace("-", "_"): value for name, value in headers.items()}
    named.setdefault("Accept_Encoding", "identity")
    served.time = time.time()
    slow = served.ask(method, path, **named)
    slow_headers = dict(slow.headers)
    assert (status, found) == (slow.status_code, slow_headers)
    assert body == (b"" if method == "HEAD" else b"".join(slow.iter_raw()))


def test_requests_in_one_packet_are_answered_in_order(url: str) -> None:
    """Files, which are quick, among pages and failures, which are not; and then the end."""
    parts = urlsplit(url)
    paths = ["/feed.xml", "/healthz", "/atom.xml", "/nothing", "/feed.json", "/u/weekly/x", "/"]
    requests = "".join(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths)
    last = "GET /opml.xml HTTP/1.0\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall((requests + last).encode())
        said = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = said.partition(b"<?xml")
    statuses = [row.split()[1] for row in head.split(b"\r\n") if row.startswith(b"HTTP/1.1 ")]
    assert statuses == [b"200", b"200", b"200", b"404", b"200", b"404", b"200", b"200"]
    assert b"connection: close" in head
    assert body.rstrip().endswith(b"</opml>")


def test_a_body_with_get_is_passed_over(url: str) -> None:
    parts = urlsplit(url)
    request = (
        "GET /feed.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall(request.encode())
        said = b"".join(iter(lambda: line.recv(65536), b""))
    assert said.count(b"HTTP/1.1 200 OK") == 2
    assert said.endswith(b"ok\n")


@pytest.mark.parametrize("paths", [["/feed.xml"], ["/feed.xml", "/healthz"], ["/healthz", "/"]])
def test_a_connection_that_rests_is_closed_and_one_that_asks_stays(
    paths: list[str], url: str
) -> None:
    """Both ways, and one after another; five seconds of rest are the most."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        begun = time.monotonic()
        for path in (*paths, *paths):
            line.sendall(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
            time.sleep(1)
        asked = time.monotonic()
        assert line.recv(1) == b""
        ended = time.monotonic()
    assert ended - begun > 5
    assert ended - asked < 15


def test_a_request_that_comes_slowly_after_a_rest_is_answered(url: str) -> None:
    """The rest was over before its headers were there."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall(b"HEAD /feed.xml HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
        time.sleep(3)
        line.sendall(b"POST /u/weekly/x HTTP/1.1\r\nHost: x\r\n")
        time.sleep(3)
        line.sendall(b"Content-Length: 3\r\n\r\nabc")
        assert line.recv(65536).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("agent", ["FeedFetcher-Google", "Feedly/1.0", "Inoreader/1.0", ""])
def test_nobody_is_turned_away_by_name__f_w_06__f_h_10(agent: str, url: str) -> None:
    assert _asked(url, "GET", "/feed.xml", {"User-Agent": agent})[0] == 200


def test_a_reader_that_polls_gets_304_until_something_new_is_there(tmp_path: Path) -> None:
    """feedparser, with what it was given; the publishing is done by another process."""
    served = Served(tmp_path / "site", HUB)
    with serving(served) as service:
        address = f"{service.url()}/feed.xml"
        first = feedparser.parse(address)
        assert (first.status, len(first.entries)) == (200, 2)
        for known in (
            {"etag": first.etag},
            {"modified": first.modified},
            {"etag": first.etag, "modified": first.modified},
        ):
            again = feedparser.parse(address, **known)
            assert (again.status, again.entries) == (304, [])
        served.site.post("2026-01-05-new.md", "new")
        served.site.publish()
        end = time.monotonic() + 20
        changed = feedparser.parse(address, etag=first.etag)
        while changed.status == 304 and time.monotonic() < end:
            time.sleep(0.05)
            changed = feedparser.parse(address, etag=first.etag)
    old = {entry.id for entry in first.entries}
    assert [entry.title for entry in changed.entries if entry.id not in old] == [
        "Title of 2026-01-05-new.md"
    ]
    assert len(changed.entries) == 3
