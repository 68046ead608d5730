"""Mails that are no editions: to those who asked for a newsletter, about consents, and to the
operator. The log names nobody.
"""

from __future__ import annotations

import logging

from newsfeed.app import people
from newsfeed.errors import NewsfeedError
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.confirming import send_confirmations
from newsfeed.flows.notices import send_notices
from newsfeed.flows.renewing import queue_renewals
from newsfeed.flows.telling import tell_operator
from newsfeed.service.shift import Shift
from newsfeed.store import facts
from newsfeed.text import counted

_BATCH = 100

log = logging.getLogger("newsfeed.mail")


def confirm_pass(shift: Shift) -> int:
    """Ask those who asked for a newsletter by the form whether it was them. Raises as
    `send_confirmations` does.
    """
    with people(shift.plan, shift.clock()) as who:
        if facts.paused(who.db, who.now):
            return 0
        done = send_confirmations(
            who, only_asked=True, limit=_BATCH, clock=shift.clock, stop=shift.stop
        )
    return _told(shift, "confirmation mail", done)


def notice_pass(shift: Shift) -> int:
    """Send what waits for subscribers, then tell the operator what is new: also of what went wrong
    with the former. Raises as `send_notices` and `tell_operator` do.
    """
    status, fault = 0, None
    with people(shift.plan, shift.clock()) as who:
        try:
            queue_renewals(who)
            done = send_notices(who, clock=shift.clock, limit=_BATCH, stop=shift.stop)
            status = _told(shift, "notice", done)
        except NewsfeedError as error:
            fault = error
        trouble = tell_operator(who, _faults(shift), clock=shift.clock, stop=shift.stop).trouble
    for line in shift.state.news("operator", (trouble,) if trouble else ()):
        log.warning("%s", line)
    if fault:
        raise fault
    return status


def _faults(shift: Shift) -> dict[str, tuple[str, ...]]:
    """What went wrong in the last run of each job that ended."""
    jobs = shift.state.facts.jobs
    return {name: (ran.fault,) if ran.fault else () for name, ran in jobs.items()}


def _told(shift: Shift, what: str, done: Mailed) -> int:
    """Say what became of mails of a kind; gives the exit status that it means."""
    if done.mailed:
        log.info("%s sent", counted(done.mailed, what))
    if done.refused or done.unanswered:
        log.warning(
            "%s refused, %d without an answer",
            counted(len(done.refused), what),
            len(done.unanswered),
        )
    for line in shift.state.news(what, (done.trouble,) if done.trouble else ()):
        log.warning("%s", line)
    return 1 if done.trouble else 0
