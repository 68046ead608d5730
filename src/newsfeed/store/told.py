"""What the operator was told by mail, each once while it lasts. The caller commits."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

_DAY = timedelta(days=1)


def everything(db: sqlite3.Connection) -> dict[str, datetime]:
    """The keys of what was told and is not over, and when it was told (UTC)."""
    from newsfeed.store.queries import queries

    return {key: datetime.fromtimestamp(at, UTC) for key, at in queries.told_keys(db)}


def note(db: sqlite3.Connection, key: str, now: datetime) -> None:
    """It is told now."""
    from newsfeed.store.queries import queries

    queries.note_told(db, key=key, at=int(now.timestamp()))


def forget(db: sqlite3.Connection, key: str) -> None:
    """It is over, or was not told after all: it is told the next time."""
    from newsfeed.store.queries import queries

    queries.forget_told(db, key=key)


def count_mail(db: sqlite3.Connection, now: datetime) -> int:
    """A mail leaves now; gives its number."""
    from newsfeed.store.queries import queries

    return int(queries.add_operator_mail(db, at=int(now.timestamp())))


def uncount_mail(db: sqlite3.Connection, number: int) -> None:
    """A mail did not leave."""
    from newsfeed.store.queries import queries

    queries.drop_operator_mail(db, id=number)


def mails_of_a_day(db: sqlite3.Connection, now: datetime) -> int:
    """How many mails left in the last 24 hours. What a wrong clock noted for days to come does not
    count; older ones are forgotten.
    """
    from newsfeed.store.queries import queries

    at = int(now.timestamp())
    day = int(_DAY.total_seconds())
    queries.prune_operator_mails(db, after=at - day, before=at + day)
    return int(queries.operator_mails(db, after=at - day, before=at + day))
