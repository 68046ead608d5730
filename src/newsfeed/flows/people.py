"""What the flows work with that deal with subscribers."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.audience import keys
from newsfeed.audience.keys import Keys
from newsfeed.errors import StoreError
from newsfeed.flows.plan import Plan
from newsfeed.settings import Newsletter
from newsfeed.store import facts


class People(msgspec.Struct, frozen=True, kw_only=True):
    """The open store, the keys of the installation, and the time (aware) at which this happens."""

    plan: Plan
    db: sqlite3.Connection
    keys: Keys
    now: datetime

    def newsletter(self, name: str) -> Newsletter | None:
        """The newsletter of that name in the settings."""
        return next((n for n in self.plan.newsletters if n.name == name), None)

    def day(self, moment: datetime) -> str:
        """The day of a moment, as the site's clock shows it."""
        return f"{moment.astimezone(ZoneInfo(self.plan.site.timezone)):%Y-%m-%d}"


def keys_for(db: sqlite3.Connection, secret: Path) -> Keys:
    """The installation's keys; made where there are none yet.

    Raises StoreError where the store belongs to other keys, or to some that are missing: with
    others no link that was sent would work, and who must get nothing would be unknown.
    """
    # The store is asked first: a process that starts beside this one makes the file, then binds it.
    bound = facts.keys_check(db) is not None
    if bound and not secret.exists():
        raise StoreError(
            "the secret file is missing, and the store cannot be used without it",
            where=str(secret),
            remedy="put it back, or restore a backup that has it (`newsfeed db restore`)",
        )
    found = keys.load(secret)
    facts.bind_keys(db, keys.check_value(found), secret)
    return found
