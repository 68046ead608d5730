"""The routes of subscribers' pages: GET shows, POST acts.

A link's token is all the authority there is (RFC 8058 section 3.1): no cookie, login, CSRF token,
redirect or limit per address stands between a mail provider and a POST to leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from newsfeed.web.headers import answer
from newsfeed.web.limits import read_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from newsfeed.web.doors import Doors
    from newsfeed.web.pages import Page

    Act = Callable[[Request, bytes], Page]
    Show = Callable[[Request], Page]


def audience_routes(prefix: str, doors: Doors, patience: float) -> list[Route]:
    """What is answered below `prefix`, "" or a path that ends without a slash."""
    return [
        _door(f"{prefix}/u/{{newsletter}}/{{token}}", doors.show_leave, doors.leave, patience),
        _door(f"{prefix}/c/{{newsletter}}/{{token}}", doors.show_confirm, doors.confirm, patience),
    ]


def _door(path: str, show: Show, act: Act, patience: float) -> Route:
    """A page with a button at `path`, which leads to the same address by POST."""

    async def endpoint(request: Request) -> Response:
        if request.method == "POST":
            body = await read_body(request, patience=patience)
            page = await run_in_threadpool(act, request, body)
        else:
            page = await run_in_threadpool(show, request)
        return answer(page)

    return Route(path, endpoint, methods=["GET", "POST"])
