"""What the service knows of itself, for whoever asks in whichever thread."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import msgspec


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """How a job did: its last run, and how many there were.

    `started` and `ended` are UTC, the latter of the last run that ended. `fault` is what went
    wrong in it, in one line; "" where nothing did. `good` is when one last went well.
    """

    started: datetime
    ended: datetime | None = None
    good: datetime | None = None
    fault: str = ""
    runs: int = 0
    failures: int = 0
    seconds: float = 0.0

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self.ended is None or self.ended < self.started


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What holds at a moment. `counts` never decrease while the process lives."""

    started: datetime
    leads: bool
    stopping: bool
    jobs: dict[str, Ran]
    counts: dict[str, int]


class State:
    """The facts as they change. `clock` gives the time (aware)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._facts = Facts(started=clock(), leads=False, stopping=False, jobs={}, counts={})
        self._counts: Counter[str] = Counter()
        self._said: dict[str, frozenset[str]] = {}

    @property
    def facts(self) -> Facts:
        """What holds now."""
        with self._lock:
            return msgspec.structs.replace(self._facts, counts=dict(self._counts))

    def lead(self, *, leads: bool) -> None:
        """This process leads, or does not."""
        with self._lock:
            self._facts = msgspec.structs.replace(self._facts, leads=leads)

    def stop(self) -> None:
        """The end has begun."""
        with self._lock:
            self._facts = msgspec.structs.replace(self._facts, stopping=True)

    def began(self, job: str) -> None:
        """A run of a job begins."""
        with self._lock:
            now, before = self._clock(), self._facts.jobs.get(job)
            self._put(job, msgspec.structs.replace(before or Ran(started=now), started=now))

    def ended(self, job: str, fault: str, seconds: float) -> str:
        """A run of a job ended, with a fault or ""; gives what was wrong with the run before."""
        with self._lock:
            now, before = self._clock(), self._facts.jobs[job]
            after = msgspec.structs.replace(
                before,
                ended=max(now, before.started),  # a clock may have been set back meanwhile
                good=before.good if fault else now,
                fault=fault,
                runs=before.runs + 1,
                failures=before.failures + bool(fault),
                seconds=seconds,
            )
            self._put(job, after)
            return before.fault

    def count(self, what: str, number: int = 1) -> None:
        """So many more of something: letters sent, files written."""
        with self._lock:
            self._counts[what] += number

    def news(self, topic: str, lines: tuple[str, ...]) -> list[str]:
        """Those of the lines that were not among the lines of the topic last time."""
        with self._lock:
            before = self._said.get(topic, frozenset())
            self._said[topic] = frozenset(lines)
            return [line for line in dict.fromkeys(lines) if line not in before]

    def _put(self, job: str, ran: Ran) -> None:
        jobs = {**self._facts.jobs, job: ran}
        self._facts = msgspec.structs.replace(self._facts, jobs=jobs)
