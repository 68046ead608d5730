"""Once more: an edition to one person, or to all whom it did not reach."""

from __future__ import annotations

import msgspec

from newsfeed.address import Address
from newsfeed.audience.keys import address_hash
from newsfeed.flows.naming import RefusedError, edition_named, newsletter_of, refused, standstill
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState, SubscriptionState
from newsfeed.store import database, deliveries, editions, holds, subscribers, suppression
from newsfeed.store.editions import EditionRecord

_OPEN = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


class Requeued(msgspec.Struct, frozen=True, kw_only=True):
    """So many letters of an edition are to be delivered now. `copy`: to somebody who had one.

    `standstill` says why nothing of the newsletter is delivered, and what ends that, or "".
    """

    edition: str
    letters: int
    copy: bool
    standstill: str


def resend(people: People, name: str, address: Address) -> Requeued:
    """Queue an edition for one active subscriber of its newsletter, once more if they had it.

    A further copy has a Message-ID of its own. Commits; delivery is the caller's.
    Raises UsageError, SettingsError, RefusedError.
    """
    db = people.db
    with database.transaction(db):
        edition = _deliverable(people, name)
        subscriber_id = _reader(people, edition, address)
        state = deliveries.state_of(db, edition.id, subscriber_id)
        if state in _OPEN and edition.state is EditionState.RELEASED:
            raise refused(
                edition,
                f"the letter to {address.address} waits to be delivered",
                "`newsfeed send` delivers it",
            )
        if state not in _OPEN:
            deliveries.queue_one(db, edition.id, subscriber_id, people.now)
        _reopen(people, edition)
    return Requeued(
        edition=edition.name,
        letters=1,
        copy=state is DeliveryState.SENT,
        standstill=standstill(db, edition.newsletter, people.now),
    )


def retry(people: People, name: str) -> Requeued:
    """Queue what failed, waits, or was left out for want of room. Commits; delivery is the
    caller's. With nothing to try again it gives 0 letters.

    Raises UsageError, SettingsError, RefusedError.
    """
    db = people.db
    with database.transaction(db):
        edition = _deliverable(people, name)
        deliveries.requeue(db, edition.id, people.now)
        editions.forgive(db, edition.id, 0)
        holds.lift(db, edition.id)
        letters = deliveries.counts_of(db, edition.id).get(DeliveryState.QUEUED, 0)
        if letters:
            _reopen(people, edition)
    return Requeued(
        edition=edition.name,
        letters=letters,
        copy=False,
        standstill=standstill(db, edition.newsletter, people.now),
    )


def _deliverable(people: People, name: str) -> EditionRecord:
    """The edition, if it was released and can go on. Raises RefusedError, SettingsError."""
    edition = edition_named(people.db, name)
    if edition.state is EditionState.HELD:
        remedy = f"`newsfeed editions approve {edition.name}` first"
        raise refused(edition, "nobody gets it before it is approved", remedy)
    if edition.state is EditionState.READY:
        raise refused(edition, "nobody was to get it yet", "`newsfeed send` delivers it")
    if edition.state is EditionState.PAUSED:
        remedy = f"`newsfeed editions resume {edition.name}` first"
        raise refused(edition, "nothing of it is delivered", remedy)
    if edition.state is EditionState.CANCELLED:
        remedy = f"`newsfeed editions new {edition.newsletter}` makes another"
        raise refused(edition, "nobody gets it any more", remedy)
    newsletter_of(people.plan, edition)
    return edition


def _reader(people: People, edition: EditionRecord, address: Address) -> int:
    """The number of an active subscriber of the edition's newsletter. Raises RefusedError."""
    db = people.db
    number = address_hash(people.keys, address.key)
    if suppressed := suppression.reason(db, number):
        raise RefusedError(
            f"gets nothing: {suppressed[0].value} since {people.day(suppressed[1])}",
            where=address.address,
            remedy=f"see `newsfeed subscribers show {address.address}`",
        )
    person = subscribers.find(db, number)
    found = subscribers.subscription(db, person.id, edition.newsletter) if person else None
    if person is None or found is None or found.state is not SubscriptionState.ACTIVE:
        state = found.state.value if found else "not subscribed"
        raise RefusedError(
            f"is {state}, and {edition.newsletter} goes to active subscribers only",
            where=address.address,
            remedy=f"see `newsfeed subscribers show {address.address}`; "
            f"`newsfeed test {edition.newsletter} --to` reaches anybody",
        )
    return person.id


def _reopen(people: People, edition: EditionRecord) -> None:
    """What was complete is no longer; deliveries go on."""
    if edition.state is EditionState.SENT:
        editions.set_state(people.db, edition.id, EditionState.RELEASED)
    else:
        editions.touch(people.db)
