"""Receiving domains that refuse us for what we are, so that an edition leaves them alone a while.

Nothing here commits.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import msgspec


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing goes to `domain` until `until` (UTC), after `strikes` refusals; the last reply."""

    domain: str
    until: datetime
    strikes: int
    reply: str


def of(db: sqlite3.Connection, edition_id: int) -> dict[str, Hold]:
    """The holds of an edition, by domain; also those that are over, until a letter was taken."""
    from newsfeed.store.queries import queries

    return {
        domain: Hold(
            domain=domain, until=datetime.fromtimestamp(until, UTC), strikes=strikes, reply=reply
        )
        for domain, until, strikes, reply in queries.domain_holds(db, edition_id=edition_id)
    }


def put(db: sqlite3.Connection, edition_id: int, hold: Hold) -> None:
    """Hold a domain, in place of an earlier hold."""
    from newsfeed.store.queries import queries

    queries.hold_domain(
        db,
        edition_id=edition_id,
        domain=hold.domain,
        until=int(hold.until.timestamp()),
        strikes=hold.strikes,
        reply=hold.reply,
    )


def lift(db: sqlite3.Connection, edition_id: int, domain: str = "") -> None:
    """Lift the hold of a domain, or all of an edition."""
    from newsfeed.store.queries import queries

    if domain:
        queries.release_domain(db, edition_id=edition_id, domain=domain)
    else:
        queries.release_domains(db, edition_id=edition_id)
