"""The service composes one application: its own routes, the audience's, and the site behind."""

from __future__ import annotations

import asyncio
import time

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from newsfeed.flows.people import People
from newsfeed.web.application import application
from tests.web.kit import Desk, heading


async def _site(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/gone":
        raise HTTPException(404)
    if scope["path"] == "/broken":
        raise ValueError("a secret")
    headers = {"Cache-Control": "max-age=60"}
    await PlainTextResponse(f"site {scope['path']}", headers=headers)(scope, receive, send)


def _composed(desk: Desk) -> Desk:
    async def healthy(_: object) -> PlainTextResponse:
        return PlainTextResponse("all is well\n")

    desk.app = application(
        desk.plan, lambda: desk.now, rest=_site, extra=[Route("/healthz", healthy)]
    )
    return desk


def test_what_no_route_matches_is_the_sites_with_its_own_headers(desk: Desk) -> None:
    answer = _composed(desk).get("/feed.xml")
    assert (answer.status_code, answer.text) == (200, "site /feed.xml")
    assert answer.headers["cache-control"] == "max-age=60"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not {"content-security-policy", "x-robots-tag"} & set(answer.headers)


def test_links_and_the_services_routes_come_before_the_site(desk: Desk) -> None:
    _composed(desk)
    assert heading(desk.get(desk.leave_path(desk.person()))) == "구독을 해지할까요?"
    assert desk.get("/healthz").text == "all is well\n"
    assert desk.ask("PUT", "/u/weekly/token").status_code == 405


def test_a_site_that_fails_becomes_a_page_of_ours(desk: Desk) -> None:
    _composed(desk)
    gone, broken = desk.get("/gone"), desk.get("/broken")
    assert heading(gone) == "이 주소에는 아무것도 없습니다"
    assert gone.status_code == 404
    assert broken.status_code == 500
    assert "secret" not in broken.text


def test_a_server_that_ends_lets_what_forms_asked_for_finish(desk: Desk) -> None:
    done: list[str] = []

    def slow(_: People) -> bool:
        time.sleep(0.05)
        done.append("it")
        return False

    async def serve() -> None:
        async with desk.app.router.lifespan_context(desk.app):
            for _ in range(4):
                assert desk.app.state.postbox.put(slow)

    asyncio.run(serve())
    assert done == ["it"] * 4
    assert not desk.app.state.postbox.put(slow)
