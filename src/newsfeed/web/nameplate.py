"""The installation's name at the address where links lead, which `flows/preflight.py` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from newsfeed.app import people
from newsfeed.audience.keys import installation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from starlette.requests import Request

    from newsfeed.flows.plan import Plan


def nameplate(
    plan: Plan, clock: Callable[[], datetime]
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers with the name and a line end.

    The store is opened for it as for every link, so that no answer comes where no link would work.
    """

    def name() -> str:
        with people(plan, clock()) as desk:
            return installation(desk.keys)

    async def endpoint(_: Request) -> Response:
        return PlainTextResponse(f"{await run_in_threadpool(name)}\n")

    return endpoint
