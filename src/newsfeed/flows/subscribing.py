"""A link was opened: somebody leaves, confirms, or looks where they are.

Whoever knows a link may do what it is for and learns nothing else (standards S-27).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from newsfeed.address import masked
from newsfeed.audience import journal
from newsfeed.audience.evidence import cut_agent, cut_ip
from newsfeed.audience.lifecycle import Event, Refusal, after, is_fresh
from newsfeed.audience.tokens import Confirmation
from newsfeed.audience.wording import Wording, wording_of
from newsfeed.flows.notice_queue import Kind, enqueue
from newsfeed.flows.people import People
from newsfeed.model import SubscriptionState
from newsfeed.store import consents, database, newsletters, subscribers, suppression
from newsfeed.store.consents import Consent, Way
from newsfeed.store.subscribers import Subscriber


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it and how: `ip` and `user_agent` as they were sent. They are kept only in part."""

    way: Way
    ip: str = ""
    user_agent: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows about the person of a link; `state` None and `masked` "" for nobody.

    `title` is the newsletter's, or the site's where there is none of that name.
    """

    masked: str
    title: str
    language: str
    state: SubscriptionState | None


class Confirmed(StrEnum):
    """What a confirmation came to."""

    CONFIRMED = "confirmed"
    ALREADY = "already"
    DEAD = "dead"


def looked_up(people: People, newsletter: str, public_id: str) -> Person:
    """What may be shown of a person and a newsletter. Changes nothing."""
    name = newsletters.current_name(people.db, newsletter)
    settings = people.newsletter(name)
    title = settings.title if settings else people.plan.site.title
    language = (settings.language if settings else "") or people.plan.site.language
    person = subscribers.by_public_id(people.db, public_id)
    if person is None:
        return Person(masked="", title=title, language=language, state=None)
    subscription = subscribers.subscription(people.db, person.id, name)
    return Person(
        masked=masked(person.address),
        title=title,
        language=person.language or language,
        state=subscription.state if subscription else None,
    )


def leave(people: People, newsletter: str, public_id: str, visitor: Visitor) -> None:
    """The person of a link gets no more letters of the newsletter.

    May be repeated, and does nothing for those who left or were erased (standards E-L-09).
    """
    with database.transaction(people.db):
        name = newsletters.current_name(people.db, newsletter)
        person = subscribers.by_public_id(people.db, public_id)
        if person is not None:
            leave_within(people, person, name, visitor)


def leave_within(people: People, person: Subscriber, newsletter: str, visitor: Visitor) -> bool:
    """The part of a transaction that `leave` is. False where nothing was to be done.

    The journal is written first: whoever left stays away even if the store is lost right now.
    """
    db, now = people.db, people.now
    subscription = subscribers.subscription(db, person.id, newsletter)
    suppressed = suppression.reason(db, person.address_hash) is not None
    state = after(subscription.state if subscription else None, Event.LEFT, suppressed=suppressed)
    if isinstance(state, Refusal):
        return False
    entry = journal.Entry(
        at=now,
        event="left",
        newsletter=newsletter,
        address_hash=person.address_hash,
        reason=visitor.way,
    )
    journal.append(people.plan.journal, [entry])
    subscribers.put_subscription(db, person.id, newsletter, state, now)
    consents.record(db, person.id, _consent("left", newsletter, visitor, now))
    subscribers.drop_deliveries(db, person.id, newsletter, "left", now)
    if subscription and subscription.state is SubscriptionState.ACTIVE:
        tell_result(people, "left", person, newsletter)
    return True


def confirm(
    people: People, newsletter: str, confirmation: Confirmation, visitor: Visitor
) -> Confirmed:
    """The person of a confirmation link says yes, to the words that the link was made for.

    Dead is a link from before the person left, was erased or suppressed, and one for other words
    than today's (standards L-C-03). A repetition is no mistake.
    """
    with database.transaction(people.db):
        return confirm_within(people, newsletter, confirmation, visitor)


def confirm_within(
    people: People, newsletter: str, confirmation: Confirmation, visitor: Visitor
) -> Confirmed:
    """The part of a transaction that `confirm` is."""
    db = people.db
    name = newsletters.current_name(db, newsletter)
    settings = people.newsletter(name)
    person = subscribers.by_public_id(db, confirmation.public_id)
    subscription = subscribers.subscription(db, person.id, name) if person else None
    if settings is None or person is None or subscription is None:
        return Confirmed.DEAD
    suppressed = suppression.reason(db, person.address_hash) is not None
    state = after(subscription.state, Event.CONFIRMED, suppressed=suppressed)
    if state is Refusal.ALREADY:
        return Confirmed.ALREADY
    wording = wording_of(confirmation.wording, settings.title)
    fresh = is_fresh(confirmation.issued, subscription.since)
    if isinstance(state, Refusal) or wording is None or not fresh:
        return Confirmed.DEAD
    begin(people, person, name, wording, visitor)
    return Confirmed.CONFIRMED


def begin(
    people: People, person: Subscriber, newsletter: str, wording: Wording, visitor: Visitor
) -> None:
    """A person who waited gets the newsletter from now on, with the proof of what they agreed to.
    The caller commits.
    """
    db, now = people.db, people.now
    consents.keep_wording(db, wording.version, wording.language, wording.consent)
    subscribers.put_subscription(db, person.id, newsletter, SubscriptionState.ACTIVE, now)
    suppression.confirmed(db, person.address_hash)
    consents.record(db, person.id, _consent("confirmed", newsletter, visitor, now, wording))
    tell_result(people, "confirmed", person, newsletter)


def tell_result(
    people: People, kind: Literal["confirmed", "left"], person: Subscriber, newsletter: str
) -> None:
    """A mail will say what came of it, where the newsletter is commercial (standards L-K-08). Where
    it is not, whoever comes is made welcome, if that is wished. The caller commits.
    """
    settings = people.newsletter(newsletter)
    if settings is None:
        return
    told: Kind | None = None
    if settings.commercial:
        told = kind
    elif settings.welcome and kind == "confirmed":
        told = "welcome"
    if told:
        enqueue(
            people.db, kind=told, subscriber_id=person.id, newsletter=newsletter, now=people.now
        )


def _consent(
    event: consents.Event,
    newsletter: str,
    visitor: Visitor,
    now: datetime,
    wording: Wording | None = None,
) -> Consent:
    return Consent(
        event=event,
        at=now,
        newsletter=newsletter,
        way=visitor.way,
        wording=wording.version if wording else "",
        ip=cut_ip(visitor.ip),
        user_agent=cut_agent(visitor.user_agent),
    )
