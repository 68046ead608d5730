"""The jobs of the service by name: when each is run, by whom, and what it does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from newsfeed.app import people
from newsfeed.errors import NewsfeedError, fault_of_ours, refusal
from newsfeed.flows.keeping import forget_unconfirmed, prune
from newsfeed.service.delivering import deliver_pass
from newsfeed.service.mailing import confirm_pass, notice_pass
from newsfeed.service.pinging import ping_pass
from newsfeed.service.present import Now, stamp_of
from newsfeed.service.publishing import (
    CONFIRM,
    DELIVER,
    MAILS,
    OUTPUT,
    PING,
    PUBLISH,
    publish_pass,
)
from newsfeed.service.shift import Shift
from newsfeed.store import database
from newsfeed.text import counted
from newsfeed.units import duration

log = logging.getLogger("newsfeed.service")


class Job(NamedTuple):
    """`work` gives the exit status that a command would have: 0 done, 1 failed, 3 something was
    left out. `every` is None for `[run] every`. Only the leader runs a job that is `led`; in a
    single pass (`--once`) those that are `once` are run, in the order of the table.
    """

    name: str
    work: Callable[[Shift], int]
    every: timedelta | None
    led: bool = True
    once: bool = True


def lead(shift: Shift) -> int:
    """Take the lead where nobody has it."""
    before = shift.state.facts.leads
    if shift.lead() and not before:
        log.info("this process leads now")
        for job in JOBS:
            if job.led:
                shift.wake(job.name)
    return 0


def renew(shift: Shift) -> int:
    """Take in settings that were edited. Raises NewsfeedError where they cannot be used; those from
    before stay in force then.
    """

    def take(now: Now) -> None:
        for hear in shift.renewing:
            hear(now)

    found = shift.present.renewed(take)
    for key in shift.state.news("restart", shift.present.waiting):
        log.warning("%s: this waits for a restart of `newsfeed run`", key)
    if found is None:
        return 0
    log.info("the settings or templates changed, and are in force")
    shift.delivery.set()
    for hear in shift.renewed:
        hear(*found)
    for job in JOBS:
        if job.led:
            shift.wake(job.name)
    return 0


def look_at_output(shift: Shift) -> int:
    """Notice that files were published, by this process, another service or a command.

    Pages look each time, and know themselves what they have shown; then the hub is told.
    """
    stamp = stamp_of(shift.plan.manifest)
    for hear in shift.published:
        hear()
    if shift.differs("output", stamp):
        shift.wake(PING)
    return 0


def look_at_ledger(shift: Shift) -> int:
    """Notice what commands changed: an approval, a pause, a skip. The next pass acts on it."""
    with database.reading(shift.plan.store) as db:
        revision = database.revision(db)
    if shift.differs("ledger", revision):
        shift.wake(PUBLISH)
    return 0


def purge(shift: Shift) -> int:
    """Forget the requests that nobody confirmed in time (standards L-C-14)."""
    with people(shift.plan, shift.clock()) as who:
        number = forget_unconfirmed(who.plan, who.db, who.now)
    if number:
        log.info("%s forgotten for want of a confirmation", counted(number, "request"))
    return 0


def tidy(shift: Shift) -> int:
    """Forget what nothing asks for any more."""
    with people(shift.plan, shift.clock()) as who:
        prune(who)
    return 0


JOBS = (
    Job("lead", lead, timedelta(seconds=5), led=False, once=False),
    Job("settings", renew, timedelta(seconds=2), led=False, once=False),
    Job(OUTPUT, look_at_output, timedelta(seconds=2), led=False, once=False),
    Job("ledger", look_at_ledger, timedelta(seconds=2), once=False),
    Job(PUBLISH, publish_pass, None),
    Job(PING, ping_pass, timedelta(minutes=5)),
    Job(DELIVER, deliver_pass, timedelta(seconds=60)),
    Job(CONFIRM, confirm_pass, timedelta(seconds=60)),
    Job(MAILS, notice_pass, timedelta(seconds=60)),
    Job("purge", purge, timedelta(hours=1)),
    Job("prune", tidy, timedelta(hours=6)),
)


def interval(shift: Shift, job: Job) -> timedelta:
    """How often a job is run."""
    return job.every or duration(shift.present.now.settings.run.every)


def run(shift: Shift, job: Job) -> int:
    """Run a job, whatever happens in it: the outermost frame of its thread.

    A fault is one line in the log, and is not repeated there while it stays the same. Gives the
    exit status that a command would have.
    """
    if shift.stop.is_set() or (job.led and not shift.state.facts.leads):
        return 0
    began = time.monotonic()
    status, fault = _tried(shift, job)
    seconds = time.monotonic() - began
    before = shift.state.ended(job.name, fault, status)
    shift.signals.metrics.ran(job.name, status, seconds)
    if fault and fault != before:
        log.error("%s: %s", job.name, fault)
        for hear in shift.troubled:
            hear(job.name, fault)
    if before and not fault:
        log.info("%s: it goes well again", job.name)
    return status


def _tried(shift: Shift, job: Job) -> tuple[int, str]:
    try:
        return job.work(shift), ""
    except NewsfeedError as error:
        return error.exit_status, str(error)
    except OSError as error:
        return 1, refusal(error)
    except Exception as error:  # noqa: BLE001  # the outermost frame
        return 1, fault_of_ours(error)
