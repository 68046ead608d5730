"""What is looked after: before anything is decided, and now and then."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from newsfeed.audience.lifecycle import PENDING_FOR
from newsfeed.flows.build import Workshop
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan
from newsfeed.flows.renaming import refuse_former_names
from newsfeed.store import database, facts, subscribers


def keep_house(shop: Workshop) -> None:
    """Pause a store that is a copy, so that not two of them send; forget the requests that nobody
    confirmed in time, with the mails that asked for it (standards L-C-14). Raises OutputError, and
    SettingsError for a newsletter with a name that another one had before.
    """
    refuse_former_names(shop)
    facts.notice_copy(shop.db, shop.plan.store)
    forget_unconfirmed(shop.plan, shop.db, shop.seams.now)


def forget_unconfirmed(plan: Plan, db: sqlite3.Connection, now: datetime) -> int:
    """Forget the requests that nobody confirmed in time, with the mails that asked for it; gives
    how many. Raises OutputError.
    """
    with database.transaction(db):
        expired = subscribers.expire_pending(db, PENDING_FOR, now)
        if expired:
            from newsfeed.flows.confirming import remove_mails

            remove_mails(plan, db, expired)
    return len(expired)


def prune(people: People) -> int:
    """Forget what nothing asks for any more: counts of quotas that are over, what became of mails
    long ago, what dead processes held, and skips that are long past; gives how many of these two.
    """
    from newsfeed.store import notice_mails, pace, senders, skips

    with database.transaction(people.db):
        notice_mails.forget(people.db, people.now)
        pace.prune(people.db, people.now)
        return senders.bury(people.db, people.plan.store) + skips.prune(people.db, people.now)


def next_expiry(db: sqlite3.Connection, now: datetime) -> datetime:
    """When (UTC) `keep_house` is to be called again at the latest, so that requests are forgotten
    in time.

    Where nobody waits, or not for long, it is the end of a request that is made right after `now`.
    """
    sooner = subscribers.next_expiry(db, PENDING_FOR)
    later = now + PENDING_FOR
    return later if sooner is None else min(sooner, later)
