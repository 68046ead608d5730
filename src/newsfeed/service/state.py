"""What the service knows of itself, for whoever asks in whichever thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import msgspec


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """How the last run of a job went that ended: `ended` is UTC, `fault` what went wrong in it, in
    one line, "" where nothing did, and `status` what the exit status of a command would have been.
    """

    ended: datetime
    fault: str
    status: int


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What holds at a moment; `jobs` are those of which a run ended."""

    leads: bool
    stopping: bool
    jobs: dict[str, Ran]


class State:
    """The facts as they change. `clock` gives the time (aware)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._facts = Facts(leads=False, stopping=False, jobs={})
        self._said: dict[str, frozenset[str]] = {}

    @property
    def facts(self) -> Facts:
        """What holds now."""
        with self._lock:
            return self._facts

    def lead(self, *, leads: bool) -> None:
        """This process leads, or does not."""
        with self._lock:
            self._facts = msgspec.structs.replace(self._facts, leads=leads)

    def stop(self) -> None:
        """The end has begun."""
        with self._lock:
            self._facts = msgspec.structs.replace(self._facts, stopping=True)

    def ended(self, job: str, fault: str, status: int) -> str:
        """A run of a job ended, with a fault or ""; gives what was wrong with the run before."""
        with self._lock:
            before = self._facts.jobs.get(job)
            ran = Ran(ended=self._clock(), fault=fault, status=status)
            jobs = {**self._facts.jobs, job: ran}
            self._facts = msgspec.structs.replace(self._facts, jobs=jobs)
            return before.fault if before else ""

    def news(self, topic: str, lines: tuple[str, ...]) -> list[str]:
        """Those of the lines that were not among the lines of the topic last time."""
        with self._lock:
            before = self._said.get(topic, frozenset())
            self._said[topic] = frozenset(lines)
            return [line for line in dict.fromkeys(lines) if line not in before]
