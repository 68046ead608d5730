"""A whole site as an application: subscribers' pages, and the output folder behind them.

It can be replaced while it is served, when the settings change.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from newsfeed.errors import NewsfeedError
from newsfeed.web.application import application
from newsfeed.web.front import Front
from newsfeed.web.shelf import Shelf
from newsfeed.web.static import static

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send

    from newsfeed.flows.plan import Plan
    from newsfeed.web.filetypes import Header
    from newsfeed.web.front import Quick
    from newsfeed.web.postbox import Postbox
    from newsfeed.web.throttle import Throttle

log = logging.getLogger("newsfeed.web")


class Site:
    """What one plan shows. `extra`, `asked`, `postbox` and `throttle` are as in `application`.

    Raises TemplateError where a template is missing or broken.
    """

    def __init__(
        self,
        plan: Plan,
        clock: Callable[[], datetime],
        *,
        extra: Sequence[Route] = (),
        asked: Callable[[], None] = lambda: None,
        postbox: Postbox | None = None,
        throttle: Throttle | None = None,
    ) -> None:
        self._shelf = Shelf(plan)
        self.app = application(
            plan,
            clock,
            rest=static(self._shelf),
            extra=extra,
            asked=asked,
            postbox=postbox,
            throttle=throttle,
        )
        self.postbox: Postbox = self.app.state.postbox
        self.answer = Front(self._shelf, self.app).answer
        try:
            self._shelf.refresh()
        except NewsfeedError as error:
            log.error("%s", error)  # noqa: TRY400  # one line; the pages of subscribers work

    def look(self) -> None:
        """Show what was published since. Raises StoreError where the manifest is damaged."""
        self._shelf.refresh_if_published(time.monotonic())

    def close(self) -> None:
        """Finish what its forms left to be done."""
        self.postbox.close()


class Stage:
    """An application that shows one site after another."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request by the site that is shown, or live from the first to the last."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._site.app(scope, receive, send)

    def answer(self, method: bytes, raw_path: bytes, headers: list[Header]) -> Quick | None:
        """What can be said at once: see `front.Answer`."""
        return self._site.answer(method, raw_path, headers)

    def show(self, site: Site) -> None:
        """Show another one from now on. What the former left to be done is finished, unless both
        have the same postbox: whoever sends a form meanwhile may still leave it there.
        """
        former, self._site = self._site, site
        if former.postbox is not site.postbox:
            former.close()

    def look(self) -> None:
        """Show what was published since."""
        self._site.look()

    async def _live(self, receive: Receive, send: Send) -> None:
        """The lifespan protocol of ASGI: what forms asked for is finished before the end."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._site.close)
        await send({"type": "lifespan.shutdown.complete"})
