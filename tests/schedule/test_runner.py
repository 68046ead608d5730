"""Named jobs in threads: never twice at a time, never forgotten, whatever the clock does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from newsfeed.schedule.runner import Runner

PATIENCE = 20.0
HOUR = timedelta(hours=1)


class Work:
    """A job that counts its runs, and can be held in the middle of one."""

    def __init__(self) -> None:
        self.runs = self.at_once = self.most_at_once = 0
        self.open = threading.Event()
        self.open.set()
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.runs += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._changed.notify_all()
        assert self.open.wait(PATIENCE)
        with self._changed:
            self.at_once -= 1
            self._changed.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(true, PATIENCE)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def runner(work: Work) -> Iterator[Runner]:
    found = Runner(threads=4, beat=0.02)
    yield found
    work.open.set()
    assert found.stop(PATIENCE) == []


def test_a_job_with_an_interval_runs_at_once_and_again(runner: Runner, work: Work) -> None:
    runner.add("often", work, timedelta(milliseconds=20))
    runner.start()
    work.until(lambda: work.runs >= 3)
    assert work.most_at_once == 1


def test_who_is_woken_while_running_runs_once_more(work: Work) -> None:
    """What came meanwhile may have been passed already; however often it came, once is enough."""
    runner, last = Runner(threads=2), Work()
    runner.add("woken", work, None)
    runner.add("last", last, None)
    work.open.clear()
    runner.start()
    runner.wake("woken")
    work.until(lambda: work.runs == 1)
    for _ in range(5):
        runner.wake("woken")
    runner.wake("last")
    last.until(lambda: last.runs == 1)  # in the other thread: all five came, and found it running
    assert work.runs == 1
    work.open.set()
    work.until(lambda: work.runs == 2 and not work.at_once)
    threading.Event().wait(0.2)
    assert (work.runs, work.most_at_once) == (2, 1)
    assert runner.stop(PATIENCE) == []


def test_an_interval_that_is_over_during_a_run_is_not_made_up_for(
    runner: Runner, work: Work
) -> None:
    runner.add("slow", work, timedelta(milliseconds=10))
    other = Work()
    runner.add("other", other, timedelta(milliseconds=10))
    work.open.clear()
    runner.start()
    work.until(lambda: work.runs == 1)
    other.until(lambda: other.runs >= 5)  # the others go on
    assert (work.runs, work.most_at_once) == (1, 1)


def test_a_moment_replaces_the_one_before(runner: Runner, work: Work) -> None:
    """Only the last moment counts, and one that is past is now."""
    runner.add("due", work, None)
    runner.start()
    runner.at("due", datetime.now(UTC) + HOUR)
    runner.at("due", datetime.now(UTC) + timedelta(milliseconds=100))
    work.until(lambda: work.runs == 1)
    runner.at("due", datetime.now(UTC) - HOUR)
    work.until(lambda: work.runs == 2)
    runner.at("due", datetime.now(UTC) + timedelta(seconds=1))
    runner.at("due", None)
    threading.Event().wait(1.2)
    assert work.runs == 2


@pytest.mark.parametrize("leap", [365 * 86_400.0, -86_400.0])
def test_a_clock_that_leaps_keeps_no_job_waiting(work: Work, leap: float) -> None:
    """Forward a year or back a day: what has an interval is run then, and once."""
    now = [0.0]
    told: list[float] = []
    runner = Runner(
        threads=2, beat=0.02, clock=lambda: now[0], monotonic=lambda: 0.0, leapt=told.append
    )
    runner.add("hourly", work, HOUR)
    runner.start()
    try:
        work.until(lambda: work.runs == 1 and not work.at_once)
        now[0] += leap
        work.until(lambda: work.runs == 2 and not work.at_once)
        threading.Event().wait(0.1)
        assert (work.runs, told) == (2, [leap])
    finally:
        assert runner.stop(PATIENCE) == []


def test_stopping_waits_for_what_runs_and_begins_nothing(work: Work) -> None:
    runner = Runner(threads=2)
    runner.add("long", work, None)
    work.open.clear()
    runner.start()
    runner.wake("long")
    work.until(lambda: work.runs == 1)
    runner.wake("long")
    assert runner.stop(0.1) == ["long"]
    work.open.set()
    assert runner.stop(PATIENCE) == []
    runner.wake("long")
    runner.at("long", datetime.now(UTC))
    assert work.runs == 1


def test_what_a_job_raises_harms_neither_it_nor_others(
    runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    calls = threading.Semaphore(0)

    def broken() -> None:
        calls.release()
        raise ValueError

    runner.add("broken", broken, timedelta(milliseconds=10))
    runner.start()
    for _ in range(3):
        assert calls.acquire(timeout=PATIENCE)
