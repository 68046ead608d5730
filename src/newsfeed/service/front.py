"""The pages of the service, which are made anew when the settings change."""

from __future__ import annotations

import logging

from newsfeed.errors import NewsfeedError
from newsfeed.flows.plan import Plan
from newsfeed.service.present import Now
from newsfeed.service.shift import Shift
from newsfeed.web.application import application
from newsfeed.web.swap import Answers, Swap

log = logging.getLogger("newsfeed.web")


def front(shift: Shift) -> Swap:
    """What answers requests, by the settings that are in force. Raises TemplateError where a
    template is missing or broken.
    """
    swap = Swap(_pages(shift, shift.plan))

    def renew(_before: Now, now: Now) -> None:
        try:
            swap.app = _pages(shift, now.plan)
        except NewsfeedError as error:
            log.error("%s; the pages from before are shown", error)  # noqa: TRY400  # one line

    shift.renewed.append(renew)
    return swap


def _pages(shift: Shift, plan: Plan) -> Answers:
    return application(plan, shift.clock)
