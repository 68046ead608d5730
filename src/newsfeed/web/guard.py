"""The last frame around every request: each failure becomes a page, and one line in the log.

The log holds neither tokens nor addresses (standards S-31): an error of ours says what it is, a
fault only where in the code it came up, since its message may quote anything.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect

from newsfeed.errors import NewsfeedError, message
from newsfeed.web.headers import answer, security_headers

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from newsfeed.web.pages import Page

_OWN_HEADERS = "newsfeed.own_headers"

RETRY_AFTER = 60
"""Seconds after which a client may ask again when the store could not be used."""

_EVERYWHERE = {"X-Content-Type-Options": "nosniff"}

log = logging.getLogger("newsfeed.web")


class Guard:
    """Middleware that lets no exception out, and no answer without its headers.

    `busy` and `fault` are the pages for what may work later, and for what may not.
    """

    def __init__(self, app: ASGIApp, busy: Page, fault: Page) -> None:
        self._app = app
        self._busy = busy
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        door = _Door(send, scope)
        try:
            await self._app(scope, receive, door)
        except ClientDisconnect:
            return  # nobody is there to answer
        except Exception as error:  # noqa: BLE001  # the outermost frame of a request
            response = self._answer_to(error)
        else:
            return
        if not door.opened:
            await response(scope, receive, door)

    def _answer_to(self, error: Exception) -> Response:
        if isinstance(error, NewsfeedError):
            log.error("%s", error)
            return answer(self._busy, {"Retry-After": str(RETRY_AFTER)})
        log.error("%s", _described(error))
        return answer(self._fault)


def with_own_headers(app: ASGIApp) -> ASGIApp:
    """`app`, to whose answers the guard adds nothing but `nosniff`: it knows what it serves."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        scope[_OWN_HEADERS] = True
        await app(scope, receive, send)

    return marked


class _Door:
    """Where an answer leaves."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self._send = send
        self._scope = scope
        self.opened = False

    async def __call__(self, item: Message) -> None:
        if item["type"] == "http.response.start":
            self.opened = True
            headers = MutableHeaders(scope=item)
            own = self._scope.get(_OWN_HEADERS)
            for name, value in (_EVERYWHERE if own else security_headers("")).items():
                headers.setdefault(name, value)
        await self._send(item)


def _described(error: Exception) -> str:
    """Which exception, and where; not what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    kind = type(error).__name__
    return message(where, f"this is a fault of newsfeed: {kind}", "please report it")
