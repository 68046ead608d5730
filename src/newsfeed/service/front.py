"""The pages of the service, which are made anew when the settings change."""

from __future__ import annotations

import logging

from newsfeed.errors import NewsfeedError
from newsfeed.service.present import Now
from newsfeed.service.shift import Shift
from newsfeed.web.application import application
from newsfeed.web.swap import Swap

log = logging.getLogger("newsfeed.web")


def front(shift: Shift) -> Swap:
    """What answers requests, by the settings that are in force. Raises TemplateError where a
    template is missing or broken.
    """
    swap = Swap(application(shift.plan, shift.clock))

    def renew(_before: Now, now: Now) -> None:
        try:
            swap.app = application(now.plan, shift.clock)
        except NewsfeedError as error:
            log.error("%s; the pages from before are shown", error)  # noqa: TRY400  # one line

    shift.renewed.append(renew)
    return swap
