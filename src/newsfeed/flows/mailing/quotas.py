"""The quotas of the settings, kept by what the store counts (of all processes together)."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta

from newsfeed.deliver.pace import parse_domain_quota, parse_quota
from newsfeed.deliver.turns import Turns
from newsfeed.settings import MailSmtp
from newsfeed.store import pace

_EVERYBODY = ""
_PRUNE = timedelta(minutes=10)

Limits = list[tuple[int, int]]


class Quotas:
    """How many letters may leave, to everybody and to one domain. With no quota in the settings
    nothing is counted.
    """

    def __init__(self, smtp: MailSmtp) -> None:
        self._limits: dict[str, Limits] = defaultdict(list)
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

    def count(self, db: sqlite3.Connection, domain: str, now: datetime) -> None:
        """A letter to a domain leaves now."""
        for name in {_EVERYBODY, domain} & self._limits.keys():
            pace.count(db, name, now, 1)

    def prune(self, db: sqlite3.Connection, now: datetime) -> None:
        """Forget, now and then, what no quota asks for any more."""
        if self._limits and (self._pruned is None or abs(now - self._pruned) >= _PRUNE):
            self._pruned = now
            pace.prune(db, now)
