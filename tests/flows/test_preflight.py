"""Nothing leaves this machine where nobody who gets it could leave (guarantee 6)."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from newsfeed.audience.keys import Keys, check_value, installation
from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.errors import NewsfeedError, SettingsError
from newsfeed.flows import preflight
from newsfeed.flows.plan import Plan
from newsfeed.flows.preflight import (
    WELL_KNOWN,
    Answer,
    UnreachableError,
    fetch,
    refuse_unless_one_can_leave,
)
from tests.kit import NEWSLETTER, SETTINGS, Site

KEYS = Keys(suppression=b"s" * 32, tokens=(b"t" * 32,))
NAME = installation(KEYS)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    server = '[server]\nurl = "https://letters.example.org/news"\n'
    return Site(tmp_path / "site", SETTINGS + NEWSLETTER + server).plan()


def _relay(host: str = "smtp.example.org") -> Relay:
    return Relay(host=host, port=587, security="starttls", hello="news.example.org")


def _never(url: str) -> Answer:
    raise AssertionError(f"{url} was asked")


def _with_mailto(plan: Plan) -> Plan:
    mail = msgspec.structs.replace(plan.mail, unsubscribe="mailto")
    return msgspec.structs.replace(plan, mail=mail)


def test_letters_go_out_where_the_links_lead_to_this_installation(plan: Plan) -> None:
    asked: list[str] = []

    def answering(url: str) -> Answer:
        asked.append(url)
        return Answer(text=f"{NAME}\n")

    refuse_unless_one_can_leave(plan, KEYS, _relay(), fetch=answering)
    assert asked == ["https://letters.example.org/news/.well-known/newsfeed"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(text="another installation"),
        Answer(text=""),
        Answer(text=f"{NAME}0"),
        Answer(text=f"<html>{NAME}"),
        Answer(problem="nothing listens there"),
        Answer(text=NAME, problem="the answer is 404"),
    ],
)
def test_nothing_goes_out_where_something_else_answers_or_nothing(
    answer: Answer, plan: Plan
) -> None:
    with pytest.raises(UnreachableError) as found:
        refuse_unless_one_can_leave(plan, KEYS, _relay(), fetch=lambda _: answer)
    said = str(found.value)
    assert said.startswith(plan.links_url)
    assert answer.problem in said
    assert "newsfeed serve" in said
    assert 'unsubscribe = "mailto"' in said
    assert "\n" not in said


@pytest.mark.parametrize("url", ["http://letters.example.org", "http://localhost:8000", ""])
def test_links_that_are_not_https_are_not_even_asked_for(url: str, plan: Plan) -> None:
    plain = msgspec.structs.replace(plan, links_url=url or "ftp://letters.example.org")
    with pytest.raises(SettingsError, match=r"server\.url.*mailto"):
        refuse_unless_one_can_leave(plain, KEYS, _relay(), fetch=_never)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_for_a_relay_on_this_machine_nothing_is_asked(host: str, plan: Plan) -> None:
    refuse_unless_one_can_leave(plan, KEYS, _relay(host), fetch=_never)
    plain = msgspec.structs.replace(plan, links_url="http://localhost:8000")
    refuse_unless_one_can_leave(plain, KEYS, _relay(host), fetch=_never)


def test_who_leaves_by_mail_needs_no_web_server(plan: Plan) -> None:
    refuse_unless_one_can_leave(_with_mailto(plan), KEYS, _relay(), fetch=_never)


def test_the_name_is_22_characters_and_tells_no_key() -> None:
    assert len(NAME) == 22
    assert check_value(KEYS) != NAME
    rotated = msgspec.structs.replace(KEYS, tokens=(b"n" * 32, *KEYS.tokens))
    assert installation(rotated) == NAME
    other = msgspec.structs.replace(KEYS, suppression=b"o" * 32)
    assert installation(other) != NAME


# The question over a real connection


class _Web(BaseHTTPRequestHandler):
    """Answers as the server's `say` tells."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        server.asked.append(f"{self.path} {self.headers['User-Agent']}")
        server.say(self)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Nothing."""


class _Server(HTTPServer):
    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Web)
        self.say: Callable[[_Web], None] = lambda web: answer(web, 200, NAME)
        self.asked: list[str] = []
        scheme = "http"
        if context:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_address[1]}{WELL_KNOWN}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Clients may hang up."""


def answer(web: _Web, status: int, text: str, **headers: str) -> None:
    """One answer."""
    web.send_response(status)
    for name, value in headers.items():
        web.send_header(name, value)
    web.end_headers()
    web.wfile.write(text.encode())


def _serving(context: ssl.SSLContext | None) -> Iterator[_Server]:
    with _Server(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def web(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[_Server]:
    """An https server whose certificate this machine trusts."""
    trusted = tmp_path / "trusted.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    yield from _serving(context)


def test_the_name_is_asked_for_over_https(web: _Server) -> None:
    assert fetch(web.url) == Answer(text=NAME)
    ((path, agent),) = [line.split() for line in web.asked]
    assert path == "/.well-known/newsfeed"
    assert agent.startswith("newsfeed/")


def test_a_certificate_of_nobody_known_is_not_trusted(
    web: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in fetch(web.url).problem
    assert not web.asked


def test_a_certificate_of_another_name_is_not_trusted(web: _Server) -> None:
    assert "certificate" in fetch(web.url.replace("127.0.0.1", "localhost")).problem
    assert not web.asked


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed__s_10(status: int, web: _Server) -> None:
    target = web.url.replace(WELL_KNOWN, "/elsewhere")
    web.say = lambda it: answer(it, status, NAME, Location=target)
    assert fetch(web.url) == Answer(problem=f"the answer is {status}")
    assert len(web.asked) == 1


@pytest.mark.parametrize("status", [204, 401, 404, 500, 503])
def test_only_200_is_an_answer(status: int, web: _Server) -> None:
    web.say = lambda it: answer(it, status, "" if status == 204 else NAME)
    assert str(status) in fetch(web.url).problem


def test_no_proxy_of_the_environment_is_asked__s_10(
    web: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(web.url).text == NAME


def test_no_more_than_a_kilobyte_is_read__s_10(web: _Server) -> None:
    def endless(it: _Web) -> None:
        answer(it, 200, "")
        while True:  # until the client hangs up
            it.wfile.write(b"x" * 4096)

    web.say = endless
    assert fetch(web.url).text == "x" * 1024


def test_a_small_answer_that_is_packed_stays_small__s_10(web: _Server) -> None:
    def bomb(it: _Web) -> None:
        answer(it, 200, "", **{"Content-Encoding": "gzip"})
        it.wfile.write(gzip.compress(b"x" * 50_000_000))

    web.say = bomb
    assert len(fetch(web.url).text) <= 1024


def test_an_answer_that_is_said_to_be_packed_and_is_not_is_none__s_10(web: _Server) -> None:
    web.say = lambda it: answer(it, 200, "no gzip", **{"Content-Encoding": "gzip"})
    assert fetch(web.url).text == ""


@pytest.mark.parametrize("what", ["nothing", "a byte now and then"])
def test_an_answer_is_not_waited_for_longer_than_said__s_10(
    what: str, web: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "_PATIENCE", 0.3)
    ended = threading.Event()

    def slow(it: _Web) -> None:
        while what != "nothing" and not ended.wait(0.05):
            it.wfile.write(b"x")
        ended.wait(20)

    web.say = slow
    try:
        assert fetch(web.url) == Answer(problem="there is no answer in 0.3 seconds")
    finally:
        ended.set()


def test_where_nothing_listens_it_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert fetch(f"https://127.0.0.1:{port}/").problem == "nothing listens there"


def test_a_server_without_tls_is_no_answer() -> None:
    for server in _serving(None):
        assert fetch(server.url.replace("http://", "https://")).problem


def test_the_whole_of_it_over_a_real_connection(web: _Server, plan: Plan) -> None:
    here = msgspec.structs.replace(plan, links_url=web.url.removesuffix(WELL_KNOWN))
    refuse_unless_one_can_leave(here, KEYS, _relay())
    web.say = lambda it: answer(it, 404, "")
    with pytest.raises(NewsfeedError, match="the answer is 404"):
        refuse_unless_one_can_leave(here, KEYS, _relay())
