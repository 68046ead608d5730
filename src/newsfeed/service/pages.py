"""The pages of the service, which follow what is published and what is set."""

from __future__ import annotations

from newsfeed.networks import parse_networks
from newsfeed.service.present import Now
from newsfeed.service.publishing import CONFIRM, MAILS
from newsfeed.service.shift import Shift
from newsfeed.web.signals import signals
from newsfeed.web.site import Site, Stage


def pages(shift: Shift) -> Stage:
    """What answers requests. Raises TemplateError where a template is missing or broken; settings
    that are edited wait until it is mended, and the pages from before are shown.
    """
    stage = Stage(_site(shift, shift.present.now))
    shift.renewing.append(lambda now: stage.show(_site(shift, now)))
    shift.published.append(stage.look)
    return stage


def _site(shift: Shift, now: Now) -> Site:
    def asked() -> None:
        shift.wake(CONFIRM)
        shift.wake(MAILS)

    networks = parse_networks(now.settings.server.metrics)
    extra = signals(shift.signals.ready, shift.signals.numbers, networks)
    return Site(now.plan, shift.clock, extra=extra, asked=asked)
