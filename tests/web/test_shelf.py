"""What lies in the output folder is served, and nothing else, with what caches and readers need."""

from __future__ import annotations

import asyncio
import gzip
import os
from pathlib import Path
from typing import Any
from unicodedata import normalize

import brotli
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.web import shelf as shelf_module
from newsfeed.web.static import CHUNK, static
from tests.kit import NOW, SETTINGS
from tests.web.shelf_kit import HUB, MOVED, Served


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A site that no test changes."""
    return Served(tmp_path_factory.mktemp("served") / "site", HUB + MOVED)


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path / "site")


def _body(answer: httpx.Response) -> bytes:
    return b"".join(answer.iter_raw())


# Types and headers


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/categories/생활/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/categories/생활/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/archive/1/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/opml.xml", "text/x-opml; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/subscribe/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
    ],
)
def test_types_are_those_of_the_formats__f_h_07(path: str, kind: str, shared: Served) -> None:
    answer = shared.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert "no-store" not in answer.headers["cache-control"]
    assert "x-robots-tag" not in answer.headers


def test_a_feed_has_its_type_whatever_its_name_is__f_h_07(tmp_path: Path) -> None:
    paths = '[feeds.paths]\nrss = "rss"\natom = "index.atom.php"\njson = "blog/feed"\n'
    served = Served(tmp_path / "site", SETTINGS + paths)
    kinds = {path: served.get(path).headers["content-type"] for path in
             ("/rss", "/index.atom.php", "/blog/feed", "/categories/생활/feed")}  # fmt: skip
    assert kinds == {
        "/rss": "application/rss+xml; charset=utf-8",
        "/index.atom.php": "application/atom+xml; charset=utf-8",
        "/blog/feed": "application/feed+json; charset=utf-8",
        "/categories/생활/feed": "application/feed+json; charset=utf-8",
    }


def test_a_feed_names_its_hub_and_itself__f_w_01(shared: Served) -> None:
    hub = '<https://hub.example.org/>; rel="hub"'
    for path in ("feed.xml", "atom.xml", "feed.json", "categories/%EC%83%9D%ED%99%9C/feed.xml"):
        for method in ("GET", "HEAD"):
            link = shared.ask(method, f"/{path}").headers["link"]
            assert link == f'{hub}, <https://news.example.org/{path}>; rel="self"'
    archived = shared.get("/archive/1/feed.xml").headers["link"]
    assert archived == '<https://news.example.org/archive/1/feed.xml>; rel="self"'


def test_the_home_page_names_the_feeds__f_d_03(shared: Served) -> None:
    link = shared.get("/").headers["link"]
    assert link.isascii()
    for path, kind in (
        ("feed.xml", "rss+xml"),
        ("atom.xml", "atom+xml"),
        ("feed.json", "feed+json"),
    ):
        url = f"<https://news.example.org/{path}>"
        assert f'{url}; rel="alternate"; type="application/{kind}"; title*=UTF-8\'\'%' in link
    assert "link" not in shared.get("/subscribe/").headers


def test_feeds_may_be_read_by_scripts_of_any_site__f_h_08(shared: Served) -> None:
    assert shared.get("/feed.json").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in shared.get("/").headers
    asked = shared.ask("OPTIONS", "/feed.xml", Origin="https://reader.example.com",
                       Access_Control_Request_Method="GET")  # fmt: skip
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in asked.headers["access-control-allow-headers"]


def test_our_pages_run_nothing_and_keep_their_style__s_18(shared: Served) -> None:
    pages = [path for path in shared.shelf.snapshot.entries if path.endswith(".html")]
    assert len(pages) == 5  # home, list, subscribe page, two articles
    for path in pages:
        policy = shared.get(f"/{path}").headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "'sha256-" in policy
        assert "script" not in policy
        assert "frame-ancestors 'none'" in policy


def test_a_page_of_the_operators_own_is_served_as_it_is(served: Served) -> None:
    served.put("mine/index.html", b"<script>1</script>")
    answer = served.get("/mine/")
    assert (answer.status_code, _body(answer)) == (200, b"<script>1</script>")
    assert "content-security-policy" not in answer.headers


def test_a_picture_in_svg_runs_nothing__s_18(served: Served) -> None:
    served.put("media/a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "sandbox" in served.get("/media/a.svg").headers["content-security-policy"]


# Codings


def test_what_is_asked_for_is_sent_and_identity_where_nothing_is__f_h_05(shared: Served) -> None:
    plain = shared.get("/feed.xml")
    assert "content-encoding" not in plain.headers
    body = _body(plain)
    packed = shared.get("/feed.xml", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(_body(packed)) == body
    small = shared.get("/feed.xml", Accept_Encoding="gzip, br")
    assert small.headers["content-encoding"] == "br"
    assert brotli.decompress(_body(small)) == body
    found = [plain, packed, small]
    assert {answer.headers["vary"] for answer in found} == {"Accept-Encoding"}
    assert len({answer.headers["etag"] for answer in found}) == 3
    assert shared.get("/feed.xml", Accept_Encoding="identity;q=0").status_code == 406


def test_pictures_are_not_packed(served: Served) -> None:
    served.put("a.png", b"\x89PNG" * 500)
    answer = served.get("/a.png", Accept_Encoding="gzip, br")
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers
    assert answer.headers["cache-control"] == "public, max-age=86400"


# Validators


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["", "gzip", "br"])
@pytest.mark.parametrize("path", ["/feed.xml", "/atom.xml", "/feed.json", "/", "/opml.xml"])
def test_every_validator_gives_304_in_every_coding__f_h_02__f_h_03__f_h_04(
    method: str, coding: str, path: str, shared: Served
) -> None:
    first = shared.ask(method, path, Accept_Encoding=coding)
    etag, since = first.headers["etag"], first.headers["last-modified"]
    assert first.status_code == 200
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f"W/{etag}"},
        {"If_None_Match": f'"other", W/{etag} , "more"'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": since},
        {"If_None_Match": etag, "If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ):
        again = shared.ask(method, path, Accept_Encoding=coding, **headers)
        assert (again.status_code, _body(again)) == (304, b"")
        assert again.headers["etag"] == etag
        for name in ("cache-control", "vary", "last-modified", "link", "content-location",
                     "access-control-allow-origin"):  # fmt: skip
            assert again.headers.get(name) == first.headers.get(name)
        assert "content-length" not in again.headers


@pytest.mark.parametrize("had", ["", "gzip", "br"])
@pytest.mark.parametrize("asked", ["", "gzip", "br"])
def test_the_tag_of_one_coding_matches_whichever_is_asked_now__f_h_04(
    had: str, asked: str, shared: Served
) -> None:
    etag = shared.get("/feed.xml", Accept_Encoding=had).headers["etag"]
    for tag in (etag, f"W/{etag}"):
        again = shared.get("/feed.xml", Accept_Encoding=asked, If_None_Match=tag)
        assert (again.status_code, again.headers["etag"]) == (304, etag)


@pytest.mark.parametrize(
    "headers",
    [
        {"If_None_Match": '"other"'},
        {"If_None_Match": "garbage"},
        {"If_None_Match": ""},
        {"If_None_Match": '"other"', "If_Modified_Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
        {"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If_Modified_Since": "garbage"},
        {"If_Modified_Since": "Thu, 01 Jan 2149 00:00:00 GMT"},  # it has not come
    ],
)
def test_what_does_not_match_gives_the_whole(headers: dict[str, str], shared: Served) -> None:
    assert shared.get("/feed.xml", **headers).status_code == 200


def test_content_time_is_not_later_than_now__f_h_01(tmp_path: Path) -> None:
    served = Served(tmp_path / "site")
    feed = served.site.output / "feed.xml"
    os.utime(feed, (4e9, 4e9))
    early = shelf_module.Shelf(served.site.plan(), clock_ns=lambda: int(NOW.timestamp()) * 10**9)
    early.refresh()
    found = early.snapshot.entries["feed.xml"]
    assert found.modified == int(NOW.timestamp())


def test_validators_change_with_the_bytes_and_only_then(served: Served) -> None:
    before = served.get("/feed.xml").headers["etag"]
    assert served.shelf.refresh() is False
    served.site.publish()
    assert served.shelf.refresh() is False
    assert served.get("/feed.xml").headers["etag"] == before
    served.site.post("2026-01-04-c.md", "new")
    served.site.publish()
    assert served.shelf.refresh() is True
    assert served.get("/feed.xml").headers["etag"] != before
    assert b"Title of 2026-01-04-c.md" in _body(served.get("/feed.xml"))


def test_the_same_bytes_at_another_time_keep_their_tag(served: Served) -> None:
    place = served.put("note.txt", b"x" * 1000)
    before = served.get("/note.txt").headers["etag"]
    os.utime(place, (1e9, 1e9))
    served.shelf.refresh()
    again = served.get("/note.txt")
    assert again.headers["etag"] == before
    assert again.headers["last-modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"


# HEAD, other methods, ranges


def test_head_is_get_without_its_body__f_h_11(shared: Served) -> None:
    for coding in ("", "gzip", "br"):
        got = shared.get("/feed.xml", Accept_Encoding=coding)
        head = shared.ask("HEAD", "/feed.xml", Accept_Encoding=coding)
        assert head.headers == got.headers
        assert int(head.headers["content-length"]) == len(_body(got))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_files_are_only_read(method: str, shared: Served) -> None:
    answer = shared.ask(method, "/feed.xml")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert shared.ask(method, "/nothing").status_code == 404


@pytest.mark.parametrize("size", [1000, (1 << 20) + 1000])
def test_a_part_of_a_medium_is_sent(size: int, served: Served) -> None:
    """From memory, and from the disk."""
    data = bytes(range(256)) * (size // 256 + 1)
    served.put("a.mp3", data)
    whole = served.get("/a.mp3")
    assert (whole.status_code, _body(whole)) == (200, data)
    assert whole.headers["accept-ranges"] == "bytes"
    part = served.get("/a.mp3", Range="bytes=10-19")
    assert (part.status_code, _body(part)) == (206, data[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
    assert part.headers["content-length"] == "10"
    none = served.get("/a.mp3", Range=f"bytes={len(data)}-")
    assert (none.status_code, none.headers["content-range"]) == (416, f"bytes */{len(data)}")
    etag = whole.headers["etag"]
    assert served.get("/a.mp3", Range="bytes=1-2", If_Range=etag).status_code == 206
    assert served.get("/a.mp3", Range="bytes=1-2", If_Range=f"W/{etag}").status_code == 200
    assert served.get("/a.mp3", Range="bytes=1-2", If_Range='"old"').status_code == 200
    assert served.get("/a.mp3", If_None_Match=etag, Range="bytes=1-2").status_code == 304
    head = served.ask("HEAD", "/a.mp3", Range="bytes=1-2")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(data)))


# Addresses


def test_korean_names_are_found_in_either_normal_form(served: Served) -> None:
    served.put(normalize("NFD", "한글/문서.txt"), b"nfd")
    for form in ("NFC", "NFD"):
        answer = served.get("/" + normalize(form, "한글/문서.txt"))
        assert (answer.status_code, _body(answer)) == (200, b"nfd")
    lower = served.ask_raw("GET", b"/%ed%95%9c%ea%b8%80/%EB%AC%B8%EC%84%9C.txt")
    assert lower.status_code == 200


def test_a_folder_without_its_slash_leads_to_the_folder(shared: Served) -> None:
    answer = shared.ask("GET", "/subscribe", Host="evil.example")
    assert (answer.status_code, answer.headers["location"]) == (301, "./subscribe/")
    assert "evil" not in str(answer.headers)
    for path in (b"//evil.example/..%2fsubscribe", b"//evil.example", b"/categories%2fx"):
        assert shared.ask_raw("GET", path).status_code == 404


def test_old_addresses_lead_on_in_one_step_and_gone_ones_are_gone__f_h_09(shared: Served) -> None:
    for method in ("GET", "HEAD"):
        answer = shared.ask(method, "/old.xml", Host="evil.example")
        assert answer.status_code == 301
        assert answer.headers["location"] == "https://news.example.org/feed.xml"
    away = shared.get("/옛 글/")
    assert (away.status_code, away.headers["location"]) == (301, "https://example.com/new?x=1")
    gone = shared.get("/gone.xml")
    assert gone.status_code == 410
    assert "text/html" in gone.headers["content-type"]


def test_a_site_below_a_path_is_found_with_and_without_it(tmp_path: Path) -> None:
    """A proxy may pass the path on, or cut it off."""
    settings = SETTINGS.replace("https://news.example.org", "https://example.org/뉴스")
    served = Served(tmp_path / "site", settings + MOVED)
    for path in ("/feed.xml", "/뉴스/feed.xml", "/뉴스/", "/"):
        assert served.get(path).status_code == 200
    assert served.get("/뉴스").headers["location"] == "./%EB%89%B4%EC%8A%A4/"
    moved = "https://example.org/%EB%89%B4%EC%8A%A4/feed.xml"
    assert served.get("/뉴스/old.xml").headers["location"] == moved
    assert served.get("/feed.xml").headers["link"] == f'<{moved}>; rel="self"'


def test_links_dotfiles_and_what_is_no_file_are_not_served__s_16(served: Served) -> None:
    out, secret = served.site.output, served.site.folder / ".newsfeed" / "secret.txt"
    secret.write_bytes(b"secret")
    (out / "link.txt").symlink_to(secret)
    (out / "folder").symlink_to(secret.parent)
    (out / "inside.xml").symlink_to("feed.xml")
    os.mkfifo(out / "fifo")
    served.put(".htpasswd", b"secret")
    served.put(".git/config", b"secret")
    served.put(".well-known/security.txt", b"Contact: x")
    for path in ("/link.txt", "/folder/secret.txt", "/folder", "/inside.xml", "/fifo",
                 "/.htpasswd", "/.git/config"):  # fmt: skip
        assert served.get(path).status_code == 404, path
    assert served.get("/.well-known/security.txt").status_code == 200


def test_a_folder_that_becomes_a_link_leads_nowhere(served: Served) -> None:
    """Between the look and the request, for a file that is read only when it is asked for."""
    served.put("big/a.mp3", b"x" * (1 << 21))
    elsewhere = served.site.folder / "elsewhere"
    (served.site.output / "big").rename(elsewhere)
    (served.site.output / "big").symlink_to(elsewhere)
    assert served.get("/big/a.mp3").status_code == 404


def test_a_large_file_that_changed_since_the_look_is_served_as_it_is_now(served: Served) -> None:
    place = served.put("a.mp3", b"x" * (1 << 21))
    before = served.get("/a.mp3").headers["etag"]
    place.write_bytes(b"y" * (1 << 21))
    answer = served.get("/a.mp3")
    assert (answer.status_code, _body(answer)[:3]) == (200, b"yyy")
    assert answer.headers["etag"] != before


def test_a_file_that_went_is_gone_after_the_next_look(served: Served) -> None:
    place = served.put("note.txt", b"x")
    place.unlink()
    assert served.shelf.refresh() is True
    assert served.get("/note.txt").status_code == 404


def test_what_has_no_room_in_memory_is_read_when_asked(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "MOST_HELD", 0)
    monkeypatch.setattr(shelf_module, "MOST_PACKED", 0)
    held = _body(served.get("/feed.xml"))
    served.publish()
    assert sum(entry.held for entry in served.shelf.snapshot.entries.values()) == 0
    assert _body(served.get("/feed.xml")) == held
    packed = served.get("/feed.xml", Accept_Encoding="gzip")
    assert gzip.decompress(_body(packed)) == held
    etag = packed.headers["etag"]
    assert served.get("/feed.xml", If_None_Match=etag).status_code == 304


def test_pages_of_the_audience_win_over_files(served: Served) -> None:
    served.put("healthz", b"mine")
    assert _body(served.get("/healthz")) == b"ok\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    path=st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "..",
                    ".",
                    "%2e%2e",
                    "..%2f",
                    "feed.xml",
                    ".newsfeed",
                    "secret.key",
                    "%00",
                    "%ff",
                    "subscribe",
                    "index.html",
                    "",
                    "\\..",
                    "%5c..",
                    "한글",
                    "~root",
                    "etc",
                    "passwd",
                ]
            ),
            max_size=8,
        ).map(lambda parts: "/".join(parts).encode()),
    ),
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]),
)
def test_no_path_leaves_the_folder_or_makes_it_fail__s_16(
    path: bytes, method: str, shared: Served
) -> None:
    answer = shared.ask_raw(method, b"/" + path)
    assert answer.status_code in {200, 204, 301, 404, 405, 410}
    if answer.status_code == 200 and method == "GET" and b"u/" not in path:
        body = _body(answer)
        files = {place.read_bytes() for place in shared.site.output.rglob("*") if place.is_file()}
        assert body in files or body == b"ok\n" or b"installation" in path


def test_a_file_that_nobody_published_is_there_after_a_while(served: Served) -> None:
    served.shelf.refresh_if_published(0.0)
    (served.site.output / "logo.txt").write_text("of the operator's own", encoding="utf-8")
    assert not served.shelf.refresh_if_published(1.0)
    assert served.shelf.refresh_if_published(3600.0)
    assert _body(served.get("/logo.txt")) == b"of the operator's own"


def test_a_large_file_is_not_read_on_for_a_client_that_left(served: Served) -> None:
    served.put("film.mp4", b"x" * 50 * CHUNK)
    events = ["http.request", "http.disconnect"]
    said: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": events.pop(0)}

    async def send(message: dict[str, object]) -> None:
        said.append(str(message["type"]))

    scope = {"type": "http", "method": "GET", "path": "/film.mp4", "headers": []}
    app: Any = static(served.shelf)
    asyncio.run(app(scope, receive, send))
    assert said[0] == "http.response.start"
    assert len(said) < 10
