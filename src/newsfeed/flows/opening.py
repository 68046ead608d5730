"""What is looked at before the store is opened: whether this is a first run, or a store is lost."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from newsfeed.flows.plan import Plan
from newsfeed.store import database, private


def prepare(plan: Plan, now: datetime) -> None:
    """Make the private folders; and, where the store is missing or empty though there was one, a
    new store that keeps out who left and that is paused (guarantees 6 and 7).

    That there was one is told by the secret file, which is made after the store, and by the journal
    of who left. Without either this is a first run. Raises StoreError.
    """
    private.prepare(plan.private)
    private.make(plan.store.parent)
    with database.explained(plan.store, OSError):
        lost = is_new(plan.store) and _was_used(plan)
    if lost:
        from newsfeed.flows.storekeeping import make_anew

        make_anew(plan, now)


def is_new(store: Path) -> bool:
    """Whether there is no store yet, or a file without a byte in its place."""
    return not store.exists() or (store.is_file() and store.stat().st_size == 0)


def _was_used(plan: Plan) -> bool:
    """Whether there was a store. It is looked for once more at the end: a process that starts
    beside this one makes the store first, then the secret file.
    """
    journal = plan.journal
    left = journal.is_file() and journal.stat().st_size > 0
    return (left or plan.secret.exists()) and is_new(plan.store)
