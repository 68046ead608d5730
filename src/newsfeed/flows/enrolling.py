"""The operator adds somebody, takes them off, or lets an address be asked again."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from newsfeed.address import Address
from newsfeed.audience import journal
from newsfeed.audience.evidence import person_name
from newsfeed.audience.keys import address_hash
from newsfeed.audience.lifecycle import Event, Refusal, after
from newsfeed.audience.tokens import new_public_id
from newsfeed.errors import NewsfeedError
from newsfeed.flows.naming import unknown_newsletter
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Visitor, leave_within
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.store import consents, database, newsletters, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber, Subscription

BY_COMMAND = Visitor(way="command")


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of somebody who is added. None leaves what is known as it is.

    `consent` is where their consent is from, "" where there is none yet; `consented` (aware) when
    they gave it, if that is known. `again`: ask them although they left.
    """

    name: str | None = None
    language: str | None = None
    consent: str = ""
    consented: datetime | None = None
    again: bool = False


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What the person is now; `changed` is False where it was so before."""

    state: SubscriptionState
    changed: bool


class Reinstated(msgspec.Struct, frozen=True, kw_only=True):
    """Why the address got nothing (None: it was not suppressed), and which newsletters now wait
    for the person's confirmation.
    """

    reason: SuppressionReason | None
    pending: tuple[str, ...] = ()


def add(people: People, address: Address, newsletter: str, said: Enrolment) -> Added:
    """Somebody gets a newsletter: at once by a stated consent, else after confirming.

    Whoever left is not taken back by an operator's word: `again` makes them pending, with a
    stated consent too, and their own confirmation decides (standards E-D-09). The same is true of
    an address that was suppressed and reinstated, for whatever reason.

    Raises UsageError for a newsletter that is not in the settings, NewsfeedError for an address
    that is suppressed, or that left, or a stated consent of one that has to confirm.
    """
    name = offered(people, newsletter)
    db, now = people.db, people.now
    number = address_hash(people.keys, address.key)
    with database.transaction(db):
        person = subscribers.find(db, number)
        found = subscribers.subscription(db, person.id, name) if person else None
        was = found.state if found else None
        left = was is SubscriptionState.UNSUBSCRIBED
        own_word = (found is not None and found.asked_again) or suppression.own_word_only(
            db, number
        )
        event = Event.STATED if said.consent else Event.REQUESTED
        if said.again and (left or own_word):
            event = Event.REQUESTED_AGAIN
        suppressed = suppression.reason(db, number)
        state = after(was, event, suppressed=suppressed is not None, own_word=own_word)
        if isinstance(state, Refusal):
            _explain(people, state, address, name, suppressed, found)
        person = _described(people, person, address, said)
        if isinstance(state, Refusal):
            return Added(state=was or SubscriptionState.PENDING, changed=False)
        again = state is SubscriptionState.PENDING and (left or own_word)
        subscribers.put_subscription(db, person.id, name, state, now, asked_again=again)
        consent = Consent(
            event="stated" if event is Event.STATED else "requested",
            at=now,
            newsletter=name,
            way="command",
            consented=said.consented,
            source=person_name(said.consent),
        )
        consents.record(db, person.id, consent)
    return Added(state=state, changed=True)


def unsubscribe(people: People, address: Address, newsletter: str = "") -> list[str]:
    """The person gets no more of a newsletter, or ("") of any; gives the names of those left.

    Raises UsageError for a newsletter that nobody knows.
    """
    only = known(people, newsletter) if newsletter else ""
    with database.transaction(people.db):
        person = subscribers.find(people.db, address_hash(people.keys, address.key))
        if person is None:
            return []
        return [
            subscription.newsletter
            for subscription in subscribers.subscriptions(people.db, person.id)
            if not only or subscription.newsletter == only
            if leave_within(people, person, subscription.newsletter, BY_COMMAND)
        ]


def reinstate(people: People, address: Address) -> Reinstated:
    """Lift a suppression. No letter follows from it: what was active waits for a confirmation.

    So does whatever comes: for this address, erased ones too, only its owner's confirmation counts
    until there is one.
    """
    db, now = people.db, people.now
    number = address_hash(people.keys, address.key)
    with database.transaction(db):
        suppressed = suppression.reason(db, number)
        if suppressed is None:
            return Reinstated(reason=None)
        entry = journal.Entry(
            at=now, event="reinstated", newsletter="", address_hash=number, reason="command"
        )
        journal.append(people.plan.journal, [entry])
        suppression.lift(db, number)
        person = subscribers.find(db, number)
        pending = asked_anew(db, person, now) if person else ()
    return Reinstated(reason=suppressed[0], pending=pending)


def offered(people: People, newsletter: str) -> str:
    """The present name of a newsletter of the settings. Raises UsageError, with the nearest one."""
    name = newsletters.current_name(people.db, newsletter)
    if people.newsletter(name) is None:
        raise unknown_newsletter(newsletter, [n.name for n in people.plan.newsletters])
    return name


def known(people: People, newsletter: str) -> str:
    """The present name of a newsletter of the settings, or of one that vanished from them and
    still has subscribers. Raises UsageError, with the nearest one.
    """
    name = newsletters.current_name(people.db, newsletter)
    names = [n.name for n in people.plan.newsletters]
    names += [n for n in newsletters.subscribed(people.db) if n not in names]
    if name not in names:
        raise unknown_newsletter(newsletter, names)
    return name


def _described(
    people: People, person: Subscriber | None, address: Address, said: Enrolment
) -> Subscriber:
    """The person, made where there is none yet, with the name and language that were given."""
    db = people.db
    name = None if said.name is None else person_name(said.name)
    if person is None:
        return subscribers.add(
            db,
            public_id=new_public_id(),
            address_hash=address_hash(people.keys, address.key),
            address=address.address,
            name=name or "",
            language=said.language or "",
            now=people.now,
        )
    name = person.name if name is None else name
    language = person.language if said.language is None else said.language
    if (name, language) != (person.name, person.language):
        subscribers.describe(db, person.id, name=name, language=language)
    return person


def asked_anew(db: sqlite3.Connection, person: Subscriber, now: datetime) -> tuple[str, ...]:
    """The part of a reinstatement that concerns a person: what was active or pending at `now` waits
    for a new confirmation. Gives these newsletters. The caller commits.
    """
    pending = []
    for subscription in subscribers.subscriptions(db, person.id):
        state = after(subscription.state, Event.REINSTATED, suppressed=True)
        if not isinstance(state, Refusal) and subscription.since <= now:
            name = subscription.newsletter
            subscribers.put_subscription(db, person.id, name, state, now, asked_again=True)
            pending.append(name)
    for newsletter in pending or [""]:
        consent = Consent(event="reinstated", at=now, newsletter=newsletter, way="command")
        consents.record(db, person.id, consent)
    return tuple(pending)


def _explain(
    people: People,
    why: Refusal,
    address: Address,
    newsletter: str,
    suppressed: tuple[SuppressionReason, datetime] | None,
    found: Subscription | None,
) -> None:
    """Raise the error for a refusal that is one; that somebody is there already is none."""
    if why is Refusal.SUPPRESSED and suppressed:
        why_not, since = suppressed
        raise _suppressed(address, why_not, people.day(since))
    if why is Refusal.LEFT and found:
        raise _left(address, newsletter, people.day(found.since))
    if why is Refusal.OWN_WORD:
        raise NewsfeedError(
            "this person left or got nothing before, so that only their own confirmation counts",
            where=address.address,
            remedy="leave out --consent; `newsfeed subscribers confirm --send` asks them",
        )


def _suppressed(address: Address, why: SuppressionReason, since: str) -> NewsfeedError:
    return NewsfeedError(
        f"this address gets nothing: {why.value} since {since}",
        where=address.address,
        remedy=f"if the person asks for it, `newsfeed subscribers reinstate {address.address}`",
    )


def _left(address: Address, newsletter: str, since: str) -> NewsfeedError:
    return NewsfeedError(
        f"this person left {newsletter} on {since}",
        where=address.address,
        remedy="if the person asks for it, say --again: they get a mail and have to confirm",
    )
