"""The preview as an application: its page, the frames in it, the site in memory, and one form.

What others wrote (letters, articles, feeds) is served so that nothing in it runs, and that it is a
stranger to the page that shows it: sandboxed by its own policy, also where it is opened alone.
"""

from __future__ import annotations

import secrets
import threading
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from newsfeed.app import templates_folder
from newsfeed.errors import NewsfeedError
from newsfeed.templating import Templates
from newsfeed.web.fields import one, read_fields
from newsfeed.web.filetypes import BINARY, TEXT
from newsfeed.web.limits import read_body
from newsfeed.web.preview.choices import Choices, read_choices
from newsfeed.web.preview.door import Door, is_ours
from newsfeed.web.preview.looks import LOOKS, with_images
from newsfeed.web.preview.page import Sheet, feeds_page, frame_page, letter_page, sent_page, sheet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

    from newsfeed.flows.plan import Plan
    from newsfeed.flows.showing import Glance, Shown
    from newsfeed.store.subscribers import Subscriber
    from newsfeed.web.preview.page import Values
    from newsfeed.web.preview.studio import Studio, View

_STILL = 15.0
"""Seconds after which a page that waits for news hears that we are still there."""

_LETTER = (
    "sandbox; default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline';"
    " frame-ancestors 'self'; form-action 'none'"
)
_LETTER_WITHOUT_IMAGES = _LETTER.replace("img-src http: https: data:", "img-src 'none'")
_SITE = (
    "sandbox; default-src 'none'; img-src http: https: data:; media-src http: https:;"
    " style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'"
)
_OURS = {"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}


def application(studio: Studio, hosts: frozenset[str], token: str) -> Starlette:
    """The application over what a studio sees, for whoever calls it by one of `hosts`; `token` is
    what only its own page knows. Raises TemplateError where our own template is missing.
    """
    desk = _Desk(studio, token)
    routes = [
        Route("/", desk.first),
        Route("/feeds", desk.feeds),
        Route("/letters/{name}", desk.letter),
        Route("/letters/{name}", desk.test, methods=["POST"]),
        Route("/frames/{name}", desk.frame),
        Route("/messages/{name}.eml", desk.message),
        Route("/site/{path:path}", desk.site),
        Route("/events", desk.events),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Door, hosts=hosts)])
    app.router.redirect_slashes = False
    return app


class _Desk:
    """The answers. Each is made of the studio's view as it is when it is asked for."""

    def __init__(self, studio: Studio, token: str) -> None:
        self._studio, self._token = studio, token
        self._templates = Templates([templates_folder() / "preview"])
        self._making = threading.Lock()

    def first(self, _: Request) -> Response:
        """The first newsletter's letter; where there is none, the feeds."""
        found = self._studio.view.glance
        name = found.shown[0].newsletter.name if found and found.shown else ""
        return RedirectResponse(f"/letters/{quote(name)}" if name else "/feeds", 303)

    def feeds(self, _: Request) -> Response:
        """What would be published."""
        view = self._studio.view
        return self._page("feeds.html.j2", view, feeds_page(view))

    def letter(self, request: Request) -> Response:
        """A newsletter's letter, as somebody chose to look at it."""
        return self._letter(request, [])

    async def test(self, request: Request) -> Response:
        """The form that sends a test letter."""
        body = await read_body(request)
        fields = read_fields(request.headers.get("content-type", ""), body)
        if not is_ours(request, one(fields, "token"), self._token):
            return PlainTextResponse("Only the page of the preview itself may send letters.\n", 403)
        said = await run_in_threadpool(self._tested, request, one(fields, "to"))
        return await run_in_threadpool(self._letter, request, said)

    def _tested(self, request: Request, to: str) -> list[str]:
        """Send a test letter; gives what to say of it."""
        view = self._studio.view
        shown = view.shown(request.path_params["name"])
        if view.plan is None or shown is None:
            return ["There is no such newsletter any more."]
        addresses = to.replace(",", " ").split()
        if not addresses:
            return ["Say at least one address."]
        try:
            sent = self._studio.test(view.plan, shown.newsletter, addresses)
        except NewsfeedError as error:
            return [str(error)]
        except OSError as error:
            return [f"{error.filename or view.plan.outbox}: {error.strerror}"]
        return sent_page(sent, view.plan)

    def _letter(self, request: Request, said: list[str]) -> Response:
        name = request.path_params["name"]
        choices, readers, trouble = self._chosen(request, name)
        view = self._studio.view
        shown = view.shown(name)
        if view.plan is None or shown is None:
            return self._page("missing.html.j2", view, {"here": name}, 404)
        values = letter_page(view.plan, shown, choices, readers, is_old=name in view.old)
        values |= {"said": said, "token": self._token, "query": choices.query(), "store": trouble}
        return self._page("letter.html.j2", view, values)

    def _chosen(self, request: Request, name: str) -> tuple[Choices, list[Subscriber], str]:
        """What somebody chose, who may be chosen, and why nobody may, or ""."""
        readers: list[Subscriber] = []
        trouble = ""
        plan = self._studio.view.plan
        try:
            readers = self._studio.readers(plan, name) if plan else []
        except NewsfeedError as error:
            trouble = str(error)
        choices = read_choices(request.query_params, [reader.public_id for reader in readers])
        self._studio.want(choices.language)
        return choices, readers, trouble

    def _page(self, template: str, view: View, values: Values, status: int = 200) -> Response:
        nonce = secrets.token_urlsafe(16)
        html = self._templates.html(template, frame_page(view, nonce) | values)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}';"
            " connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self';"
            " base-uri 'none'; frame-ancestors 'none'"
        )
        return Response(
            html, status, {"Content-Security-Policy": policy, **_OURS}, media_type="text/html"
        )

    def _sheet(self, request: Request) -> tuple[Plan, Glance, Sheet] | None:
        """The letter that an address means; None where there is none. Raises NewsfeedError."""
        choices, readers, _ = self._chosen(request, request.path_params["name"])
        view = self._studio.view
        shown: Shown | None = view.shown(request.path_params["name"])
        if view.plan is None or view.glance is None or shown is None or not shown.variants:
            return None
        return view.plan, view.glance, sheet(view.plan, shown, choices, readers)

    def frame(self, request: Request) -> Response:
        """A letter alone, changed for a look at it."""
        look = request.query_params.get("look", "light")
        try:
            found = self._sheet(request)
        except NewsfeedError as error:
            return _problem(str(error), 503)
        if found is None or look not in LOOKS:
            return _problem("There is no such letter.", 404)
        plan, seen, opened = found
        html = with_images(opened.letter.html, lambda url: _local(url, plan, seen))
        policy = _LETTER_WITHOUT_IMAGES if look == "images-off" else _LETTER
        return Response(
            LOOKS[look](html),
            headers={"Content-Security-Policy": policy, **_OURS},
            media_type="text/html",
        )

    def message(self, request: Request) -> Response:
        """A letter's message, to be kept and opened in a mail program."""
        try:
            found = self._sheet(request)
        except NewsfeedError as error:
            return _problem(str(error), 503)
        if found is None or not found[2].letter.message:
            return _problem("There is no such message.", 404)
        name = f"{found[2].shown.newsletter.name}.eml"
        return Response(
            found[2].letter.message,
            headers={"Content-Disposition": f'attachment; filename="{name}"', **_OURS},
            media_type="message/rfc822",
        )

    def site(self, request: Request) -> Response:
        """A file that would be published now; where it is only in the output folder, that."""
        path = request.path_params["path"]
        path = f"{path}index.html" if path.endswith("/") or not path else path
        view = self._studio.view
        if view.plan is None or view.glance is None:
            return _problem("Nothing could be read yet.", 503)
        try:
            data = self._made(path, view.glance, view.plan)
        except NewsfeedError as error:
            return _problem(str(error), 503)
        if data is None:
            return _problem("This would not be published now.", 404)
        ending = PurePosixPath(path).suffix.lower()
        kind = TEXT.get(ending) or BINARY.get(ending, "application/octet-stream")
        return Response(data, headers={"Content-Security-Policy": _SITE}, media_type=kind)

    def _made(self, path: str, seen: Glance, plan: Plan) -> bytes | None:
        if path in seen.pictures:
            return seen.pictures[path]
        output = seen.outputs.get(path)
        if output is not None:
            with self._making:  # outputs of one group share what they are made of
                return output.produce()
        place = _in_output(path, plan)
        try:
            return place.read_bytes() if place else None
        except OSError:
            return None

    async def events(self, request: Request) -> Response:
        """A stream that tells the page whenever there is something else to show."""
        said = request.query_params.get("since", "")
        seen = int(said) if said.isdecimal() and len(said) < 10 else 0
        return StreamingResponse(
            self._news(seen),
            headers={"Content-Encoding": "identity", **_OURS},
            media_type="text/event-stream",
        )

    async def _news(self, seen: int) -> AsyncIterator[str]:
        studio = self._studio
        yield "retry: 500\n\n"
        while not studio.bell.closed:
            found = await self._changed(seen)
            yield f"data: {found}\n\n" if found != seen else ": still here\n\n"
            seen = found

    async def _changed(self, seen: int) -> int:
        """The version of what is shown, once it is not that which was `seen`, or after a while."""
        studio = self._studio
        await studio.bell.heard(lambda: studio.view.version != seen, _STILL)
        return studio.view.version


def _local(url: str, plan: Plan, seen: Glance) -> str:
    """Where on this server an image of the site is; "" for one of elsewhere."""
    begin = f"{plan.site_url}/"
    path = unquote(url.removeprefix(begin).partition("?")[0])
    known = path in seen.outputs or path in seen.pictures
    return (
        f"/site/{quote(path)}"
        if url.startswith(begin) and (known or _in_output(path, plan))
        else ""
    )


def _in_output(path: str, plan: Plan) -> Path | None:
    """A file of the output folder; None for what is none, or lies elsewhere."""
    try:
        place = (plan.output / path).resolve()
        found = place.is_relative_to(plan.output.resolve()) and place.is_file()
    except (OSError, ValueError):  # too long a name, or a zero byte
        return None
    return place if found else None


def _problem(text: str, status: int) -> Response:
    return PlainTextResponse(f"{text}\n", status, _OURS)
