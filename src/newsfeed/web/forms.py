"""What the forms do: `/s` to subscribe, `/p` to ask for a link to one's preferences, and there.

To whatever is asked in a form the answer is the same, and it comes before anything is done
(standards S-09). What is asked is left in a postbox.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from starlette.exceptions import HTTPException

from newsfeed.address import Address, AddressError, parse_address
from newsfeed.app import people
from newsfeed.audience.tokens import form_stamp, read_form_stamp, read_preferences_token
from newsfeed.flows.asking import Ask, Asked, ask, ask_for_preferences
from newsfeed.flows.preferring import Wish, prefer, preferences_of
from newsfeed.web.doors import visitor
from newsfeed.web.fields import Fields, one, read_fields
from newsfeed.web.form_pages import (
    NOTHING_CHOSEN,
    STALE,
    WRONG_ADDRESS,
    Entry,
    FormPages,
    spoken_languages,
)
from newsfeed.web.words import CATALOGUE, words_for

if TYPE_CHECKING:
    from starlette.requests import Request

    from newsfeed.flows.people import People
    from newsfeed.flows.plan import Plan
    from newsfeed.flows.preferring import Preferences
    from newsfeed.web.pages import Page, Pages
    from newsfeed.web.postbox import Job, Postbox

QUICKEST = timedelta(seconds=3)
"""No person fills in a form in less (standards S-08)."""

OLDEST = timedelta(hours=24)
"""After that a form is to be sent once more."""

_LONGEST_SHOWN = 320
"""Characters of what was typed that are shown again."""


class Forms:
    """What requests to `/s`, `/p` and `/p/{token}` do; every method is called in a thread.

    Raises NewsfeedError where the store cannot be used, HTTPException for our page about it.
    """

    def __init__(
        self, plan: Plan, pages: Pages, clock: Callable[[], datetime], postbox: Postbox
    ) -> None:
        self._plan = plan
        self._pages = FormPages(plan, pages)
        self._clock = clock
        self._postbox = postbox

    def show_subscribe(self, request: Request) -> Page:
        """The form; nothing is ticked (standards L-C-05)."""
        self._refuse_without_newsletters()
        return self._pages.subscribe(self._blank(request))

    def subscribe(self, request: Request, body: bytes) -> Page:
        """Ask for newsletters in the name of an address."""
        self._refuse_without_newsletters()
        fields = read_fields(request.headers.get("content-type", ""), body)
        entry, address, shown = self._entered(request, fields)
        there = [n.name for n in self._plan.newsletters]
        chosen = tuple(name for name in there if name in fields.get("newsletter", ()))
        wrong = entry.wrong if chosen else (*entry.wrong, NOTHING_CHOSEN)
        entry = msgspec.structs.replace(entry, chosen=chosen, wrong=wrong)
        if entry.wrong or address is None:
            return self._pages.subscribe(entry)
        said = Ask(
            address=address,
            newsletters=chosen,
            language=entry.language,
            form=f"{self._plan.links_url}/s",
            visitor=visitor(request, "form"),
        )
        self._leave(fields, shown, lambda desk: ask(desk, said) is not Asked.NOTHING)
        return self._pages.subscribe_sent(entry.language)

    def show_manage(self, request: Request) -> Page:
        """The form that asks for a link to one's preferences."""
        return self._pages.manage(self._blank(request))

    def manage(self, request: Request, body: bytes) -> Page:
        """Ask for that link in the name of an address."""
        fields = read_fields(request.headers.get("content-type", ""), body)
        entry, address, shown = self._entered(request, fields)
        if entry.wrong or address is None:
            return self._pages.manage(entry)
        wanted = partial(ask_for_preferences, address=address, language=entry.language)
        self._leave(fields, shown, lambda desk: wanted(desk) is not Asked.NOTHING)
        return self._pages.manage_sent(entry.language)

    def show_preferences(self, request: Request) -> Page:
        """What the person of a link gets; nothing is changed."""
        with self._people() as desk:
            link = read_preferences_token(desk.keys, request.path_params["token"], desk.now)
            found = preferences_of(desk, link) if link else None
        return self._pages.choose(found, saved=False) if found else self._pages.manage_dead()

    def save_preferences(self, request: Request, body: bytes) -> Page:
        """Make it what the person of a link wants."""
        fields = read_fields(request.headers.get("content-type", ""), body)
        if "language" not in fields:  # no form of ours: it must not end all subscriptions
            return self.show_preferences(request)
        with self._people() as desk:
            link = read_preferences_token(desk.keys, request.path_params["token"], desk.now)
            found = preferences_of(desk, link) if link else None
            if link and found:
                wish = self._wish(fields, found)
                found = prefer(desk, link, wish, visitor(request, "preferences"))
        return self._pages.choose(found, saved=True) if found else self._pages.manage_dead()

    def _wish(self, fields: Fields, found: Preferences) -> Wish:
        language = one(fields, "language")
        known = ("", *spoken_languages(self._plan, found.language))
        return Wish(
            newsletters=fields.get("newsletter", ()),
            language=language if language in known else None,
            spoken=words_for(found.language or self._plan.site.language).language,
        )

    def _blank(self, request: Request) -> Entry:
        with self._people() as desk:
            return Entry(
                language=self._language(request.query_params.get("language", "")),
                only=self._only(request),
                stamp=form_stamp(desk.keys, desk.now),
            )

    def _entered(
        self, request: Request, fields: Fields
    ) -> tuple[Entry, Address | None, datetime | None]:
        """The form as it came, the address in it, and when it was shown (None: who knows?).

        A form that is shown again keeps the time at which it was first shown, and one that was
        shown too long ago may be sent again at once.
        """
        wrong: list[str] = []
        try:
            address = parse_address(one(fields, "address"))
        except AddressError:
            address = None
            wrong.append(WRONG_ADDRESS)
        stamp = one(fields, "stamp")
        with self._people() as desk:
            shown = read_form_stamp(desk.keys, stamp)
            age = None if shown is None else desk.now - shown
            if age is None or age > OLDEST:
                wrong.append(STALE)
                since = desk.now if age is None else desk.now - QUICKEST
                stamp = form_stamp(desk.keys, since)
        entry = Entry(
            language=self._language(one(fields, "language")),
            only=self._only(request),
            stamp=stamp,
            address=one(fields, "address")[:_LONGEST_SHOWN],
            wrong=tuple(wrong),
        )
        return entry, address, shown

    def _leave(self, fields: Fields, shown: datetime | None, job: Job) -> None:
        """Leave what is to be done, unless a machine filled in the form: it is told nothing."""
        quick = shown is None or self._clock() - shown < QUICKEST
        if quick or one(fields, "message"):
            return
        if not self._postbox.put(job):
            raise HTTPException(503)

    def _refuse_without_newsletters(self) -> None:
        if not self._plan.newsletters:
            raise HTTPException(404)

    def _language(self, asked: str) -> str:
        return asked if asked in CATALOGUE else self._plan.site.language

    def _only(self, request: Request) -> str:
        name = request.query_params.get("newsletter", "")
        return name if any(n.name == name for n in self._plan.newsletters) else ""

    def _people(self) -> AbstractContextManager[People]:
        return people(self._plan, self._clock())
