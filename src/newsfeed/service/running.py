"""The service from its start to its end, and one pass of it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from newsfeed.schedule.runner import Runner
from newsfeed.service.jobs import JOBS, interval, run
from newsfeed.service.present import Now, Present
from newsfeed.service.publishing import PUBLISH
from newsfeed.service.shift import Shift
from newsfeed.service.watching import watch_files

LIMIT = 25.0
"""Seconds from the wish to end to the end, whatever does not come to its own."""

_FOR_JOBS = 18.0
"""Seconds of these for jobs."""

FOR_REQUESTS = 5
"""Seconds more for requests that are being answered."""

log = logging.getLogger("newsfeed.service")


class Service:
    """All jobs, and who leads. `limit` are the seconds that an end may take."""

    def __init__(
        self, present: Present, clock: Callable[[], datetime], *, limit: float = LIMIT
    ) -> None:
        self.shift = Shift(present, clock)
        self._limit = limit
        self._runner = Runner(threads=len(JOBS), leapt=_leapt)
        self.shift.wake, self.shift.at = self._runner.wake, self._runner.at
        self.shift.renewed.append(self._renew)
        for job in JOBS:
            work = partial(run, self.shift, job)
            self._runner.add(job.name, work, interval(self.shift, job))

    def start(self) -> None:
        """Begin: the jobs run from now on, in threads."""
        watch_files(self.shift)
        self._runner.start()

    def stop(self) -> None:
        """Begin nothing more, let what is on its way come to its end, and let another lead.

        From now on the process has `limit` seconds; after these it ends by force, and what is on
        the wire then is settled as after a crash. May be called again.
        """
        if self.shift.stop.is_set():
            return
        threading.Thread(target=self._force, name="newsfeed end", daemon=True).start()
        log.info("ending")
        self.shift.state.stop()
        self.shift.stop.set()
        late = self._runner.stop(min(_FOR_JOBS, self._limit))
        if late:
            log.warning("%s: still running", ", ".join(late))
        else:
            self.shift.leader.resign()
            self.shift.state.lead(leads=False)
            log.info("ended")

    def _force(self) -> None:
        time.sleep(self._limit)
        log.error("it did not end within %d seconds, and is ended", self._limit)
        os._exit(1)

    def _renew(self, before: Now, now: Now) -> None:
        if before.settings.run.every != now.settings.run.every:
            job = next(one for one in JOBS if one.name == PUBLISH)
            self._runner.repeat(PUBLISH, interval(self.shift, job))


def once(present: Present, clock: Callable[[], datetime]) -> int:
    """One pass of everything that is due, in this thread; gives the exit status of a command.

    Where another process leads there is nothing to do here.
    """
    shift = Shift(present, clock)
    if not shift.lead():
        log.info("another `newsfeed run` leads, and does what is due")
        return 0
    try:
        statuses = [run(shift, job) for job in JOBS if job.once]
    finally:
        shift.leader.resign()
    failed = [status for status in statuses if status not in (0, 3)]
    return failed[0] if failed else max(statuses)


def _leapt(seconds: float) -> None:
    log.warning("the clock was set by %+.0f seconds", seconds)
