"""The web application: links by which subscribers confirm and leave. GET shows, POST acts.

A link's token is all the authority there is (RFC 8058 section 3.1): no cookie, login, CSRF token,
redirect or limit per address stands between a mail provider and a POST. Answers are made of the
settings and the store, never of the Host header (standards S-25).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsfeed.flows.preflight import WELL_KNOWN
from newsfeed.web.doors import Doors
from newsfeed.web.guard import Guard
from newsfeed.web.headers import answer
from newsfeed.web.limits import PATIENCE, read_body
from newsfeed.web.nameplate import nameplate
from newsfeed.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from newsfeed.flows.plan import Plan
    from newsfeed.web.pages import Page

    Act = Callable[[Request, bytes], Page]
    Show = Callable[[Request], Page]


def application(
    plan: Plan, clock: Callable[[], datetime], *, patience: float = PATIENCE
) -> Starlette:
    """The application of one installation.

    `clock` gives the aware time of each request; `patience` is the seconds within which a
    request's body must have arrived. Raises TemplateError where a template is missing or broken.
    """
    pages = Pages(plan)
    doors = Doors(plan, pages, clock)
    routes = [
        route
        for prefix in dict.fromkeys(("", _path(plan.links_url)))
        for route in (
            Route(f"{prefix}/healthz", _healthy),
            Route(prefix + WELL_KNOWN, nameplate(plan, clock)),
            _door(f"{prefix}/u/{{newsletter}}/{{token}}", doors.show_leave, doors.leave, patience),
            _door(
                f"{prefix}/c/{{newsletter}}/{{token}}", doors.show_confirm, doors.confirm, patience
            ),
        )
    ]

    def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
        headers = error.headers or {}
        allow = {"Allow": _sorted(headers["Allow"])} if "Allow" in headers else {}
        return answer(pages.problem(error.status_code), allow)

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, busy=pages.problem(503), fault=pages.problem(500))],
        exception_handlers={HTTPException: problem},
    )
    app.router.redirect_slashes = False  # RFC 8058 section 3.1: no redirect of any kind
    return app


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


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _path(url: str) -> str:
    """The path of the links' address: a proxy may pass it on, or cut it off."""
    return unquote(urlsplit(url).path).rstrip("/")


def _sorted(names: str) -> str:
    return ", ".join(sorted(name.strip() for name in names.split(",")))
