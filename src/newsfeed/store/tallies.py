"""What became of an edition's letters, counted: for whoever decides or wants to know.

Nothing here is written.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import msgspec

from newsfeed.model import DeliveryState


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Letters that failed or were put off for one reason; `due` (UTC) is when the next is tried."""

    state: DeliveryState
    reply: str
    letters: int
    due: datetime


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """How many letters left in a stretch of time, from its first to its last (UTC)."""

    letters: int
    first: datetime
    last: datetime


def first_outcomes(db: sqlite3.Connection, edition_id: int, most: int) -> tuple[int, int]:
    """How many letters of an edition left, and how many failed; not more than `most` of each are
    counted.
    """
    from newsfeed.store.queries import queries

    sent, failed = queries.first_outcomes(db, edition_id=edition_id, most=most)
    return int(sent), int(failed)


def speed(db: sqlite3.Connection, edition_id: int, since: datetime) -> Speed | None:
    """How many letters of an edition left since a moment; None where none did."""
    from newsfeed.store.queries import queries

    letters, first, last = queries.sent_since(
        db, edition_id=edition_id, since=int(since.timestamp())
    )
    if not letters:
        return None
    return Speed(
        letters=letters,
        first=datetime.fromtimestamp(first, UTC),
        last=datetime.fromtimestamp(last, UTC),
    )


def causes(db: sqlite3.Connection, edition_id: int) -> list[Cause]:
    """Why letters failed or were put off, the most frequent reason first."""
    from newsfeed.store.queries import queries

    return [
        Cause(
            state=DeliveryState(state),
            reply=reply,
            letters=letters,
            due=datetime.fromtimestamp(due, UTC),
        )
        for state, reply, letters, due in queries.delivery_causes(db, edition_id=edition_id)
    ]


def count_retaken(db: sqlite3.Connection, edition_id: int) -> tuple[int, int]:
    """How many letters a process held when it ended: they may have gone out twice. And how many of
    them have yet to go out again.
    """
    from newsfeed.store.queries import queries

    letters, waiting = queries.count_retaken(db, edition_id=edition_id)
    return int(letters), int(waiting)


def retaken(db: sqlite3.Connection, edition_id: int) -> list[tuple[str, DeliveryState, int]]:
    """To whom a letter may have gone out twice: address, state, and how often it was taken back."""
    from newsfeed.store.queries import queries

    return [
        (address, DeliveryState(state), times)
        for address, state, times in queries.retaken(db, edition_id=edition_id)
    ]
