"""Mails to subscribers that are no editions, as a queue. The caller commits."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def add(
    db: sqlite3.Connection,
    *,
    kind: str,
    subscriber_id: int,
    newsletter: str,
    language: str = "",
    now: datetime,
    due: datetime,
) -> None:
    """One more mail, to be sent from `due` on; in `language`, "" for the person's own."""
    from newsfeed.store.queries import queries

    queries.add_notice(
        db,
        kind=kind,
        subscriber_id=subscriber_id,
        newsletter=newsletter,
        language=language,
        at=int(now.timestamp()),
        due=int(due.timestamp()),
    )


def count(
    db: sqlite3.Connection, *, kind: str, subscriber_id: int, newsletter: str = "", after: datetime
) -> int:
    """How many of a kind were asked for later than `after`, sent or not; about all newsletters, or
    this one.
    """
    from newsfeed.store.queries import queries

    return int(
        queries.count_notices(
            db,
            kind=kind,
            subscriber_id=subscriber_id,
            newsletter=newsletter,
            after=int(after.timestamp()),
        )
    )
