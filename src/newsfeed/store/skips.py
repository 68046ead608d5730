"""What `newsfeed skip` leaves out: a day of a newsletter, or one of its slots.

Nothing here commits.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta

import msgspec

_KEPT = timedelta(days=400)
"""How long what is over stays: a clock may be set back, and a slot be decided late."""


class Left(msgspec.Struct, frozen=True):
    """A day where the newsletter is at home, or the one slot at `slot` (UTC)."""

    day: date | None = None
    slot: datetime | None = None


def of(db: sqlite3.Connection, newsletter: str) -> list[Left]:
    """Everything that is left out of a newsletter."""
    from newsfeed.store.queries import queries

    return [
        Left(day=date.fromisoformat(day)) if day else Left(slot=datetime.fromtimestamp(slot, UTC))
        for day, slot in queries.skips_of(db, newsletter=newsletter)
    ]


def add(db: sqlite3.Connection, newsletter: str, left: Left) -> bool:
    """Leave it out; False where it was left out before."""
    from newsfeed.store.queries import queries

    return bool(queries.add_skip(db, newsletter=newsletter, **_row(left)))


def drop(db: sqlite3.Connection, newsletter: str, left: Left) -> bool:
    """Leave it out no more; False where it was not left out."""
    from newsfeed.store.queries import queries

    return bool(queries.drop_skip(db, newsletter=newsletter, **_row(left)))


def prune(db: sqlite3.Connection, now: datetime) -> int:
    """Forget what has long been over; gives how many."""
    from newsfeed.store.queries import queries

    then = now - _KEPT
    return int(queries.drop_past_skips(db, day=then.date().isoformat(), slot=int(then.timestamp())))


def _row(left: Left) -> dict[str, str | int]:
    return {
        "day": left.day.isoformat() if left.day else "",
        "slot": int(left.slot.timestamp()) if left.slot else 0,
    }
