"""Subscriptions on their way out of the store, row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from newsfeed.model import SubscriptionState
from newsfeed.store.spans import spans


def exported(
    db: sqlite3.Connection, newsletter: str, state: SubscriptionState | None
) -> Iterator[tuple[str, str, str, str, str, int, str, int | None, str]]:
    """Every subscription, in the order in which people came: address, name, language, newsletter,
    state, since, source and time of the consent, and why the address gets nothing ("" if it may).

    `newsletter` "" and `state` None stand for all. Times are seconds since 1970-01-01 UTC.
    """
    from newsfeed.store.queries import queries

    chosen = {"newsletter": newsletter, "state": state or ""}
    for after, last in spans(db):
        yield from list(queries.export_subscriptions(db, **chosen, after=after, last=last))


def count(db: sqlite3.Connection, newsletter: str, state: SubscriptionState | None) -> int:
    """How many rows `exported` gives."""
    from newsfeed.store.queries import queries

    return int(queries.count_exported(db, newsletter=newsletter, state=state or ""))
