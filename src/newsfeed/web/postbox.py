"""What requests leave behind to be done: a bounded queue, and the one thread that works it off.

Whoever asks is answered before anything is done, so that neither words nor time tell who is known
(standards S-09). The thread begins with the first job; `close` lets it finish all of them.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from newsfeed.errors import NewsfeedError
from newsfeed.flows.people import People

Job = Callable[[People], bool]
"""Something to be done, a transaction of its own; True where a mail may be due by it."""

ROOM = 1000
"""Jobs that may wait; who comes then is told to come again."""

PAUSE = 1.0
"""Seconds before a store that is busy is tried again."""

_BATCH = 100
_TRIES = 3

_LAST = 5.0
"""Seconds for which what failed is tried again when the service ends."""

log = logging.getLogger("newsfeed.web")


class Postbox:
    """A queue of jobs. `open_desk` opens the store; `asked` is called when mail may be due."""

    def __init__(
        self,
        open_desk: Callable[[], AbstractContextManager[People]],
        asked: Callable[[], None],
        *,
        room: int = ROOM,
        pause: float = PAUSE,
    ) -> None:
        self._open_desk = open_desk
        self._asked = asked
        self._pause = pause
        self._jobs: queue.Queue[Job | None] = queue.Queue(room)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._ends: float | None = None

    def put(self, job: Job) -> bool:
        """Leave a job. False where there is no room, or the service is ending."""
        with self._lock:
            if self._closed:
                return False
            try:
                self._jobs.put_nowait(job)
            except queue.Full:
                return False
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="postbox", daemon=True)
                self._thread.start()
        return True

    def settle(self) -> None:
        """Wait until everything that was left so far is done."""
        self._jobs.join()

    def close(self) -> None:
        """Take no more jobs, and return when those that were left are done."""
        with self._lock:
            self._closed = True
            self._ends = time.monotonic() + _LAST
            thread = self._thread
        if thread is not None:
            self._jobs.put(None)
            thread.join()

    def _work(self) -> None:
        while True:
            batch = self._next()
            jobs = [job for job in batch if job is not None]
            try:
                if jobs and self._done(jobs):
                    self._asked()
            except Exception as error:  # noqa: BLE001  # the thread outlives whoever is told
                log.error("nobody could be told of mail that is due: %s", type(error).__name__)  # noqa: TRY400
            for _ in batch:
                self._jobs.task_done()
            if len(jobs) < len(batch):
                return

    def _next(self) -> list[Job | None]:
        """At least one job, and what else is there; None says that there will be no more."""
        batch = [self._jobs.get()]
        while len(batch) < _BATCH and batch[-1] is not None:
            try:
                batch.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return batch

    def _done(self, jobs: list[Job]) -> bool:
        """Do jobs one after another; gives whether mail may be due. One that fails is tried again
        after the others, and after the last try it alone is dropped.
        """
        due, dropped = False, 0
        left = [(job, 1) for job in jobs]
        while left:
            again: list[tuple[Job, int]] = []
            for place, (job, tries) in enumerate(left):
                try:
                    with self._open_desk() as desk:
                        due = job(desk) or due
                except NewsfeedError as error:
                    log.error("what a form asked for, try %d: %s", tries, error)  # noqa: TRY400  # one line
                    if self._has_ended():  # a store that is busy still would keep the others too
                        dropped += len(again) + len(left) - place
                        again = []
                        break
                    if tries < _TRIES:
                        again.append((job, tries + 1))
                    else:
                        dropped += 1
                except Exception as error:  # noqa: BLE001  # nobody else's job is lost by it
                    dropped += 1
                    log.error("what a form asked for was not done: %s", type(error).__name__)  # noqa: TRY400
            left = again
            if left:
                time.sleep(self._pause)
        if dropped:
            log.error("%d of %d requests by a form are lost", dropped, len(jobs))
        return due

    def _has_ended(self) -> bool:
        """Whether the seconds are over in which the end of the service waits for the store."""
        return self._ends is not None and time.monotonic() > self._ends
