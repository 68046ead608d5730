"""The door for outgoing HTTP, against real servers on this machine (standards S-10)."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from newsfeed.net.http import Reply, Rules, get, post_forms
from tests.net.kit import Server, Web, serving

HERE = Rules(reach="loopback", plain=True)
"""Leave to ask servers of this machine."""


@pytest.fixture
def web() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_this_machine_is_refused_in_every_spelling_and_not_connected_to(
    host: str, web: Server
) -> None:
    anywhere = Rules(plain=True)
    for port in ("", ":443", f":{web.port}"):
        assert get(f"http://{host}{port}/", anywhere).problem
    assert web.connections == 0


@pytest.mark.parametrize(
    "url", ["http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/"]
)
def test_private_addresses_are_refused_before_any_connection(url: str) -> None:
    begun = time.monotonic()
    assert "not one of the public internet" in get(url, Rules(plain=True)).problem
    assert "not one of the public internet" in get(url, HERE).problem
    assert time.monotonic() - begun < HERE.patience


def test_only_https_unless_http_is_allowed(web: Server) -> None:
    assert "not https" in get(f"http://127.0.0.1:{web.port}/", Rules(reach="loopback")).problem
    assert "not https" in get("ftp://example.org/", HERE).problem
    assert "not https" in get("//example.org/", HERE).problem
    assert web.connections == 0


@pytest.mark.parametrize("port", [22, 25, 8080, 6379])
def test_other_ports_are_refused(port: int) -> None:
    assert "neither 80 nor 443" in get(f"https://example.org:{port}/", Rules()).problem


def test_a_password_in_the_address_is_refused(web: Server) -> None:
    assert "password" in get(f"http://me:secret@127.0.0.1:{web.port}/", HERE).problem
    assert web.connections == 0


def test_one_private_address_among_public_ones_is_enough_to_refuse(web: Server) -> None:
    reply = get("http://example.org/", Rules(plain=True), resolver=lambda *_: ["8.8.8.8", "::1"])
    assert "not one of the public internet" in reply.problem
    assert web.connections == 0


def test_a_host_is_resolved_once_and_its_second_answer_changes_nothing(web: Server) -> None:
    """DNS rebinding: what was checked is what is connected to, under the name that was asked."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    url = f"http://hub.example.org:{web.port}/x?y"
    reply = get(url, HERE, resolver=rebinding)
    assert (reply.status, reply.body, reply.url) == (200, b"here", url)
    assert asked == ["hub.example.org"]
    assert web.asked == [("GET", "/x?y", f"hub.example.org:{web.port}", "")]


def test_an_address_that_takes_no_connection_is_followed_by_the_next(web: Server) -> None:
    reply = get(
        f"http://hub.example.org:{web.port}/",
        HERE,
        resolver=lambda *_: ["127.0.0.2", "127.0.0.1"],
    )
    assert reply.status == 200


def test_a_redirect_is_not_followed_unless_asked(web: Server) -> None:
    web.say = lambda it: it.answer(302, Location="/other")
    assert get(f"http://127.0.0.1:{web.port}/", HERE).status == 302
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "//10.0.0.1/", "http://0xa9fea9fe/", "file:///etc/passwd"],
)
def test_a_redirect_to_where_nobody_may_go_is_refused(target: str, web: Server) -> None:
    web.say = lambda it: it.answer(302, Location=target)
    rules = Rules(reach="loopback", plain=True, redirects=3)
    assert get(f"http://127.0.0.1:{web.port}/", rules).problem
    assert len(web.asked) == 1


def test_redirects_end_after_three(web: Server) -> None:
    web.say = lambda it: it.answer(302, Location=f"{it.path}x")
    rules = Rules(reach="loopback", plain=True, redirects=9)
    assert "too often" in get(f"http://127.0.0.1:{web.port}/", rules).problem
    assert [path for _, path, _, _ in web.asked] == ["/", "/x", "/xx", "/xxx"]


def test_where_a_page_moved_for_good_is_told_as_far_as_all_of_it_was_for_good(web: Server) -> None:
    ways = {"/a": (301, "/b"), "/b": (308, "/c"), "/c": (302, "/d")}
    web.say = lambda it: (
        it.answer(ways[it.path][0], Location=ways[it.path][1])
        if it.path in ways
        else it.answer(200)
    )
    rules = Rules(reach="loopback", plain=True, redirects=3)
    here = f"http://127.0.0.1:{web.port}"
    assert get(f"{here}/a", rules).moved == f"{here}/c"
    assert get(f"{here}/b", rules).moved == f"{here}/c"
    assert get(f"{here}/c", rules).moved == ""
    assert get(f"{here}/d", rules).moved == ""


def test_headers_go_along(web: Server) -> None:
    web.say = lambda it: it.answer(200, it.headers["If-None-Match"])
    reply = get(f"http://127.0.0.1:{web.port}/", HERE, headers={"If-None-Match": '"1"'})
    assert reply.body == b'"1"'


def test_what_comes_packed_is_unpacked_within_the_limit(web: Server) -> None:
    def say(it: Web) -> None:
        data = b"x" * 50_000
        packed = {"/g": gzip.compress(data), "/d": zlib.compress(data), "/no": b"plain"}[it.path]
        it.send_response(200)
        it.send_header("Content-Encoding", "deflate" if it.path == "/d" else "gzip")
        it.end_headers()
        it.wfile.write(packed)

    web.say = say
    here = f"http://127.0.0.1:{web.port}"
    assert get(f"{here}/g", HERE).body == get(f"{here}/d", HERE).body == b"x" * 50_000
    rules = Rules(reach="loopback", plain=True, most=1000)
    assert get(f"{here}/g", rules).body == b"x" * 1000
    assert "said to be gzip, and is not" in get(f"{here}/no", HERE).problem


def test_forms_are_posted_and_never_redirected(web: Server) -> None:
    web.say = lambda it: it.answer(307, Location="/other")
    rules = Rules(reach="loopback", plain=True, redirects=3)
    forms = [{"a": "b c", "d": "가"}, {"a": "2"}]
    replies = post_forms(f"http://127.0.0.1:{web.port}/hub", forms, rules)
    assert [reply and reply.status for reply in replies] == [307, 307]
    host = f"127.0.0.1:{web.port}"
    assert sorted(web.asked) == [
        ("POST", "/hub", host, "a=2"),
        ("POST", "/hub", host, "a=b+c&d=%EA%B0%80"),
    ]


def test_forms_that_there_was_no_time_for_are_told_apart(web: Server) -> None:
    ended, turns = threading.Event(), itertools.count()
    web.say = lambda it: _wait(ended) if next(turns) else it.answer(200)
    rules = Rules(reach="loopback", plain=True, patience=3)
    forms = [{"n": str(n)} for n in range(9)]
    try:
        replies = post_forms(f"http://127.0.0.1:{web.port}/", forms, rules)
    finally:
        ended.set()
    assert sum(reply is not None and reply.status == 200 for reply in replies) == 1
    assert replies.count(Reply(problem="there is no answer in 3 seconds")) == 4
    assert replies[5:] == [None] * 4


def test_where_nothing_answers_every_form_has_that_problem(web: Server) -> None:
    forms = [{"n": str(n)} for n in range(9)]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert post_forms(url, forms, HERE) == [Reply(problem="nothing listens there")] * 9
    refused = post_forms("http://169.254.169.254/", forms, HERE)
    assert {reply.problem for reply in refused if reply} == {
        "its address is not one of the public internet"
    }
    ended = threading.Event()
    web.say = lambda _: _wait(ended)
    rules = Rules(reach="loopback", plain=True, patience=0.3)
    try:
        late = post_forms(f"http://127.0.0.1:{web.port}/", forms, rules)
    finally:
        ended.set()
    assert late == [Reply(problem="there is no answer in 0.3 seconds")] * 9


def _wait(ended: threading.Event) -> None:
    ended.wait(20)


def test_a_large_answer_is_cut(web: Server) -> None:
    def endless(it: Web) -> None:
        it.answer(200)
        while True:  # until the client hangs up
            it.wfile.write(b"x" * 4096)

    web.say = endless
    rules = Rules(reach="loopback", plain=True, most=5000)
    assert get(f"http://127.0.0.1:{web.port}/", rules).body == b"x" * 5000


@pytest.mark.parametrize("who", ["server", "resolver"])
def test_patience_ends(who: str, web: Server) -> None:
    ended = threading.Event()
    web.say = lambda _: _wait(ended)

    def hanging(*_: object) -> list[str]:
        ended.wait(20)
        return ["127.0.0.1"]

    rules = Rules(reach="loopback", plain=True, patience=0.3)
    begun = time.monotonic()
    try:
        url = f"http://127.0.0.1:{web.port}/"
        reply = get(url, rules, resolver=hanging) if who == "resolver" else get(url, rules)
    finally:
        ended.set()
    assert reply == Reply(problem="there is no answer in 0.3 seconds")
    assert time.monotonic() - begun < 15


def test_the_environments_proxy_is_not_asked(web: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(f"http://127.0.0.1:{web.port}/", HERE).status == 200


def test_the_certificate_must_be_of_the_name_and_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names: list[str] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    authority.issue_cert("hub.example.org").configure_cert(context)
    with serving(context) as server:
        rules = Rules(reach="loopback")
        here = lambda *_: ["127.0.0.1"]  # noqa: E731
        reply = get(f"https://hub.example.org:{server.port}/", rules, resolver=here)
        assert (reply.status, names) == (200, ["hub.example.org"])
        assert "certificate" in get(f"https://127.0.0.1:{server.port}/", rules).problem


@pytest.mark.parametrize("url", ["", "https://", "https://exa mple/", "https://[::1", "nonsense"])
def test_what_is_no_address_is_a_problem_and_no_exception(url: str) -> None:
    assert get(url, Rules()).problem


def test_where_nothing_listens_or_no_host_is_it_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert get(f"http://127.0.0.1:{port}/", HERE).problem == "nothing listens there"
    said = get("http://no-such-host.invalid/", HERE).problem
    assert said == "there is no host of that name"
