"""Named jobs in threads: at intervals, at a given time, and when somebody wakes them.

APScheduler says when, and remembers nothing beyond the process. What it does at clock changes, for
runs that are late and for jobs that are still running is not left to it: see the remarks below.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

BEAT = 2.0
"""Seconds between two looks whether the clock was set."""

LEAP = 2.0
"""Seconds by which a clock has to leap, between two looks, for anybody to care."""

_USUAL = {
    "misfire_grace_time": None,  # with any other value a run that is late is dropped for good
    "coalesce": True,
    "max_instances": 1,
}


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """At once, then again so long after each time.

    APScheduler's own interval counts every step that a clock leapt over: six million for a year of
    every five seconds.
    """

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The time for the scheduler, which asks before the first run and at every one."""
        return now if previous is None else now + self._interval


class _Job:
    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.running = False
        self.again = False
        self.id_at = ""


class Runner:
    """The jobs of one process. A job never runs twice at a time: who is woken meanwhile runs once
    more. What a job raises is lost, so that it had better raise nothing.

    `leapt` hears by how many seconds the clock leapt, forwards or back: all jobs with an interval
    are run then, and none waits for a time that was near and now is far. `clock` and `monotonic`
    give seconds.
    """

    def __init__(
        self,
        *,
        threads: int,
        leapt: Callable[[float], None] = lambda _seconds: None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        beat: float = BEAT,
    ) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults=_USUAL,
        )
        self._jobs: dict[str, _Job] = {}
        self._intervals: set[str] = set()
        self._numbers = count()
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._leapt, self._clock, self._monotonic, self._beat = leapt, clock, monotonic, beat

    def add(self, name: str, work: Callable[[], object], every: timedelta | None) -> None:
        """A job; with an interval it runs as soon as all this is started, and then at intervals."""
        self._jobs[name] = _Job(work)
        if every is not None:
            self.repeat(name, every)

    def repeat(self, name: str, every: timedelta) -> None:
        """Run a job at another interval, beginning at once."""
        self._intervals.add(name)
        self._add(lambda: self._run(name, insist=False), _Every(every), name)

    def wake(self, name: str) -> None:
        """Run a job now; or once more, if it runs just now and may have passed what is new."""
        self._add(lambda: self._run(name, insist=True), DateTrigger(_now(), UTC))

    def at(self, name: str, moment: datetime | None) -> None:
        """Run a job at `moment` (aware) too, in place of what was said of it before; at no moment
        where it is None. One that is past is now.
        """
        with self._changed:
            job = self._jobs[name]
            with suppress(JobLookupError):
                self._scheduler.remove_job(job.id_at)
            if moment is not None:
                job.id_at = f"{name} at {next(self._numbers)}"
                trigger = DateTrigger(moment.astimezone(UTC), UTC)
                self._add(lambda: self._run(name, insist=True), trigger, job.id_at)

    def start(self) -> None:
        """Begin to run jobs, in threads of their own."""
        self._scheduler.start()
        threading.Thread(target=self._watch_clock, name="newsfeed clock", daemon=True).start()

    def stop(self, within: float) -> list[str]:
        """Begin no job any more, and wait for those that run, so many seconds at most; gives the
        names of those that still run.
        """
        with self._changed:
            self._over.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        with self._changed:
            self._changed.wait_for(lambda: not self._running(), within)
            return self._running()

    def _add(self, call: Callable[[], None], trigger: BaseTrigger, name: str | None = None) -> None:
        if not self._over.is_set():  # an id of its own: one in use would count as still running
            self._scheduler.add_job(call, trigger, id=name, name=name, replace_existing=True)

    def _running(self) -> list[str]:
        return [name for name, job in self._jobs.items() if job.running]

    def _run(self, name: str, *, insist: bool) -> None:
        job = self._jobs[name]
        with self._changed:
            if self._over.is_set():
                return
            if job.running:
                job.again = job.again or insist
                return
            job.running = True
        try:
            job.work()
            while self._is_wanted_again(job):
                job.work()
        finally:
            with self._changed:
                job.running = False
                self._changed.notify_all()

    def _is_wanted_again(self, job: _Job) -> bool:
        """Whether somebody woke it meanwhile. If not, it counts as idle from this moment on."""
        with self._changed:
            again, job.again = job.again and not self._over.is_set(), False
            job.running = again
            return again

    def _watch_clock(self) -> None:
        """APScheduler sleeps for as long as the clock said, and would wait for a day where that is
        set back by one.
        """
        before = self._clock() - self._monotonic()
        while not self._over.wait(self._beat):
            after = self._clock() - self._monotonic()
            leap, before = after - before, after
            if abs(leap) < LEAP:
                continue
            self._leapt(leap)
            for name in self._intervals:
                with suppress(JobLookupError):
                    self._scheduler.modify_job(name, next_run_time=_now())


def _now() -> datetime:
    return datetime.now(UTC)
