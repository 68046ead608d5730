"""nginx and Caddy with our files, in front of a real `newsfeed run`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from newsfeed.model import SubscriptionState
from tests.rigs.proxies import NAME, Proxy, caddy, negotiated, nginx
from tests.service.kit import ANY_PORT, running
from tests.web.kit import Desk, heading

pytestmark = [pytest.mark.xdist_group("proxies"), pytest.mark.timeout(180)]

FEEDS = {
    "/feed.xml": "application/rss+xml",
    "/atom.xml": "application/atom+xml",
    "/feed.json": "application/feed+json",
    "/opml.xml": "text/x-opml",
    "/categories/news/feed.xml": "application/rss+xml",
    "/archive/1/atom.xml": "application/atom+xml",
}

Proxied = Callable[[str, Path, str, Path, str], AbstractContextManager[Proxy]]


class Front:
    """A proxy, and the newsfeed behind it."""

    def __init__(self, desk: Desk, proxy: Proxy, newsfeed: str) -> None:
        self.desk = desk
        self.proxy = proxy
        self.newsfeed = newsfeed
        self.ask = proxy.ask


@contextmanager
def _front(folder: Path, proxied: Proxied, program: str, config: Path) -> Iterator[Front]:
    desk = Desk(folder / "site")
    body = "A text that is long enough to be worth packing. " * 40
    desk.site.post("2026-01-01-one.md", body, categories="[News]")
    (folder / "proxy").mkdir()
    words = config.read_text(encoding="utf-8")
    with running(desk.site, "--listen", ANY_PORT) as service:
        url = service.url()
        service.hears("files written")
        place, public = url.removeprefix("http://"), desk.site.output
        with proxied(program, folder / "proxy", words, public, place) as proxy:
            yield Front(desk, proxy, url)


@pytest.fixture(scope="module")
def by_nginx(
    require: Callable[[str], str], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    config = root / "docs" / "deploy" / "nginx.conf"
    with _front(tmp_path_factory.mktemp("nginx"), nginx, require("nginx"), config) as front:
        yield front


@pytest.fixture(scope="module")
def by_caddy(
    require: Callable[[str], str], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    config = root / "docs" / "deploy" / "Caddyfile"
    with _front(tmp_path_factory.mktemp("caddy"), caddy, require("caddy"), config) as front:
        yield front


@pytest.fixture(params=["by_nginx", "by_caddy"])
def front(request: pytest.FixtureRequest) -> Front:
    found: Front = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_have_their_types_and_validators__f_h_13(front: Front, path: str) -> None:
    answer = front.ask("GET", path)
    assert answer.status_code == 200
    kind = FEEDS[path]
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=900, stale-while-revalidate=86400"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert {"etag", "last-modified"} <= set(answer.headers)
    assert answer.content == (front.desk.site.output / path.removeprefix("/")).read_bytes()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("again", ["gzip", "identity"])
@pytest.mark.parametrize("first", ["gzip", "identity"])
def test_a_reader_that_comes_back_gets_304__f_h_04(
    front: Front, first: str, again: str, method: str
) -> None:
    """Whichever coding it had, and whichever it takes now, by tag and by date."""
    answer = front.ask("GET", "/feed.xml", Accept_Encoding=first)
    assert answer.headers.get("content-encoding", "identity") == first
    for header, validator in (("If_None_Match", "etag"), ("If_Modified_Since", "last-modified")):
        conditions = {header: answer.headers[validator], "Accept_Encoding": again}
        second = front.ask(method, "/feed.xml", **conditions)
        assert (second.status_code, second.content) == (304, b"")


def test_packed_and_unpacked_have_no_strong_tag_in_common__f_h_04(by_nginx: Front) -> None:
    packed = by_nginx.ask("GET", "/feed.xml", Accept_Encoding="gzip")
    plain = by_nginx.ask("GET", "/feed.xml")
    assert packed.content == plain.content
    assert packed.headers["etag"].startswith("W/")
    assert not plain.headers["etag"].startswith("W/")
    assert "Accept-Encoding" in packed.headers["vary"]


def test_a_file_that_was_packed_before_is_taken(by_nginx: Front) -> None:
    import gzip

    path = by_nginx.desk.site.output / "robots.txt"
    path.write_text("as it is\n", encoding="utf-8")
    path.with_name("robots.txt.gz").write_bytes(gzip.compress(b"as it was packed\n"))
    assert by_nginx.ask("GET", "/robots.txt").text == "as it is\n"
    assert by_nginx.ask("GET", "/robots.txt", Accept_Encoding="gzip").text == "as it was packed\n"


def test_pages_are_served_and_folders_lead_to_them(front: Front) -> None:
    home = front.ask("GET", "/")
    assert home.status_code == 200
    assert home.headers["content-type"] == "text/html; charset=utf-8"
    assert "max-age=300" in home.headers["cache-control"]
    folder = front.ask("GET", "/subscribe")
    assert folder.status_code in (301, 308)
    assert httpx.URL(folder.headers["location"]).path == "/subscribe/"
    assert front.ask("GET", "/subscribe/").status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/nothing/feed.xml", "/categories/"])
def test_what_is_not_there_is_newsfeeds_page(front: Front, path: str) -> None:
    answer = front.ask("GET", path)
    assert answer.status_code == 404
    assert heading(answer) == "이 주소에는 아무것도 없습니다"
    assert "server" not in answer.headers or "nginx/" not in answer.headers["server"]


@pytest.mark.parametrize("path", ["/s", "/p"])
def test_forms_come_through(front: Front, path: str) -> None:
    answer = front.ask("GET", path)
    assert answer.status_code == 200
    assert "<form" in answer.text
    assert front.ask("POST", path, Content_Length="0").status_code < 500


def test_who_leaves_comes_through_with_their_own_address__s_25(front: Front) -> None:
    """The client's network is what is recorded, whatever the client says of itself."""
    person = front.desk.person(f"{front.proxy.port}@example.org")
    path = front.desk.leave_path(person)
    shown = front.ask("GET", path)
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    left = front.ask("POST", path, client="127.9.8.7", X_Forwarded_For="198.51.100.9")
    assert left.status_code == 200
    assert front.desk.state(person) is SubscriptionState.UNSUBSCRIBED
    assert [one.ip for one in front.desk.consents(person)] == ["127.9.8.0/24"]


def test_no_token_is_in_a_log__s_31(front: Front) -> None:
    path = front.desk.leave_path(front.desk.person(f"log{front.proxy.port}@example.org"))
    for method in ("GET", "POST"):
        assert front.ask(method, path).status_code == 200
    assert front.ask("POST", path, body="x" * 20_000).status_code == 413
    if plain := front.proxy.plain:
        there = httpx.get(f"http://127.0.0.1:{plain}{path}", headers={"Host": NAME})
        assert there.status_code == 301
    assert path.rpartition("/")[2] not in front.proxy.logs


@pytest.mark.parametrize(
    "path", ["/.git/config", "/%2egit/config", "/a/.env", "/.well-known/.env", "/.well-knownx"]
)
def test_names_that_begin_with_a_dot_are_not_served__s_16(front: Front, path: str) -> None:
    file = front.desk.site.output / unquote(path).removeprefix("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a secret", encoding="utf-8")
    answer = front.ask("GET", path)
    assert answer.status_code == 404
    assert heading(answer) == "이 주소에는 아무것도 없습니다"


def test_what_is_well_known_is_served(front: Front) -> None:
    file = front.desk.site.output / ".well-known" / "security.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text("Contact: https://example.org/", encoding="utf-8")
    assert front.ask("GET", "/.well-known/security.txt").text == "Contact: https://example.org/"


@pytest.mark.parametrize("path", ["/link.txt", "/linked/secret.txt", "/led/"])
def test_links_are_not_followed__s_16(by_nginx: Front, path: str) -> None:
    """Caddy has no way to leave them alone, and its file says so."""
    outside, output = by_nginx.desk.site.folder / "outside", by_nginx.desk.site.output
    outside.mkdir(exist_ok=True)
    (outside / "secret.txt").write_text("a secret", encoding="utf-8")
    (output / "led").mkdir(exist_ok=True)
    for link, to in (
        (output / "link.txt", outside / "secret.txt"),
        (output / "linked", outside),
        (output / "led" / "index.html", outside / "secret.txt"),
    ):
        if not link.is_symlink():
            link.symlink_to(to)
    answer = by_nginx.ask("GET", path)
    assert answer.status_code == 404
    assert heading(answer) == "이 주소에는 아무것도 없습니다"


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_numbers_are_not_for_the_world(front: Front, path: str) -> None:
    """Not by the proxy, nor where a proxy asks for somebody outside; but on this machine."""
    answer = front.ask("GET", path)
    assert answer.status_code == 404
    assert "newsfeed_" not in answer.text
    assert httpx.get(front.newsfeed + path).status_code == 200
    outside = httpx.get(front.newsfeed + "/metrics", headers={"X-Forwarded-For": "198.51.100.7"})
    assert outside.status_code == 404


def test_it_speaks_http_2_and_leads_to_https(by_nginx: Front) -> None:
    assert negotiated(by_nginx.proxy, "h2", "http/1.1") == "h2"
    port = by_nginx.proxy.plain
    answer = httpx.get(f"http://127.0.0.1:{port}/a?b=c", headers={"Host": "news.example.org"})
    assert answer.status_code == 301
    assert answer.headers["location"] == "https://news.example.org/a?b=c"


def test_caddy_takes_the_file_as_it_is(
    require: Callable[[str], str], root: Path, tmp_path: Path
) -> None:
    path = root / "docs" / "deploy" / "Caddyfile"
    done = subprocess.run(
        [require("caddy"), "validate", "--adapter", "caddyfile", "--config", str(path)],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr
