"""Delivery in a thread of its own, so that publishing goes on while an edition takes hours."""

from __future__ import annotations

import logging
from datetime import timedelta

from newsfeed.app import people
from newsfeed.flows.delivering import deliver
from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.stopping import Stop
from newsfeed.model import DeliveryState
from newsfeed.service.publishing import DELIVER
from newsfeed.service.shift import Shift
from newsfeed.text import counted

_AGAIN = timedelta(seconds=5)
_LEFT_OUT = 3

log = logging.getLogger("newsfeed.deliver")


def deliver_pass(shift: Shift) -> int:
    """Deliver what is released until all is final, or for half an hour; then what is left is due
    at once, or when its time has come. Raises as `deliver` does.

    It ends early for the end of the service, and for settings that changed.
    """
    shift.delivery = stop = Stop()
    with shift.stop.heard(stop.set), people(shift.plan, shift.clock()) as who:
        found = deliver(
            who,
            clock=shift.clock,
            tell=lambda news: log.warning("%s", news),
            stop=stop,
            connected=shift.signals.metrics.connections,
        )
    if found is None:
        shift.at(DELIVER, shift.clock() + _AGAIN)
        return 0
    times = [one.next for one in found if one.next]
    shift.at(DELIVER, min(times, default=None))
    status = 0
    for one in found:
        status = max(status, _told(shift, one))
    return status


def _told(shift: Shift, one: Delivered) -> int:
    """Say what is new of an edition; gives the exit status that it means."""
    counts = one.counts
    failed = counts.get(DeliveryState.FAILED, 0) + counts.get(DeliveryState.LIMITED, 0)
    if one.written:
        waiting = counts.get(DeliveryState.DEFERRED, 0) + counts.get(DeliveryState.QUEUED, 0)
        log.info(
            "%s: %s sent, %d wait, %d failed or left out",
            one.edition,
            counted(one.written, "letter"),
            waiting,
            failed,
        )
    reasons = (f"{one.edition}: {one.why}",) if one.why else ()
    for line in shift.state.news(f"edition {one.edition}", reasons):
        log.warning("%s", line)
    return _LEFT_OUT if failed or one.paused else 0
