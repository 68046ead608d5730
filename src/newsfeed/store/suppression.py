"""Addresses that get nothing, whatever anybody says; only their hashes. The caller commits."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from newsfeed.model import SuppressionReason


def reason(db: sqlite3.Connection, address_hash: str) -> tuple[SuppressionReason, datetime] | None:
    """Why an address gets nothing, and since when (UTC); None where it may get letters."""
    from newsfeed.store.queries import queries

    row = queries.suppression_of(db, address_hash=address_hash)
    if not row:
        return None
    why, since = row
    return SuppressionReason(why), datetime.fromtimestamp(since, UTC)


def suppress(
    db: sqlite3.Connection, address_hash: str, why: SuppressionReason, now: datetime
) -> None:
    """The address gets nothing from now on. A newer reason replaces an older, but for `erased`."""
    from newsfeed.store.queries import queries

    queries.suppress_address(
        db, address_hash=address_hash, reason=why.value, since=int(now.timestamp())
    )


def lift(db: sqlite3.Connection, address_hash: str) -> bool:
    """The address may be asked again. False where it was not suppressed.

    Until its owner confirms something, nobody else's word counts for it: `own_word_only`.
    """
    from newsfeed.store.queries import queries

    if not int(queries.lift_suppression(db, address_hash=address_hash)):
        return False
    queries.note_reinstated(db, address_hash=address_hash)
    return True


def ask_only(db: sqlite3.Connection, address_hash: str) -> bool:
    """From now on only its owner's confirmation counts for the address. False where it was so."""
    from newsfeed.store.queries import queries

    return int(queries.note_reinstated(db, address_hash=address_hash)) > 0


def own_word_only(db: sqlite3.Connection, address_hash: str) -> bool:
    """Whether a suppression was lifted, or it is known only that somebody left, and the address's
    owner confirmed nothing since.
    """
    from newsfeed.store.queries import queries

    return int(queries.is_reinstated(db, address_hash=address_hash)) > 0


def confirmed(db: sqlite3.Connection, address_hash: str) -> None:
    """The owner of the address confirmed something: no suppression stands between any more."""
    from newsfeed.store.queries import queries

    queries.drop_reinstated(db, address_hash=address_hash)
