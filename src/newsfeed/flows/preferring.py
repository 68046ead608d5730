"""Somebody sees and changes what they get, by a link that was mailed to them a day ago at most.

The link proves that the mailbox is theirs, so that what they switch on begins at once.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from newsfeed.address import masked
from newsfeed.audience.evidence import cut_agent, cut_ip
from newsfeed.audience.lifecycle import Event, Refusal, after
from newsfeed.audience.tokens import Preferring
from newsfeed.audience.wording import wording_for
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Visitor, leave_within, tell_result
from newsfeed.model import SubscriptionState
from newsfeed.settings import Newsletter
from newsfeed.store import consents, database, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody gets of what there is. `language` is "" for each newsletter's own."""

    masked: str
    language: str
    active: frozenset[str]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants: the newsletters by name, no others, and the language, None for the one
    that they have. `spoken` is the language in which they were asked.
    """

    newsletters: Collection[str]
    language: str | None
    spoken: str


def preferences_of(people: People, link: Preferring) -> Preferences | None:
    """What the person of a link gets; None where the link is void. Changes nothing."""
    person = _person(people, link)
    return None if person is None else _described(people, person)


def prefer(people: People, link: Preferring, wish: Wish, visitor: Visitor) -> Preferences | None:
    """Make it what the person of a link wants, and give what it is then; None for a void link.

    It may be repeated. What they get of newsletters that are not in the settings stays as it is.
    """
    with database.transaction(people.db):
        person = _person(people, link)
        if person is None:
            return None
        now_active = _active(people, person)
        for newsletter in people.plan.newsletters:
            name = newsletter.name
            if name in wish.newsletters and name not in now_active:
                _begin(people, person, newsletter, wish.spoken, visitor)
            elif name not in wish.newsletters and name in now_active:
                leave_within(people, person, name, visitor)
        if wish.language is not None and wish.language != person.language:
            subscribers.describe(people.db, person.id, name=person.name, language=wish.language)
            person = msgspec.structs.replace(person, language=wish.language)
        return _described(people, person)


def _person(people: People, link: Preferring) -> Subscriber | None:
    """Who a link is for. It is void for an address that is suppressed, and for one that left by
    another way since the link was made: no old mail takes them back (standards S-27).
    """
    person = subscribers.by_public_id(people.db, link.public_id)
    if person is None or suppression.reason(people.db, person.address_hash):
        return None
    left_since = any(
        one.event in ("left", "suppressed", "reinstated")
        and one.way != "preferences"
        and one.at >= link.issued
        for one in consents.of(people.db, person.id)
    )
    return None if left_since else person


def _described(people: People, person: Subscriber) -> Preferences:
    return Preferences(
        masked=masked(person.address),
        language=person.language,
        active=_active(people, person),
    )


def _active(people: People, person: Subscriber) -> frozenset[str]:
    return frozenset(
        one.newsletter
        for one in subscribers.subscriptions(people.db, person.id)
        if one.state is SubscriptionState.ACTIVE
    )


def _begin(
    people: People, person: Subscriber, newsletter: Newsletter, spoken: str, visitor: Visitor
) -> None:
    """A subscription begins by the person's own word (standards L-C-03, L-C-04)."""
    db, now, name = people.db, people.now, newsletter.name
    found = subscribers.subscription(db, person.id, name)
    state = found.state if found else None
    asked = after(state, Event.REQUESTED_AGAIN, suppressed=False)
    begun = after(state if isinstance(asked, Refusal) else asked, Event.CONFIRMED, suppressed=False)
    if isinstance(begun, Refusal):
        return
    wording = wording_for(spoken).titled(newsletter.title)
    consents.keep_wording(db, wording.version, wording.language, wording.consent)
    subscribers.put_subscription(db, person.id, name, begun, now)
    suppression.confirmed(db, person.address_hash)
    consent = Consent(
        event="confirmed",
        at=now,
        newsletter=name,
        way=visitor.way,
        wording=wording.version,
        ip=cut_ip(visitor.ip),
        user_agent=cut_agent(visitor.user_agent),
    )
    consents.record(db, person.id, consent)
    tell_result(people, "confirmed", person, name)
