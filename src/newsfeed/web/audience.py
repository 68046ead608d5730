"""The routes of subscribers' pages: GET shows, POST acts.

A link's token is all the authority there is (RFC 8058 section 3.1): no cookie, login, CSRF token,
redirect or limit per address stands between a mail provider and a POST to leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from newsfeed.audience.evidence import cut_ip
from newsfeed.web.headers import answer
from newsfeed.web.limits import read_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from newsfeed.web.doors import Doors
    from newsfeed.web.forms import Forms
    from newsfeed.web.pages import Page
    from newsfeed.web.throttle import Throttle

    Act = Callable[[Request, bytes], Page]
    Show = Callable[[Request], Page]


def audience_routes(
    prefix: str, doors: Doors, forms: Forms, throttle: Throttle, patience: float
) -> list[Route]:
    """What is answered below `prefix`, "" or a path that ends without a slash.

    `throttle` bounds how often a network may send a form.
    """

    def form(path: str, show: Show, act: Act) -> Route:
        return _door(prefix + path, show, act, patience, throttle)

    def door(path: str, show: Show, act: Act) -> Route:
        return _door(prefix + path, show, act, patience)

    return [
        door("/u/{newsletter}/{token}", doors.show_leave, doors.leave),
        door("/c/{newsletter}/{token}", doors.show_confirm, doors.confirm),
        form("/s", forms.show_subscribe, forms.subscribe),
        form("/p", forms.show_manage, forms.manage),
        door("/p/{token}", forms.show_preferences, forms.save_preferences),
    ]


def _door(
    path: str, show: Show, act: Act, patience: float, throttle: Throttle | None = None
) -> Route:
    """A page with a button at `path`, which leads to the same address by POST."""

    async def endpoint(request: Request) -> Response:
        if request.method == "POST":
            if throttle is not None:
                _refuse_too_many(request, throttle)
            body = await read_body(request, patience=patience)
            page = await run_in_threadpool(act, request, body)
        else:
            page = await run_in_threadpool(show, request)
        return answer(page)

    return Route(path, endpoint, methods=["GET", "POST"])


def _refuse_too_many(request: Request, throttle: Throttle) -> None:
    """Raises HTTPException 429 where the visitor's network sent too many forms."""
    wait = throttle.wait(cut_ip(request.client.host if request.client else ""))
    if wait:
        raise HTTPException(429, headers={"Retry-After": str(wait)})
