"""The two doors that a link opens: to leave, and to confirm. A token is read, a flow called."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec

from newsfeed.app import people
from newsfeed.audience.tokens import read_confirm_token, read_leave_token
from newsfeed.audience.wording import wording_of
from newsfeed.flows.asking import asked_too, confirm_all
from newsfeed.flows.subscribing import Confirmed, Visitor, leave, looked_up
from newsfeed.model import SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from newsfeed.audience.tokens import Confirmation
    from newsfeed.audience.wording import Wording
    from newsfeed.flows.people import People
    from newsfeed.flows.plan import Plan
    from newsfeed.flows.subscribing import Person
    from newsfeed.store.consents import Way
    from newsfeed.web.pages import Page, Pages

_CAN_LEAVE = (SubscriptionState.ACTIVE, SubscriptionState.PENDING)


class Doors:
    """What requests to `/u/{newsletter}/{token}` and `/c/{newsletter}/{token}` do.

    Every method opens the store and may wait for it, so that it is called in a thread. Raises
    NewsfeedError where the store cannot be used.
    """

    def __init__(self, plan: Plan, pages: Pages, clock: Callable[[], datetime]) -> None:
        self._plan = plan
        self._pages = pages
        self._clock = clock

    def show_leave(self, request: Request) -> Page:
        """The button to leave; nothing is changed (RFC 9110 section 9.2.1)."""
        newsletter, token = _named(request)
        with self._people() as desk:
            public_id = read_leave_token(desk.keys, newsletter, token)
            if public_id is None:
                return self._pages.not_whole(newsletter)
            person = looked_up(desk, newsletter, public_id)
        if person.state not in _CAN_LEAVE:
            return self._pages.left(person)
        return self._pages.leave(newsletter, person)

    def leave(self, request: Request, body: bytes) -> Page:
        """Leave at once, whatever the body says: the token is enough (RFC 8058 section 3.2)."""
        newsletter, token = _named(request)
        with self._people() as desk:
            public_id = read_leave_token(desk.keys, newsletter, token)
            if public_id is None:
                return self._pages.not_whole(newsletter)
            way: Way = "one-click" if b"One-Click" in body else "link"
            leave(desk, newsletter, public_id, visitor(request, way))
            person = looked_up(desk, newsletter, public_id)
        return self._pages.left(person)

    def show_confirm(self, request: Request) -> Page:
        """What is agreed to, and the button; nothing is changed (standards L-C-02)."""
        newsletter, token = _named(request)
        with self._people() as desk:
            said = read_confirm_token(desk.keys, newsletter, token, desk.now)
            if said is None:
                return self._pages.dead(newsletter)
            person, wording = _asked(desk, newsletter, said)
            also = asked_too(
                desk, newsletter, said.public_id, by=said.issued, language=person.language
            )
        if person.state is SubscriptionState.ACTIVE and not also:
            return self._pages.already(person)
        if person.state not in _CAN_LEAVE or wording is None:
            return self._pages.dead(newsletter)
        return self._pages.confirm(newsletter, person, wording, also)

    def confirm(self, request: Request, _body: bytes) -> Page:
        """Begin the subscription, if the link still stands for it, and what was asked for with it.

        Whatever the body says: the page has but one button.
        """
        newsletter, token = _named(request)
        with self._people() as desk:
            said = read_confirm_token(desk.keys, newsletter, token, desk.now)
            if said is None:
                return self._pages.dead(newsletter)
            who = visitor(request, "link")
            person, _ = _asked(desk, newsletter, said)
            outcome, also = confirm_all(desk, newsletter, said, who, person.language)
        if outcome is Confirmed.DEAD:
            return self._pages.dead(newsletter)
        if outcome is Confirmed.ALREADY and not also:
            return self._pages.already(person)
        return self._pages.confirmed(person, also)

    def _people(self) -> AbstractContextManager[People]:
        return people(self._plan, self._clock())


def _asked(desk: People, newsletter: str, said: Confirmation) -> tuple[Person, Wording | None]:
    """The person of a link to confirm, whose page is in the language of the mail; and its words,
    None where they have changed since.
    """
    person = looked_up(desk, newsletter, said.public_id)
    wording = wording_of(said.wording, person.title)
    if wording is not None:
        person = msgspec.structs.replace(person, language=wording.language)
    return person, wording


def _named(request: Request) -> tuple[str, str]:
    return request.path_params["newsletter"], request.path_params["token"]


def visitor(request: Request, way: Way) -> Visitor:
    """Who asks, and in which way."""
    return Visitor(
        way=way,
        ip=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
    )
