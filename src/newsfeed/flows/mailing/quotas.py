"""The quotas of the settings, kept by what the store counts (of all processes together)."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta

from newsfeed.deliver.pace import parse_domain_quota, parse_quota
from newsfeed.deliver.turns import Turns
from newsfeed.settings import MailSmtp
from newsfeed.store import database, pace, turns
from newsfeed.store.deliveries import Claim

_EVERYBODY = ""
_FRESH = timedelta(seconds=1)
"""How long a letter may be under way (as `pace` allows for)."""

_PRUNE = timedelta(minutes=10)

Limits = list[tuple[int, int]]


class Quotas:
    """How many letters may leave, to everybody and to one domain. With no quota in the settings
    nothing is counted.
    """

    def __init__(self, smtp: MailSmtp) -> None:
        self._limits: dict[str, Limits] = defaultdict(list)
        self._counted: dict[tuple[str, int], datetime] = {}
        self._lines: dict[tuple[int, str], Turns] = {}
        self._pruned: datetime | None = None
        for text in smtp.rate:
            quota = parse_quota(text, where="mail.smtp.rate")
            self._limits[_EVERYBODY].append((quota.count, quota.seconds))
        for text in smtp.per_domain:
            quota = parse_domain_quota(text, where="mail.smtp.per_domain")
            self._limits[quota.domain].append((quota.count, quota.seconds))

    def room(
        self, db: sqlite3.Connection, now: datetime, wanted: int
    ) -> tuple[int, datetime | None]:
        """How many of `wanted` letters may leave now; if not all, when the next one may."""
        limits = self._limits.get(_EVERYBODY)
        if not limits:
            return wanted, None
        return pace.allowed(db, limits, _EVERYBODY, now, wanted)

    def put_off(
        self, db: sqlite3.Connection, edition_id: int, domain: str, now: datetime
    ) -> datetime | None:
        """When a letter to a domain comes back that may not leave now; None where it may leave."""
        limits = self._limits.get(domain)
        if not limits or domain == _EVERYBODY:
            return None
        number, due = pace.allowed(db, limits, domain, now, 1)
        if number or due is None:
            return None
        line = self._lines.setdefault((edition_id, domain), Turns(limits))
        return line.next(due)

    def count(
        self, db: sqlite3.Connection, domain: str, now: datetime, claim: Claim | None = None
    ) -> None:
        """A letter to a domain leaves now; with a `claim` later, when `still` is asked."""
        names = {_EVERYBODY, domain} & self._limits.keys()
        for name in names:
            pace.count(db, name, now, 1)
        if names and claim:
            self._counted[claim.owner, claim.subscriber_id] = now

    def still(self, db: sqlite3.Connection, claim: Claim, domain: str, now: datetime) -> bool:
        """Whether a letter may leave now that was counted when it was claimed.

        Where that was a while ago it is counted anew, as leaving now: what relays allow is counted
        when letters reach them. Commits; where others write just now, the letter may not leave.
        """
        then = self._counted.pop((claim.owner, claim.subscriber_id), None)
        if then is None or abs(now - then) <= _FRESH:
            return True
        names = {_EVERYBODY, domain} & self._limits.keys()
        try:
            with database.transaction(db, turns.BRIEF):
                for name in names:
                    pace.uncount(db, name, then)
                if not all(pace.allowed(db, self._limits[name], name, now, 1)[0] for name in names):
                    return False
                for name in names:
                    pace.count(db, name, now, 1)
        except turns.BusyError:
            return False
        return True

    def prune(self, db: sqlite3.Connection, now: datetime) -> None:
        """Forget, now and then, what no quota asks for any more."""
        if self._limits and (self._pruned is None or abs(now - self._pruned) >= _PRUNE):
            self._pruned = now
            pace.prune(db, now)
