"""The web application: the audience's pages, what the service adds, and the site behind them.

Answers are made of the settings and the store, never of the Host header (standards S-25).
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsfeed.app import people
from newsfeed.flows.preflight import WELL_KNOWN
from newsfeed.web.audience import audience_routes
from newsfeed.web.doors import Doors
from newsfeed.web.forms import Forms
from newsfeed.web.guard import Guard, with_own_headers
from newsfeed.web.headers import answer
from newsfeed.web.limits import PATIENCE
from newsfeed.web.nameplate import nameplate
from newsfeed.web.pages import Pages
from newsfeed.web.postbox import Postbox
from newsfeed.web.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from newsfeed.flows.plan import Plan

FORMS_OF_ONE, FORMS_IN_ALL = 60, 2000
"""Forms that one network, and everybody together, may send in an hour (standards S-08)."""


def application(
    plan: Plan,
    clock: Callable[[], datetime],
    *,
    patience: float = PATIENCE,
    rest: ASGIApp | None = None,
    extra: Sequence[Route] = (),
    asked: Callable[[], None] = lambda: None,
    postbox: Postbox | None = None,
    throttle: Throttle | None = None,
) -> Starlette:
    """The application of one installation.

    `clock` gives the aware time of each request; `patience` is the seconds within which a
    request's body must have arrived. `extra` routes come before ours; `rest` answers what no
    route matches, with headers of its own, and may raise HTTPException for our page about it.
    `asked` is called, in a thread, when by a form there may be something to mail. When the server
    ends, what forms asked for is finished first. `postbox`, which calls an `asked` of its own, and
    `throttle` are made here unless they outlive this application. Raises TemplateError where a
    template is missing or broken.
    """
    pages = Pages(plan)
    doors = Doors(plan, pages, clock)
    postbox = postbox or Postbox(lambda: people(plan, clock()), asked)
    forms = Forms(plan, pages, clock, postbox)
    throttle = throttle or form_throttle()
    routes = [*extra]
    for prefix in dict.fromkeys(("", _path(plan.links_url))):
        routes.append(Route(f"{prefix}/healthz", _healthy))
        routes.append(Route(prefix + WELL_KNOWN, nameplate(plan, clock)))
        routes += audience_routes(prefix, doors, forms, throttle, patience)

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, busy=pages.problem(503), fault=pages.problem(500))],
        exception_handlers={HTTPException: _problem(pages)},
        lifespan=_lifespan,
    )
    app.state.postbox = postbox
    app.router.redirect_slashes = False  # RFC 8058 section 3.1: no redirect of any kind
    if rest is not None:
        app.router.default = with_own_headers(rest)
    return app


def form_throttle(clock: Callable[[], float] = time.monotonic) -> Throttle:
    """What bounds how many forms are taken, by a clock that nobody sets (standards S-38)."""
    return Throttle(clock, most=FORMS_OF_ONE, in_all=FORMS_IN_ALL)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    await run_in_threadpool(app.state.postbox.close)


def _problem(pages: Pages) -> Callable[[Request, Exception], Response]:
    """What answers with our page about an HTTP status."""

    def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
        headers = error.headers or {}
        kept = {name: headers[name] for name in ("Retry-After",) if name in headers}
        if "Allow" in headers:
            kept["Allow"] = _sorted(headers["Allow"])
        return answer(pages.problem(error.status_code), kept)

    return problem


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _path(url: str) -> str:
    """The path of the links' address: a proxy may pass it on, or cut it off."""
    return unquote(urlsplit(url).path).rstrip("/")


def _sorted(names: str) -> str:
    return ", ".join(sorted(name.strip() for name in names.split(",")))
