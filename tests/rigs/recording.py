"""The recording server of `sink.py` as a test or a benchmark uses it, and sums over its record."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.rigs.servers import hold_port, port_of
from tests.rigs.sink import Received, parse

ROOT = Path(__file__).resolve().parent.parent.parent


class Sink:
    """A recording server that can be killed and started again, always at one port.

    The port is held between two lives; to connect is refused then.
    """

    def __init__(
        self, record: Path, *, slow: float = 0.0, refuse: Iterable[tuple[str, str]] = ()
    ) -> None:
        """`refuse` are ends of addresses with the reply to their RCPT; `slow` are the seconds that
        pass before each letter is answered.
        """
        self.record = record
        self._held = hold_port()
        self.port = port_of(self._held)
        self._words = ["--slow", str(slow)]
        for end, reply in refuse:
            self._words += ["--refuse", end, reply]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Let it listen, if it does not; it does when this returns."""
        if self._process:
            return
        place = ("--port", str(self.port), "--record", str(self.record))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rigs.sink", *place, *self._words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        if int(self._process.stdout.readline() or 0) != self.port:
            raise AssertionError("the recording server did not start")

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def close(self) -> None:
        """End it and give the port back."""
        self.kill()
        self._held.close()

    def received(self) -> list[Received]:
        """What it took in all its lives, in order."""
        return parse(self.record.read_bytes()) if self.record.exists() else []

    def count(self) -> int:
        """How many letters it took, quickly."""
        return self.record.read_bytes().count(b"\t.") if self.record.exists() else 0


@contextmanager
def sink(
    record: Path, *, slow: float = 0.0, refuse: Iterable[tuple[str, str]] = ()
) -> Iterator[Sink]:
    """A recording server that listens, and is ended in the end, whatever happens."""
    server = Sink(record, slow=slow, refuse=refuse)
    try:
        server.start()
        yield server
    finally:
        server.close()


def distinct(received: Iterable[Received]) -> set[str]:
    """Who got a letter."""
    return {one.recipient for one in received}


def repeats(received: Iterable[Received]) -> int:
    """How many letters were more than the first to their recipient."""
    found = list(received)
    return len(found) - len(distinct(found))


def message_ids(received: Iterable[Received]) -> dict[str, set[str]]:
    """The Message-IDs that each recipient got."""
    found = defaultdict(set)
    for one in received:
        found[one.recipient].add(one.message_id)
    return dict(found)


def mixed_up(received: Iterable[Received]) -> list[Received]:
    """Letters that are not addressed to whom they went, or share a Message-ID with another's."""
    whose: dict[str, str] = {}
    return [
        one
        for one in received
        if not one.own or whose.setdefault(one.message_id, one.recipient) != one.recipient
    ]
