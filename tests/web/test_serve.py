"""`newsfeed serve`, as a mail provider and an operator meet it: real sockets, real signals."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx
import pytest

from newsfeed.audience.tokens import form_stamp
from newsfeed.web.server import Place, listen
from tests.kit import NEWSLETTER, SETTINGS, Site
from tests.web.form_kit import found
from tests.web.kit import ACTIVE, ADDRESS, GONE, ONE_CLICK, PENDING, SERVER, Desk, heading
from tests.web.service import ANY_PORT, Service, serving


@pytest.fixture
def service(desk: Desk) -> Iterator[Service]:
    with serving(desk) as running:
        yield running


def _raw(url: str, request: bytes, *, hang_up: bool = False) -> bytes:
    """The answer's bytes to a request's bytes, after which the client may say that it is done."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall(request)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_it_says_where_it_listens_and_where_links_lead(service: Service) -> None:
    url = service.url()
    assert httpx.get(f"{url}/healthz").text == "ok\n"
    assert f"listening on {url}/" in service.said
    assert "links lead to https://letters.example.org/" in service.said
    assert "warning" not in service.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(service: Service, number: signal.Signals) -> None:
    service.url()
    assert service.end(number) == 0
    assert len(service.said.splitlines()) == 2


def _refuses(parts: SplitResult) -> bool:
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=20).close()
    except ConnectionError:
        return True
    return False


def test_a_signal_lets_a_request_finish(desk: Desk, service: Service) -> None:
    person, parts = desk.person(), urlsplit(service.url())
    head = f"POST {desk.leave_path(person)} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 100 ")  # it waits for the body
        service.process.send_signal(signal.SIGTERM)
        while not _refuses(parts):
            time.sleep(0.05)
        line.sendall(b"ab")
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert service.process.wait(timeout=30) == 0
    assert desk.state(person) is GONE


@pytest.mark.parametrize(
    "body",
    [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}],
    ids=["urlencoded", "multipart"],
)
def test_one_click_over_a_real_connection__e_l_05(
    desk: Desk, service: Service, body: dict[str, dict[str, str]]
) -> None:
    person = desk.person()
    answer = httpx.post(service.url() + desk.leave_path(person), **body)  # type: ignore[arg-type]
    assert (answer.status_code, heading(answer)) == (200, "구독이 해지되었습니다")
    assert not answer.cookies
    assert desk.state(person) is GONE


def test_ten_at_once_are_served__e_l_07(desk: Desk, service: Service) -> None:
    crowd = [desk.person(f"reader-{number}@example.com") for number in range(10)]
    links = [service.url() + desk.leave_path(person) for person in crowd]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda link: httpx.post(link, data=ONE_CLICK, timeout=20), links))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert {desk.state(person) for person in crowd} == {GONE}


def test_the_whole_way_of_a_subscription(desk: Desk, service: Service) -> None:
    desk.now = datetime.now(UTC)  # the service has no other clock
    person, url = desk.person(state=PENDING), service.url()
    confirm = f"{url}{desk.confirm_path(person)}"
    assert (httpx.get(confirm).status_code, desk.state(person)) == (200, PENDING)
    assert (httpx.post(confirm).status_code, desk.state(person)) == (200, ACTIVE)
    leave = f"{url}{desk.leave_path(person)}"
    assert (httpx.get(leave).status_code, desk.state(person)) == (200, ACTIVE)
    assert (httpx.post(leave).status_code, desk.state(person)) == (200, GONE)
    assert httpx.post(confirm).status_code == 404


def test_what_a_form_asked_for_is_done_before_the_service_ends(
    desk: Desk, service: Service
) -> None:
    """Whoever was told to look into their mailbox is not forgotten by a restart."""
    desk.now = datetime.now(UTC) - timedelta(seconds=10)  # the service has no other clock
    url, shown = service.url(), form_stamp(desk.keys, desk.now)
    addresses = [f"reader-{number}@example.com" for number in range(20)]
    for address in addresses:
        fields = {"address": address, "newsletter": "weekly", "stamp": shown, "language": "ko"}
        assert httpx.post(f"{url}/s", data=fields).status_code == 200
    assert service.end() == 0
    assert all(found(desk, address) for address in addresses)
    assert len(service.said.splitlines()) == 2
    assert "reader" not in service.said


def test_head_has_the_headers_and_no_body__e_l_08(desk: Desk, service: Service) -> None:
    path = desk.leave_path(desk.person())
    request = f"HEAD {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    head, _, body = _raw(service.url(), request.encode()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"content-security-policy" in head.lower()
    assert b"\r\nserver:" not in head.lower()
    assert body == b""


def test_what_is_no_request_disturbs_nobody(desk: Desk, service: Service) -> None:
    url, path = service.url(), desk.leave_path(desk.person())
    for junk in (
        b"\x16\x03\x01\x02\x00\x01\x00",  # somebody speaks TLS to it
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
        b"GET /u/weekly/" + b"A" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\n\r\n",
    ):
        with suppress(OSError):  # it may hang up first
            _raw(url, junk, hang_up=True)
    assert httpx.get(url + path).status_code == 200
    assert service.end() == 0
    assert path.rpartition("/")[2] not in service.said
    assert "Traceback" not in service.said


def test_the_log_holds_no_token_and_no_address__s_31(desk: Desk, service: Service) -> None:
    person, url = desk.person(), service.url()
    path = desk.leave_path(person)
    for method in ("GET", "POST", "PUT", "HEAD"):
        httpx.request(method, url + path, headers={"User-Agent": ADDRESS, "X-Evil": "a\tb"})
        httpx.request(method, f"{url}{path}x")
    httpx.post(url + path, content=b"x" * 50_000)
    assert service.end() == 0
    for secret in (path.rpartition("/")[2], person.public_id, "mina", "127.0.0.1 "):
        assert secret not in service.said
    assert len(service.said.splitlines()) == 2


def test_a_proxy_on_this_machine_says_who_asks_and_nobody_else_does__s_25(
    desk: Desk, service: Service
) -> None:
    person = desk.person()
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Host": "evil.example"}
    answer = httpx.post(service.url() + desk.leave_path(person), headers=headers)
    assert "evil" not in answer.text
    assert [consent.ip for consent in desk.consents(person)] == ["198.51.100.0/24"]


def test_a_port_that_is_taken_is_one_line(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = desk.site.run("serve", "--listen", f"127.0.0.1:{port}")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{port}: cannot listen: another program listens there" in line
    assert "`server.listen`" in line


@pytest.mark.parametrize(
    "place",
    ["8000", "", "127.0.0.1", "127.0.0.1:", "::1:8000", "a b:80", "127.0.0.1:70000", "[:80"],
)
def test_a_place_that_cannot_be_read_is_one_line(desk: Desk, place: str) -> None:
    done = desk.site.run("serve", f"--listen={place}")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "`--listen`" in line
    assert "127.0.0.1:8000" in line


def test_settings_that_cannot_be_used_name_their_key(tmp_path: Path) -> None:
    settings = SETTINGS + NEWSLETTER + SERVER + 'listen = "nowhere"\n'
    done = Site(tmp_path / "site", settings).run("serve")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "newsfeed.toml: `server.listen`: 'nowhere' is no HOST:PORT" in line


@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.1"])
def test_an_address_that_is_not_ours_is_one_line(desk: Desk, host: str) -> None:
    done = desk.site.run("serve", "--listen", f"{host}:0")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"{host}:0: cannot listen: " in line


def test_answers_are_not_held_back() -> None:
    """asyncio switches Nagle's algorithm off only for sockets whose protocol is told."""
    sockets = listen(Place("localhost", 0))
    for opened in sockets:
        opened.close()
    assert [opened.proto for opened in sockets] == [socket.IPPROTO_TCP]


@pytest.mark.parametrize("place", [ANY_PORT, "localhost:0"])
def test_it_listens_where_the_option_says(desk: Desk, place: str) -> None:
    with serving(desk, "--listen", place) as service:
        assert httpx.get(f"{service.url()}/healthz").status_code == 200


def test_a_store_that_cannot_be_used_is_told_at_the_start(desk: Desk) -> None:
    desk.person()
    desk.plan.secret.chmod(0o644)
    done = desk.site.run("serve", "--listen", ANY_PORT)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "secret.key" in line


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("http://letters.example.org", True),
        ("https://letters.example.org", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://localhost:8000", False),
    ],
)
def test_links_without_https_are_warned_of_and_served_all_the_same__e_l_09(
    tmp_path: Path, url: str, warned: bool
) -> None:
    desk = Desk(tmp_path / "site", f'{SETTINGS}{NEWSLETTER}[server]\nurl = "{url}"\n')
    with serving(desk) as service:
        answer = httpx.post(service.url() + desk.leave_path(desk.person()))
        assert answer.status_code == 200
        assert service.end() == 0
    assert ("warning: server.url: links begin with http:" in service.said) is warned
