"""What is looked after before anything is decided."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from newsfeed.audience.lifecycle import PENDING_FOR
from newsfeed.flows.build import Workshop
from newsfeed.flows.renaming import refuse_former_names
from newsfeed.store import database, facts, subscribers


def keep_house(shop: Workshop) -> None:
    """Pause a store that is a copy, so that not two of them send; forget the requests that nobody
    confirmed in time, with the mails that asked for it (standards L-C-14). Raises OutputError, and
    SettingsError for a newsletter with a name that another one had before.
    """
    refuse_former_names(shop)
    facts.notice_copy(shop.db, shop.plan.store)
    with database.transaction(shop.db):
        expired = subscribers.expire_pending(shop.db, PENDING_FOR, shop.seams.now)
        if expired:
            from newsfeed.flows.confirming import remove_mails

            remove_mails(shop.plan, shop.db, expired)


def next_expiry(db: sqlite3.Connection, now: datetime) -> datetime:
    """When (UTC) `keep_house` is to be called again at the latest, so that requests are forgotten
    in time.

    Where nobody waits, or not for long, it is the end of a request that is made right after `now`.
    """
    sooner = subscribers.next_expiry(db, PENDING_FOR)
    later = now + PENDING_FOR
    return later if sooner is None else min(sooner, later)
