"""What a newsletter's clock says now: the slot that is due, and what would become of it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from newsfeed.flows.editions import key_of, skips_of, zone_of
from newsfeed.flows.plan import Plan
from newsfeed.model import EditionKind
from newsfeed.schedule.due import Due, clock_key, decide
from newsfeed.schedule.words import parse_schedule
from newsfeed.settings import Newsletter
from newsfeed.store import facts, newsletters
from newsfeed.units import duration


def due_of(plan: Plan, db: sqlite3.Connection, newsletter: Newsletter, now: datetime) -> Due:
    """What is due of a newsletter at `now` (aware). Raises SettingsError."""
    zone = zone_of(newsletter, plan.site.timezone)
    where = key_of(newsletter, "schedule")
    known = newsletters.known(db, newsletter.name)
    due = decide(
        parse_schedule(newsletter.schedule, where=where) if newsletter.schedule else None,
        zone,
        clock=clock_key(newsletter.schedule, zone.key),
        known=known,
        now=now,
        max_late=duration(newsletter.max_late),
        skips=skips_of(newsletter, db),
        paused=bool(facts.paused(db, now)) or newsletters.is_paused(known, now),
        paused_until=facts.paused_until(db),
    )
    name, kind = newsletter.name, EditionKind.SCHEDULED
    if due.slot and newsletters.slot_outcome(db, name, due.slot, kind):
        return msgspec.structs.replace(due, slot=None, outcome=None)  # by a clock that was ahead
    return due
