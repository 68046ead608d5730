"""Clients that send a byte a second keep nobody else waiting (standards S-28)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.e2e.service.kit import WEEKLY, house

SLOW = 200
LONGEST = 5.0
"""Seconds that anybody else may wait, on a machine that does other things too."""

SECONDS = 8
"""So long the slow ones keep at it."""

HEAD = b"GET /feed.xml HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"x" * 60
BODY = (
    b"POST /u/weekly/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + b"a" * 90
)

pytestmark = pytest.mark.timeout(120)


@contextmanager
def _slowly(place: tuple[str, int]) -> Iterator[list[socket.socket]]:
    """Open connections, half of which are at their headers and half at a body."""
    over = threading.Event()
    with ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(place)) for _ in range(SLOW)]
        words = [HEAD if number % 2 else BODY for number in range(SLOW)]
        for line, word in zip(lines, words, strict=True):
            line.sendall(word[:-60])

        def drip() -> None:
            for second in range(60):
                for line, word in zip(lines, words, strict=True):
                    with suppress(OSError):  # it was closed on us, which is right too
                        line.send(word[len(word) - 60 + second :][:1])
                if over.wait(1):
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield lines
        finally:
            over.set()
            thread.join()


def _waits(line: socket.socket) -> bool:
    """Whether a connection is open, and has no answer yet."""
    try:
        line.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK)
    except BlockingIOError:
        return True
    return False


def test_two_hundred_slow_connections_keep_nobody_waiting__s_28(tmp_path: Path) -> None:
    with house(tmp_path / "site", WEEKLY) as home:
        home.site.post("one.md", "The first text.", date="2026-11-01")
        with home.running() as service:
            service.hears("files written")
            host, _, port = home.place.partition(":")
            took = []
            with _slowly((host, int(port))) as lines:
                end = time.monotonic() + SECONDS
                while time.monotonic() < end:
                    for path in ("/feed.xml", "/s", "/"):
                        began = time.monotonic()
                        answer = httpx.get(home.url + path, timeout=30)
                        took.append(time.monotonic() - began)
                        assert answer.status_code == 200
                    time.sleep(0.05)
                assert sum(map(_waits, lines)) == SLOW
            assert max(took) < LONGEST
            assert service.runs
            assert "fault" not in service.said
