"""A site with subscribers, and a client that asks its web application without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partialmethod
from pathlib import Path
from typing import Any

import httpx
import lxml.html
from lxml.html import HtmlElement

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience import keys
from newsfeed.audience.tokens import confirm_token, leave_token, new_public_id
from newsfeed.audience.wording import wording_for
from newsfeed.flows.plan import Plan
from newsfeed.model import SubscriptionState
from newsfeed.store import consents, subscribers
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber
from newsfeed.web.application import application
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

ENGLISH = """\
[[newsletters]]
name = "craft"
title = "Feeds and Letters"
from = "Feeds and Letters <craft@example.org>"
language = "en"
"""
SERVER = '[server]\nurl = "https://letters.example.org"\n'
ADDRESS = "mina.kim@mail.example.com"
ACTIVE, PENDING, GONE = (
    SubscriptionState.ACTIVE,
    SubscriptionState.PENDING,
    SubscriptionState.UNSUBSCRIBED,
)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Desk:
    """A site, its store and its application, at a time that the test may change."""

    def __init__(
        self, folder: Path, settings: str = SETTINGS + NEWSLETTER + ENGLISH + SERVER
    ) -> None:
        self.site = Site(folder, settings)
        self.now = NOW
        self.client = "203.0.113.77"
        self.asked: Callable[[], None] = lambda: None
        self.open()

    def open(self) -> None:
        """Start anew, with what the settings file says now."""
        self.plan: Plan = self.site.plan()
        self.app = application(self.plan, lambda: self.now, asked=lambda: self.asked())

    @property
    def keys(self) -> keys.Keys:
        """The keys of the installation."""
        return keys.load(self.plan.secret)

    def person(
        self,
        address: str = ADDRESS,
        newsletter: str = "weekly",
        state: SubscriptionState | None = ACTIVE,
        language: str = "",
    ) -> Subscriber:
        """Somebody in the store; None for no subscription."""
        with people(self.plan, self.now) as desk:
            parsed = parse_address(address)
            hashed = keys.address_hash(desk.keys, parsed.key)
            person = subscribers.find(desk.db, hashed) or subscribers.add(
                desk.db,
                public_id=new_public_id(),
                address_hash=hashed,
                address=parsed.address,
                name="",
                language=language,
                now=desk.now,
            )
            if state is not None:
                subscribers.put_subscription(desk.db, person.id, newsletter, state, desk.now)
        return person

    def state(self, person: Subscriber, newsletter: str = "weekly") -> SubscriptionState | None:
        """What the person is to the newsletter now."""
        with people(self.plan, self.now) as desk:
            found = subscribers.subscription(desk.db, person.id, newsletter)
        return found.state if found else None

    def consents(self, person: Subscriber) -> list[Consent]:
        """What was recorded of the person, oldest first."""
        with people(self.plan, self.now) as desk:
            return consents.of(desk.db, person.id)

    def leave_path(self, person: Subscriber, newsletter: str = "weekly") -> str:
        """Where the person leaves the newsletter."""
        return f"/u/{newsletter}/{leave_token(self.keys, newsletter, person.public_id)}"

    def confirm_path(self, person: Subscriber, newsletter: str = "weekly") -> str:
        """Where the person confirms the newsletter, in the words of now."""
        settings = next(n for n in self.plan.newsletters if n.name == newsletter)
        language = person.language or settings.language or self.plan.site.language
        version = wording_for(language).titled(settings.title).version
        token = confirm_token(self.keys, newsletter, person.public_id, version, self.now)
        return f"/c/{newsletter}/{token}"

    def ask(self, method: str, path: str, **details: Any) -> httpx.Response:  # noqa: ANN401
        """One request, with an empty cookie jar. An exception in the application comes out."""
        return self.ask_often(method, [path], **details)[0]

    get = partialmethod(ask, "GET")
    post = partialmethod(ask, "POST")

    def ask_often(
        self,
        method: str,
        paths: list[str],
        *,
        at_once: bool = False,
        **details: Any,  # noqa: ANN401
    ) -> list[httpx.Response]:
        """A request to each path, one after another or all at once."""

        async def all_of_them() -> list[httpx.Response]:
            door = httpx.ASGITransport(app=self.app, client=(self.client, 4711))
            base = "https://letters.example.org"
            async with httpx.AsyncClient(transport=door, base_url=base) as client:
                client.headers.clear()
                if at_once:
                    return await asyncio.gather(
                        *(client.request(method, path, **details) for path in paths)
                    )
                return [await client.request(method, path, **details) for path in paths]

        return asyncio.run(all_of_them())


def parse(answer: httpx.Response) -> HtmlElement:
    """The page as lxml's HTML parser sees it."""
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(answer.content, parser=parser)


def text(answer: httpx.Response, selector: str = "//main") -> str:
    """What people read, on one line."""
    return " ".join(
        " ".join(found.text_content() for found in parse(answer).xpath(selector)).split()
    )


def heading(answer: httpx.Response) -> str:
    """The page's one heading."""
    (found,) = parse(answer).xpath("//h1")
    return str(found.text_content())


def buttons(answer: httpx.Response) -> list[HtmlElement]:
    """The buttons of forms that post to the page's own address."""
    return list(parse(answer).xpath("//form[@method='post'][not(@action)]//button[@type='submit']"))


async def parts(*pieces: bytes, pause: float = 0.0) -> AsyncIterator[bytes]:
    """A body of unknown length, in pieces."""
    for piece in pieces:
        await asyncio.sleep(pause)
        yield piece
