"""The signals that machines read: what they tell, and to whom."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from newsfeed import __version__
from newsfeed.errors import SettingsError
from newsfeed.networks import parse_networks
from newsfeed.settings import Server
from newsfeed.web.application import application
from newsfeed.web.front import Quick
from newsfeed.web.signals import LastRun, Ready, counted, counted_at_once, signals
from tests.web.kit import Desk

WELL = Ready(store=True, leader="this process")
HERE = Server().metrics


class _Signals:
    """An application with signals; `ready` is what it tells, `answers` what was counted."""

    def __init__(self, desk: Desk, networks: tuple[str, ...] = HERE) -> None:
        self.ready = WELL
        self.answers: list[int] = []
        routes = signals(lambda: self.ready, lambda: b"a_metric 1\n", parse_networks(networks))
        whole = application(desk.plan, lambda: desk.now, extra=routes)
        # As web/server.py has uvicorn do it.
        app: Any = counted(whole, self.answers.append)
        self.app: Any = ProxyHeadersMiddleware(app, trusted_hosts=["127.0.0.1", "::1"])

    def get(self, path: str, client: str = "127.0.0.1", **headers: str) -> httpx.Response:
        """What a client gets; with a header `forwarded`, one whom a proxy asks for."""
        sent = {"X-Forwarded-For": headers["forwarded"]} if headers else {}

        async def ask() -> httpx.Response:
            door = httpx.ASGITransport(app=self.app, client=(client, 4711))
            async with httpx.AsyncClient(transport=door, base_url="http://127.0.0.1") as session:
                return await session.get(path, headers=sent)

        return asyncio.run(ask())


@pytest.fixture
def service(desk: Desk) -> _Signals:
    return _Signals(desk)


def test_health_is_the_process_alone(service: _Signals) -> None:
    service.ready = Ready(store=False, leader="nobody")
    answer = service.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_ready_tells_of_store_leader_last_run_and_version(service: _Signals) -> None:
    service.ready = Ready(
        store=True,
        leader="another",
        publish=LastRun(ended="2026-11-23T08:00:01Z", outcome="left out"),
    )
    answer = service.get("/readyz", "203.0.113.9")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "ready": True,
        "store": "usable",
        "leader": "another",
        "publish": {"ended": "2026-11-23T08:00:01Z", "outcome": "left out"},
        "version": __version__,
    }


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (WELL, 200),
        (Ready(store=True, leader="another"), 200),
        (Ready(store=True, leader="another", publish=LastRun(outcome="failed")), 200),
        (Ready(store=False, leader="this process"), 503),
        (Ready(store=True, leader="nobody"), 503),
        (Ready(store=True, leader="this process", stopping=True), 503),
    ],
)
def test_it_is_not_ready_without_store_or_leader_or_at_its_end(
    service: _Signals, found: Ready, status: int
) -> None:
    service.ready = found
    answer = service.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["ready"] is (status == 200)


def test_metrics_are_prometheus_text(service: _Signals) -> None:
    answer = service.get("/metrics")
    assert (answer.status_code, answer.text) == (200, "a_metric 1\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    ("client", "forwarded", "status"),
    [
        ("127.0.0.1", "", 200),
        ("127.3.2.1", "", 200),
        ("::1", "", 200),
        ("::ffff:127.0.0.1", "", 200),
        ("198.51.100.7", "", 404),
        ("10.0.0.7", "", 404),
        ("2001:db8::1", "", 404),
        ("no address", "", 404),
        ("127.0.0.1", "198.51.100.7", 404),
        ("127.0.0.1", "127.0.0.1, 198.51.100.7", 404),
        ("::1", "2001:db8::1", 404),
        ("198.51.100.7", "127.0.0.1", 404),
        ("127.0.0.1", "hidden", 404),
    ],
)
def test_metrics_are_for_this_machine_alone(
    service: _Signals, client: str, forwarded: str, status: int
) -> None:
    """Also behind a proxy, and whatever a client outside says of itself."""
    headers = {"forwarded": forwarded} if forwarded else {}
    answer = service.get("/metrics", client, **headers)
    assert answer.status_code == status
    assert ("a_metric" in answer.text) is (status == 200)


def test_networks_in_the_settings_may_read_metrics_instead(desk: Desk) -> None:
    service = _Signals(desk, ("10.0.0.0/8", "2001:db8::/32"))
    assert service.get("/metrics", "10.0.0.7").status_code == 200
    assert service.get("/metrics", "2001:db8::1").status_code == 200
    assert service.get("/metrics", "127.0.0.1").status_code == 404
    assert _Signals(desk, ()).get("/metrics").status_code == 404


@pytest.mark.parametrize("text", ["localhost", "10.0.0.1/8", "", "10.0.0.0/33"])
def test_what_is_no_network_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(SettingsError, match=r"`server.metrics`: .* is no network.*\[\] for nobody"):
        parse_networks(["127.0.0.1", text])


def test_what_is_answered_at_once_is_counted_too() -> None:
    heard: list[int] = []
    found = [Quick(b"HTTP/1.1 304 Not Modified\r\n", b"", b""), None]
    answer = counted_at_once(lambda _method, _path, _headers: found[0], heard.append)
    assert answer(b"GET", b"/feed.xml", []) is found[0]
    found.reverse()
    assert answer(b"GET", b"/other", []) is None
    assert heard == [304]


def test_every_answer_is_counted_by_its_status(service: _Signals) -> None:
    for path in ("/healthz", "/readyz", "/nothing", "/metrics"):
        service.get(path)
    assert service.answers == [200, 200, 404, 200]
