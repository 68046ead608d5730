"""The journal of who left is replayed onto a store that is older than it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import cast, get_args

import msgspec

from newsfeed.audience.journal import Entry
from newsfeed.flows.enrolling import asked_anew
from newsfeed.model import SubscriptionState, SuppressionReason
from newsfeed.store import consents, database, newsletters, subscribers, suppression
from newsfeed.store.consents import Consent, Way


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """How many entries the journal has, and how many changed the store.

    `unknown` are newsletters that somebody left and that the store does not know, sorted.
    """

    entries: int = 0
    left: int = 0
    suppressed: int = 0
    erased: int = 0
    reinstated: int = 0
    unknown: tuple[str, ...] = ()


def replay(
    db: sqlite3.Connection, entries: Iterable[Entry], now: datetime, before: Replayed | None = None
) -> Replayed:
    """Do again, in order and in one commit, what people wanted since the store was copied.

    What the store knows of a later time stays: who subscribed after leaving is not taken out,
    who came back after an erasure is not erased. Of a subscription that it does not know only the
    leaving is known: for that address nothing but its owner's confirmation counts. May be repeated:
    what came of it `before` then counts once.
    """
    known = before or Replayed()
    done = {event: int(getattr(known, event)) for event in _ACTIONS}
    unknown = set()
    count = 0
    with database.transaction(db):
        for entry in entries:
            count += 1
            changed = _ACTIONS[entry.event](db, entry, now)
            if count > known.entries:
                done[entry.event] += changed
            if entry.event == "left" and _names_nothing(db, entry):
                unknown.add(entry.newsletter)
    return Replayed(entries=count, **done, unknown=tuple(sorted(unknown)))


def _left(db: sqlite3.Connection, entry: Entry, now: datetime) -> bool:
    person = subscribers.find(db, entry.address_hash)
    name = newsletters.current_name(db, entry.newsletter)
    found = subscribers.subscription(db, person.id, name) if person else None
    left = SubscriptionState.UNSUBSCRIBED
    if not person or not found:  # subscribed after the copy: an import must not bring them back
        return suppression.ask_only(db, entry.address_hash)
    if found.state is left or found.since > entry.at:
        return False
    subscribers.put_subscription(db, person.id, name, left, entry.at)
    way = cast("Way", entry.reason if entry.reason in get_args(Way) else "command")
    proof = Consent(event="left", at=entry.at, newsletter=name, way=way, source="journal")
    consents.record(db, person.id, proof)
    subscribers.drop_deliveries(db, person.id, name, "left", now)
    return True


def _suppressed(db: sqlite3.Connection, entry: Entry, now: datetime) -> bool:
    known = suppression.reason(db, entry.address_hash)
    if known and known[1] >= entry.at.replace(microsecond=0):
        return False
    suppression.suppress(db, entry.address_hash, _reason(entry), entry.at)
    if person := subscribers.find(db, entry.address_hash):
        subscribers.drop_deliveries(db, person.id, "", "suppressed", now)
    return True


def _erased(db: sqlite3.Connection, entry: Entry, now: datetime) -> bool:
    person = subscribers.find(db, entry.address_hash)
    known = person is not None and person.created <= entry.at
    if person and known:
        subscribers.clear_replies(db, person.id)
        subscribers.drop_deliveries(db, person.id, "", "erased", now)
        subscribers.delete(db, person.id)
    return _suppressed(db, entry, now) or known


def _reinstated(db: sqlite3.Connection, entry: Entry, now: datetime) -> bool:  # noqa: ARG001
    known = suppression.reason(db, entry.address_hash)
    if known is None or known[1] > entry.at:
        return False
    if person := subscribers.find(db, entry.address_hash):
        asked_anew(db, person, entry.at)
    return suppression.lift(db, entry.address_hash)


_ACTIONS = {
    "left": _left,
    "suppressed": _suppressed,
    "erased": _erased,
    "reinstated": _reinstated,
}


def _reason(entry: Entry) -> SuppressionReason:
    if entry.event == "erased":
        return SuppressionReason.ERASED
    try:
        return SuppressionReason(entry.reason)
    except ValueError:
        return SuppressionReason.BLOCKED


def _names_nothing(db: sqlite3.Connection, entry: Entry) -> bool:
    """Whether a person of the store left a newsletter that the store has never heard of: its
    name was changed after the copy.
    """
    name = newsletters.current_name(db, entry.newsletter)
    person = subscribers.find(db, entry.address_hash)
    return (
        person is not None
        and newsletters.known(db, name) is None
        and subscribers.subscription(db, person.id, name) is None
    )
