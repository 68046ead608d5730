"""Ready editions are released: their recipients are fixed, and delivery may begin."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from newsfeed.flows.naming import standstill
from newsfeed.flows.plan import Plan
from newsfeed.model import EditionState
from newsfeed.store import database, deliveries, editions
from newsfeed.store.editions import EditionRecord

_AT_ONCE = datetime.fromtimestamp(0, UTC)
"""Not the present time: a clock that is ahead now would keep the letters back later."""


def release_ready(plan: Plan, db: sqlite3.Connection, now: datetime) -> list[str]:
    """Release what is ready, if its time has come, and its newsletter is in the settings and goes.

    Gives the names of the editions. Each is one transaction: its recipients are those who are
    active at that moment (guarantee 3).
    """
    return [one.name for one in ready(plan, db, now) if _released(plan, db, one, now)]


def ready(plan: Plan, db: sqlite3.Connection, now: datetime) -> list[EditionRecord]:
    """The editions that would be released now, the oldest first."""
    return [one for one in reversed(editions.everything(db)) if _may_go(plan, db, one, now)]


def to_deliver(plan: Plan, db: sqlite3.Connection, now: datetime) -> tuple[str, ...]:
    """The names of the editions that would go out now: those on their way, and those that may."""
    return tuple(
        one.name
        for one in reversed(editions.everything(db))
        if one.state is EditionState.RELEASED or _may_go(plan, db, one, now)
    )


def _may_go(plan: Plan, db: sqlite3.Connection, edition: EditionRecord, now: datetime) -> bool:
    if edition.state is not EditionState.READY or edition.not_before > now:
        return False
    named = any(newsletter.name == edition.newsletter for newsletter in plan.newsletters)
    return named and not standstill(db, edition.newsletter, now)


def _released(plan: Plan, db: sqlite3.Connection, edition: EditionRecord, now: datetime) -> bool:
    with database.transaction(db):
        if not _may_go(plan, db, editions.get(db, edition.id), now):
            return False  # another run was quicker
        queued = deliveries.queue(db, edition, _AT_ONCE)
        editions.set_released(db, edition.id, now, plan.mail.transport)
        if not queued:
            editions.set_finished(db, edition.id, now)
    return True
