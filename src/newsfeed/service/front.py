"""The pages of the service: an application that is replaced when the settings change."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from newsfeed.errors import NewsfeedError
from newsfeed.service.present import Now
from newsfeed.service.shift import Shift
from newsfeed.web.application import application
from newsfeed.web.signals import counted, parse_networks, signals

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("newsfeed.web")


class Front:
    """What answers requests. Raises TemplateError where a template is missing or broken."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._app = self._made()
        shift.renewed.append(self._renew)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request by the settings that are in force."""
        await self._app(scope, receive, send)

    def _renew(self, _before: Now, _now: Now) -> None:
        try:
            self._app = self._made()
        except NewsfeedError as error:
            log.error("%s; the pages from before are shown", error)  # noqa: TRY400  # one line

    def _made(self) -> ASGIApp:
        shift = self._shift
        networks = parse_networks(shift.present.now.settings.server.metrics)
        extra = signals(shift.signals.ready, shift.signals.numbers, networks)
        app = application(shift.plan, shift.clock, extra=extra)
        return counted(app, shift.signals.metrics.answered)
