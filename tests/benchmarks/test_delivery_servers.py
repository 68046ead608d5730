"""What stands between the sender and the sink, and how a sender is watched."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.measure import CommandError
from benchmarks.sinks import delayed, tally, watch

ROUND_TRIP = 0.2


@contextmanager
def _echo() -> Iterator[int]:
    """A server that says what it hears, to one client."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            while heard := client.recv(1 << 16):
                client.sendall(heard)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join()


def _heard(client: socket.socket, size: int) -> bytes:
    found = bytearray()
    while len(found) < size and (more := client.recv(1 << 16)):
        found += more
    return bytes(found)


@contextmanager
def _road(port: int) -> Iterator[socket.socket]:
    """A client at the near end of a road to `port`."""
    with (
        delayed(port, ROUND_TRIP) as road,
        socket.create_connection(("127.0.0.1", road.port)) as client,
    ):
        yield client


def test_a_word_and_its_answer_take_a_round_trip() -> None:
    """Never less, also not for the second one."""
    with _echo() as port, _road(port) as client:
        for word in (b"one", b"two"):
            begun = time.monotonic()
            client.sendall(word)
            assert client.recv(16) == word
            assert time.monotonic() - begun >= ROUND_TRIP


def test_the_road_is_as_wide_as_it_is_asked_to_be() -> None:
    """Much is on it at one time, and arrives whole and in order: what would take a hundred round
    trips one after the other takes a few.
    """
    sent = bytes(number % 251 for number in range(1 << 16)) * 512
    with _echo() as port, _road(port) as client:
        writer = threading.Thread(target=client.sendall, args=(sent,))
        begun = time.monotonic()
        writer.start()
        heard = _heard(client, len(sent))
        taken = time.monotonic() - begun
        writer.join()
    assert heard == sent
    assert taken < 50 * ROUND_TRIP


def test_the_end_arrives_after_all_that_was_said() -> None:
    """A connection that is closed at one side is closed at the other, and nothing is lost."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        _road(listener.getsockname()[1]) as client,
    ):
        server, _ = listener.accept()
        client.sendall(b"last words")
        client.close()
        with server:
            assert _heard(server, 100) == b"last words"


def test_who_is_not_there_is_told_so() -> None:
    """The client is not left waiting where nobody listens behind the road."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with _road(port) as client:
        assert client.recv(1) == b""


def _runs(script: str) -> tuple[str, str, str]:
    return sys.executable, "-c", script


def test_the_first_and_the_last_letter_are_timed_from_outside(tmp_path: Path) -> None:
    """The time before the first counts for the command, and not for the rate."""
    counts = iter([0, 0, 3, 3, 8])
    seen = watch(_runs("import time; time.sleep(0.3)"), tmp_path, lambda: next(counts, 8))
    assert (seen.at_first, seen.letters) == (3, 8)
    assert 0 < seen.first < seen.first + seen.span < seen.cost.wall
    assert seen.rate == pytest.approx(5 / seen.span)
    assert seen.cost.memory > 1_000_000


def test_a_sender_that_fails_gives_no_figure(tmp_path: Path) -> None:
    """And what it said is shown."""
    with pytest.raises(CommandError, match="refused for a reason"):
        watch(_runs("raise SystemExit('refused for a reason')"), tmp_path, lambda: 1)


def test_smtp_sink_counts_each_letter(require: Callable[[str], str]) -> None:
    """The counter is read while it runs, and a connection alone is no letter."""
    require("smtp-sink")
    with tally() as sink:
        assert sink.count() == 0
        with socket.create_connection(("127.0.0.1", sink.port)) as client:
            lines = client.makefile("rwb", buffering=0)
            lines.readline()
            for number in range(1, 4):
                for line in (b"MAIL FROM:<>", b"RCPT TO:<a@example.org>", b"DATA", b"Hello\r\n."):
                    lines.write(line + b"\r\n")
                    lines.readline()
                assert sink.count() == number
        assert sink.cpu() < 60
