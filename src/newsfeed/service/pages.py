"""The pages of the service, which follow what is published and what is set."""

from __future__ import annotations

from newsfeed.app import people
from newsfeed.networks import parse_networks
from newsfeed.service.present import Now
from newsfeed.service.publishing import CONFIRM, MAILS
from newsfeed.service.shift import Shift
from newsfeed.web.application import form_throttle
from newsfeed.web.postbox import Postbox
from newsfeed.web.signals import signals
from newsfeed.web.site import Site, Stage


def pages(shift: Shift) -> Stage:
    """What answers requests. Raises TemplateError where a template is missing or broken; settings
    that are edited wait until it is mended, and the pages from before are shown.
    """

    def asked() -> None:
        shift.wake(CONFIRM)
        shift.wake(MAILS)

    postbox = Postbox(lambda: people(shift.plan, shift.clock()), asked)
    throttle = form_throttle()

    def site(now: Now) -> Site:
        networks = parse_networks(now.settings.server.metrics)
        extra = signals(shift.signals.ready, shift.signals.numbers, networks)
        return Site(now.plan, shift.clock, extra=extra, postbox=postbox, throttle=throttle)

    stage = Stage(site(shift.present.now))
    shift.renewing.append(lambda now: stage.show(site(now)))
    shift.published.append(stage.look)
    return stage
