"""Rows of an import on their way into the store. The caller commits.

They wait in a table that only this connection sees; then a few statements put all of them where
they belong, so that nobody else waits longer than these take.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import msgspec

from newsfeed.model import SubscriptionState, SuppressionReason

SUPPRESSING, LEAVING, ACTIVE, PENDING = range(4)
"""How strong a row is against others of the same address: leaving beats everything else."""

BESIDE = 9
"""The strength of a row that suppresses an address of which other rows are kept all the same."""


class Staged(NamedTuple):
    """A row that waits, its values in the order of the statement. Times are seconds since
    1970-01-01 UTC. `state` is "" where the address is to get nothing at all, for the `reason`;
    then `newsletter` is "".
    """

    file: int
    line: int
    strength: int
    newsletter: str
    address_hash: str
    public_id: str
    address: str
    name: str
    language: str
    state: str
    since: int
    source: str
    consented: int | None
    ip: str
    reason: str


class Place(NamedTuple):
    """Where a row stood: the number of its file, and the line from 1."""

    file: int
    line: int


class Leaving(NamedTuple):
    """Somebody who left a newsletter, or (`suppressed`) is to get nothing at all."""

    newsletter: str
    address_hash: str
    suppressed: SuppressionReason | None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What the waiting rows come to: people by what they newly are, and rows that change nothing.

    `kept_out` counts rows of people who left or get nothing, and were said to be there.
    """

    active: int
    pending: int
    unsubscribed: int
    suppressed: int
    kept_out: int
    known: int


@contextmanager
def staging(db: sqlite3.Connection) -> Iterator[None]:
    """Have an empty table of rows that wait while the block runs."""
    from newsfeed.store.queries import queries

    queries.drop_staged(db)
    queries.make_staged(db)
    try:
        yield
    finally:
        if not db.in_transaction:  # else it goes with the transaction that failed
            queries.drop_staged(db)


def stage(db: sqlite3.Connection, rows: Iterable[Staged]) -> None:
    """Let rows wait."""
    from newsfeed.store.queries import queries

    queries.stage(db, rows)


def take_out_repeated(db: sqlite3.Connection) -> Iterator[Place]:
    """When all rows wait: leave one for each address, the strongest; gives the others."""
    from newsfeed.store.queries import queries

    queries.index_staged(db)
    for file, line, strength in queries.take_out_repeated(db):
        if strength != BESIDE:
            yield Place(file, line)


def settle(db: sqlite3.Connection, kept_out: Callable[[Place, str], None]) -> Settled:
    """Leave only rows that change something in the store as it is now, and count them.

    `kept_out` hears of rows whose people are not let in, and why.
    """
    from newsfeed.store.queries import queries

    outside = known = 0
    for file, line, state in queries.take_out_suppressed(db):
        if state in {"", "unsubscribed"}:
            known += 1
        else:
            outside += 1
            kept_out(Place(file, line), "the address is suppressed")
    for file, line in queries.take_out_left(db):
        outside += 1
        kept_out(Place(file, line), "the person left or was suppressed, and has to confirm")
    known += int(queries.take_out_known(db))
    counts = dict(queries.count_staged(db))
    return Settled(
        active=counts.get(SubscriptionState.ACTIVE, 0),
        pending=counts.get(SubscriptionState.PENDING, 0),
        unsubscribed=counts.get(SubscriptionState.UNSUBSCRIBED, 0),
        suppressed=counts.get("", 0),
        kept_out=outside,
        known=known,
    )


def renew_ids(db: sqlite3.Connection, new_public_id: Callable[[], str]) -> None:
    """Give another id to every row whose id is somebody else's."""
    from newsfeed.store.queries import queries

    clashing = [id_ for (id_,) in queries.clashing_ids(db)]
    queries.give_id(db, [{"id": id_, "public_id": new_public_id()} for id_ in clashing])


def leavings(db: sqlite3.Connection) -> Iterator[Leaving]:
    """Everybody who newly left or is newly suppressed, after `settle`."""
    from newsfeed.store.queries import queries

    for newsletter, address_hash, reason, state in queries.staged_leavings(db):
        yield Leaving(newsletter, address_hash, None if state else SuppressionReason(reason))


def bring_in(db: sqlite3.Connection, now: datetime) -> None:
    """Put the rows that `settle` left where they belong, with their proof."""
    from newsfeed.store.queries import queries

    seconds = int(now.timestamp())
    queries.import_suppressions(db, now=seconds)
    queries.import_subscribers(db, now=seconds)
    queries.import_subscriptions(db)
    queries.import_consents(db, now=seconds)
    queries.import_leavings(db, now=seconds)
    queries.drop_deliveries_of_staged(db, now=seconds)
