"""Somebody asks by the web: for newsletters, or for a link to their preferences.

Whoever asks may be a stranger: nobody gets a letter by it, and an address gets few mails, whatever
is asked in its name (standards S-08). Nothing here is answered to them (S-09).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from newsfeed.address import Address
from newsfeed.audience.evidence import cut_agent, cut_ip
from newsfeed.audience.keys import address_hash
from newsfeed.audience.lifecycle import BETWEEN_MAILS, MOST_MAILS, Event, Refusal, after
from newsfeed.audience.tokens import new_public_id
from newsfeed.audience.wording import wording_for
from newsfeed.flows.notice_queue import enqueue
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Visitor
from newsfeed.model import SubscriptionState
from newsfeed.store import consents, database, newsletters, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber, Subscription


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a form was sent with: `newsletters` by name, and the `language` that it was shown in.

    `form` is its address; the visitor's way is "form".
    """

    address: Address
    newsletters: tuple[str, ...]
    language: str
    form: str
    visitor: Visitor


class Asked(StrEnum):
    """What there is to do now; never told to whoever asked."""

    CONFIRMATION = "a confirmation mail may be due"
    NOTICE = "a notice is due"
    NOTHING = "nothing"


def ask(people: People, said: Ask) -> Asked:
    """Note what somebody asked for, if anything may come of it.

    A suppressed address is left alone. Whoever left is asked again: the owner of the address
    alone can say yes. Whoever has all that was asked for is told so by mail, once a day.
    """
    db, now = people.db, people.now
    number = address_hash(people.keys, said.address.key)
    with database.transaction(db):
        if suppression.reason(db, number):
            return Asked.NOTHING
        names = _offered(people, said.newsletters)
        person = subscribers.find(db, number)
        if person is None and names:
            person = subscribers.add(
                db,
                public_id=new_public_id(),
                address_hash=number,
                address=said.address.address,
                name="",
                language=said.language,
                now=now,
            )
        if person is None:
            return Asked.NOTHING
        found = {name: subscribers.subscription(db, person.id, name) for name in names}
        active = [name for name in names if _is_active(found[name])]
        for name in names:
            if name not in active:
                _request(people, said, person, name, found[name])
        if len(active) < len(names):
            return Asked.CONFIRMATION
        if active and enqueue(
            db, kind="already", subscriber_id=person.id, newsletter=active[0], now=now
        ):
            return Asked.NOTICE
    return Asked.NOTHING


def ask_for_preferences(people: People, address: Address) -> Asked:
    """A link to their preferences for somebody who gets a newsletter, once an hour at most.

    Nobody else is mailed: an address that never confirmed may be a stranger's.
    """
    db = people.db
    number = address_hash(people.keys, address.key)
    with database.transaction(db):
        person = subscribers.find(db, number)
        if person is None or suppression.reason(db, number):
            return Asked.NOTHING
        if not any(map(_is_active, subscribers.subscriptions(db, person.id))):
            return Asked.NOTHING
        if enqueue(db, kind="preferences", subscriber_id=person.id, newsletter="", now=people.now):
            return Asked.NOTICE
    return Asked.NOTHING


def _offered(people: People, names: tuple[str, ...]) -> list[str]:
    """Those of the names that are in the settings, in their order and by their present name."""
    current = {newsletters.current_name(people.db, name) for name in names}
    return [one.name for one in people.plan.newsletters if one.name in current]


def _is_active(found: Subscription | None) -> bool:
    return found is not None and found.state is SubscriptionState.ACTIVE


def _request(
    people: People, said: Ask, person: Subscriber, name: str, found: Subscription | None
) -> None:
    """One newsletter waits for the person's confirmation from now on.

    Where it waits already and a mail can be written now, the request begins anew: its link may be
    lost. Where none can, the link that was sent goes on to work.
    """
    db, now = people.db, people.now
    state = after(found.state if found else None, Event.REQUESTED_AGAIN, suppressed=False)
    again = suppression.own_word_only(db, person.address_hash) or (
        found is not None and (found.asked_again or found.state is SubscriptionState.UNSUBSCRIBED)
    )
    if not isinstance(state, Refusal):
        subscribers.put_subscription(db, person.id, name, state, now, asked_again=again)
    elif found is not None:
        of_this = [
            c for c in consents.of(db, person.id) if c.newsletter == name and c.at >= found.since
        ]
        by_form = any(c.event == "requested" and c.way == "form" for c in of_this)
        if any(c.event == "mailed" for c in of_this) and _may_be_mailed(people, person):
            subscribers.put_subscription(db, person.id, name, found.state, now, asked_again=again)
        elif by_form:
            return  # it waits for its mail, or its mail is with them
    _record(people, said, person, name)


def _may_be_mailed(people: People, person: Subscriber) -> bool:
    mails, last = consents.mails(people.db, person.address_hash)
    return mails < MOST_MAILS and (last is None or people.now - last >= BETWEEN_MAILS)


def _record(people: People, said: Ask, person: Subscriber, name: str) -> None:
    """The proof of what was asked for, and in which words (standards L-C-04)."""
    newsletter = people.newsletter(name)
    title = newsletter.title if newsletter else name
    wording = wording_for(said.language).titled(title)
    consents.keep_wording(people.db, wording.version, wording.language, wording.consent)
    consent = Consent(
        event="requested",
        at=people.now,
        newsletter=name,
        way=said.visitor.way,
        source=said.form,
        wording=wording.version,
        ip=cut_ip(said.visitor.ip),
        user_agent=cut_agent(said.visitor.user_agent),
    )
    consents.record(people.db, person.id, consent)
