"""Mails to one person that are no editions wait in the store until they are sent."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def enqueue(
    db: sqlite3.Connection, *, kind: str, subscriber_id: int, newsletter: str, now: datetime
) -> None:
    """A mail of a kind is to be sent to a person; what it tells of happens `now` (aware).

    `newsletter` is "" where it concerns all. The caller commits.
    """
    from newsfeed.store.queries import queries

    queries.add_notice(
        db,
        kind=kind,
        subscriber_id=subscriber_id,
        newsletter=newsletter,
        at=int(now.timestamp()),
    )
