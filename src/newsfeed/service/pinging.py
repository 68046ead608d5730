"""The hub is told of feeds that changed, once the new bytes can be fetched: when the pages of this
process show them, and where there is a deploy command, when that has succeeded.
"""

from __future__ import annotations

import logging

from newsfeed.app import people
from newsfeed.flows.deploying import online
from newsfeed.flows.pinging import next_ping, ping
from newsfeed.service.publishing import PING
from newsfeed.service.shift import Shift
from newsfeed.text import counted

log = logging.getLogger("newsfeed.hub")


def ping_pass(shift: Shift) -> int:
    """Tell the hub what it was not told yet; one that fails is tried again in time."""
    plan = shift.plan
    live = online(plan) if plan.feeds.hub else None
    if live is None:  # the pass that deploys it wakes this job
        return 0
    with people(plan, shift.clock()) as who:
        found = ping(who.plan, who.db, who.now, live=live)
        shift.at(PING, next_ping(who.plan, who.db))
    told = [one for one in found if not one.problem]
    if told:
        log.info("the hub was told of %s", counted(len(told), "feed"))
    problems = tuple(dict.fromkeys(one.problem for one in found if one.problem))
    if found:
        for line in shift.state.news("hub", problems):
            log.warning("the hub was not told: %s", line)
    return 0
