"""How much there is of everything, counted for whoever watches over the service: numbers only.

Nothing here is written. Each count reads an index, or what its `Memory` does not hold yet.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import msgspec

from newsfeed.errors import StoreError
from newsfeed.model import EditionState, SubscriptionState
from newsfeed.store import database, facts

ByState = dict[tuple[str, str], int]
"""Numbers by newsletter and state, or newsletter and outcome."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a store. `waits` are seconds, by newsletter: how long the letter waits that
    could have left first, 0.0 where none could. `paused`: nothing is sent from the store at all.
    """

    articles: int
    gone: int
    subscribers: ByState
    slots: ByState
    editions: ByState
    deliveries: ByState
    waits: dict[str, float]
    paused: bool


class Memory:
    """What was counted before and cannot have changed: sent editions, and saved articles."""

    def __init__(self) -> None:
        self._sent: dict[tuple[int, int], dict[str, int]] = {}
        self._articles: tuple[str, tuple[int, int]] = ("", (0, 0))

    def letters(
        self, db: sqlite3.Connection, edition_id: int, state: str, finished: int | None
    ) -> dict[str, int]:
        """How many letters of an edition are in each state. A sent one is counted once; who tries
        it again or sends it again finishes it again.
        """
        from newsfeed.store.queries import queries

        key = (edition_id, finished or 0)
        if state == EditionState.SENT and key in self._sent:
            return self._sent[key]
        found = {
            str(name): int(n) for name, n in queries.delivery_counts_of(db, edition_id=edition_id)
        }
        if state == EditionState.SENT:
            self._sent[key] = found
        return found

    def articles(self, db: sqlite3.Connection) -> tuple[int, int]:
        """How many articles were ever published, and how many of them are gone."""
        from newsfeed.store.queries import queries

        revision = database.revision(db)
        if self._articles[0] != revision:
            every, gone = queries.measure_articles(db)
            self._articles = (revision, (int(every), int(gone)))
        return self._articles[1]


def counts(db: sqlite3.Connection, now: datetime, memory: Memory) -> Counts:
    """Count everything at `now` (aware); `memory` is of the same store."""
    from newsfeed.store.queries import queries

    every, gone = memory.articles(db)
    editions: ByState = {}
    deliveries: ByState = {}
    waits: dict[str, float] = {}
    at = int(now.timestamp())
    for edition_id, newsletter, state, finished, begun in queries.measure_editions(db):
        _add(editions, (newsletter, state), 1)
        for name, number in memory.letters(db, edition_id, state, finished).items():
            _add(deliveries, (newsletter, name), number)
        waited = _waited(db, edition_id, begun, at) if state == EditionState.RELEASED else 0.0
        waits[newsletter] = max(waits.get(newsletter, 0.0), waited)
    return Counts(
        articles=every - gone,
        gone=gone,
        subscribers=_subscribers(db),
        slots={(name, outcome): int(n) for name, outcome, n in queries.measure_slots(db)},
        editions=editions,
        deliveries=deliveries,
        waits=waits,
        paused=bool(facts.paused(db, now)),
    )


def usable(path: Path) -> bool:
    """Whether a store can be read and is of this version."""
    try:
        return database.version(path) == database.head()
    except StoreError:
        return False


def _subscribers(db: sqlite3.Connection) -> ByState:
    """Who left is not counted but is the rest: no index holds them, and they may be many."""
    from newsfeed.store.queries import queries

    active = dict(queries.measure_active(db))
    pending = dict(queries.measure_pending(db))
    found: ByState = {}
    for name, every in queries.measure_subscriptions(db):
        gets, waits = active.get(name, 0), pending.get(name, 0)
        found[name, SubscriptionState.ACTIVE] = gets
        found[name, SubscriptionState.PENDING] = waits
        found[name, SubscriptionState.UNSUBSCRIBED] = every - gets - waits
    return found


def _waited(db: sqlite3.Connection, edition_id: int, begun: int | None, at: int) -> float:
    """Seconds since the first letter of an edition could have left. A letter that was never tried
    is due since ever, and so since the edition may leave.
    """
    from newsfeed.store.queries import queries

    due = queries.measure_oldest_due(db, edition_id=edition_id, now=at)
    return 0.0 if due is None else max(0.0, float(at - max(due, begun or 0)))


def _add(found: ByState, key: tuple[str, str], number: int) -> None:
    found[key] = found.get(key, 0) + number
