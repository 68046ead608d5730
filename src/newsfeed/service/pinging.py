"""The hub is told of feeds that changed, once the pages of this process show the new bytes."""

from __future__ import annotations

import logging

from newsfeed.app import people
from newsfeed.flows.pinging import next_ping, ping
from newsfeed.service.publishing import PING
from newsfeed.service.shift import Shift

log = logging.getLogger("newsfeed.hub")


def ping_pass(shift: Shift) -> int:
    """Tell the hub what it was not told yet; one that fails is tried again in time."""
    if not shift.plan.feeds.hub:
        return 0
    with people(shift.plan, shift.clock()) as who:
        found = ping(who.plan, who.db, who.now)
        shift.at(PING, next_ping(who.plan, who.db))
    told = [one for one in found if not one.problem]
    if told:
        shift.state.count("pings", len(told))
        log.info("the hub was told of %d feeds", len(told))
    problems = tuple(dict.fromkeys(one.problem for one in found if one.problem))
    if found:
        for line in shift.state.news("hub", problems):
            log.warning("the hub was not told: %s", line)
    return 0
