"""The pages of the service, which follow what is published and what is set."""

from __future__ import annotations

import logging

from newsfeed.app import people
from newsfeed.errors import NewsfeedError
from newsfeed.service.present import Now
from newsfeed.service.publishing import CONFIRM, MAILS
from newsfeed.service.shift import Shift
from newsfeed.web.application import form_throttle
from newsfeed.web.postbox import Postbox
from newsfeed.web.signals import parse_networks, signals
from newsfeed.web.site import Site, Stage
from newsfeed.web.throttle import Throttle

log = logging.getLogger("newsfeed.web")


def pages(shift: Shift) -> Stage:
    """What answers requests. Raises TemplateError where a template is missing or broken,
    SettingsError for networks that are none.
    """

    def asked() -> None:
        shift.wake(CONFIRM)
        shift.wake(MAILS)

    postbox = Postbox(lambda: people(shift.plan, shift.clock()), asked)
    throttle = form_throttle(shift.clock)
    stage = Stage(_site(shift, postbox, throttle))

    def renew(_before: Now, _now: Now) -> None:
        try:
            stage.show(_site(shift, postbox, throttle))
        except NewsfeedError as error:
            log.error("%s; the pages from before are shown", error)  # noqa: TRY400  # one line

    shift.renewed.append(renew)
    shift.published.append(stage.look)
    return stage


def _site(shift: Shift, postbox: Postbox, throttle: Throttle) -> Site:
    networks = parse_networks(shift.present.now.settings.server.metrics)
    extra = signals(shift.signals.ready, shift.signals.numbers, networks)
    return Site(shift.plan, shift.clock, extra=extra, postbox=postbox, throttle=throttle)
