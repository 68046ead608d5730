"""How many letters left in which time, so that all processes together keep the relay's quotas.

A quota is a number of letters and the seconds in which no more than these may reach the relay, at
most a day. Letters are counted in tenths of a second and looked at for somewhat longer than the
quota says, since a letter is under way for a while: those that were counted up to `_under_way`
before they arrive never exceed it. Times in the table are milliseconds since 1970-01-01 UTC, in
whole tenths of a second. Everything is called within the caller's transaction, and `now` is read
after that began: whoever waits for the lock with an older time would count letters too early.

A clock may jump (standards S-38). What lies ahead of it happened just now, as far as can be known,
so that a clock that was set back keeps nobody waiting for longer than the quota's time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TENTH = 100
_DAY = 86_400_000
_AHEAD = 30_000
"""Milliseconds by which another process may be ahead: its time is taken then. More is a jump."""

_RECENT = 120_000
_MORE = 3_600_000
"""Milliseconds: rows become one a second after `_RECENT`, if somebody prunes within `_MORE`."""

Quotas = Sequence[tuple[int, int]]
"""Letters and seconds of each."""


def allowed(
    db: sqlite3.Connection, quotas: Quotas, domain: str, now: datetime, wanted: int
) -> tuple[int, datetime | None]:
    """How many of `wanted` letters to a receiving domain ("": to everybody) all its quotas let go
    now; if not all, when the next one may, if these go. Without quotas the store is not read.
    """
    if not quotas or wanted <= 0:
        return max(wanted, 0), None
    from newsfeed.store.queries import queries

    at, total = _settled(db, domain, _tenths(now))
    found: list[tuple[int, int, int]] = []
    for count, seconds in quotas:
        stretch = _stretch(seconds)
        before = queries.pace_upto(db, domain=domain, at=at - stretch) or 0
        found.append((count - (total - before), count, stretch))
    number = max(min(wanted, *(room for room, _, _ in found)), 0)
    if number == wanted:
        return number, None
    following = at
    for room, count, stretch in found:
        if room <= number:  # when as many as `gone` are out of its sight, the next may go
            gone = total + number + 1 - count
            reached = _reached(db, domain, gone, at - stretch, at, near=room >= 0)
            following = max(following, reached + stretch)
    return number, _EPOCH + following * _MILLISECOND


def count(db: sqlite3.Connection, domain: str, now: datetime, number: int) -> None:
    """So many letters to a domain ("": to everybody) leave now; only for what has a quota."""
    if number <= 0:
        return
    from newsfeed.store.queries import queries

    at, total = _settled(db, domain, _tenths(now))
    queries.put_pace(db, domain=domain, at=at, upto=total + number)


def uncount(db: sqlite3.Connection, domain: str, then: datetime) -> None:
    """A letter that was counted at `then` did not leave yet, or not at all."""
    from newsfeed.store.queries import queries

    queries.uncount_pace(db, domain=domain, at=_tenths(then))


def left(db: sqlite3.Connection, domain: str) -> int:
    """How many letters to a domain ("": to everybody) were counted ever."""
    from newsfeed.store.queries import queries

    last = queries.pace_last(db, domain=domain)
    return int(last[1]) if last else 0


def prune(db: sqlite3.Connection, now: datetime) -> None:
    """Forget what no quota can ask for any more; to be called every few minutes or hours.

    Of each domain one older row stays, so that what was forgotten in a year to which the clock had
    jumped is not taken for nothing when it is set back.
    """
    from newsfeed.store.queries import queries

    at = _tenths(now)
    queries.prune_pace(db, oldest=at - _stretch(_DAY // 1000))
    queries.thin_pace(db, since=at - _RECENT - _MORE, until=at - _RECENT)


def _settled(db: sqlite3.Connection, domain: str, at: int) -> tuple[int, int]:
    """The time to count with, and how many left up to it. What lies ahead by a jump is moved."""
    from newsfeed.store.queries import queries

    last = queries.pace_last(db, domain=domain)
    if last is None:
        return at, 0
    ahead, total = last
    if ahead <= at:
        return at, total
    if ahead - at <= _AHEAD:
        return ahead, total
    queries.drop_pace_after(db, domain=domain, at=at)
    queries.put_pace(db, domain=domain, at=at, upto=total)
    return at, total


def _reached(
    db: sqlite3.Connection, domain: str, upto: int, after: int, until: int, *, near: bool
) -> int:
    """When so many had left, between two times; the latter where they did not. `near` tells that
    it is the first row of all between: else, where more left than may, there can be thousands.
    """
    from newsfeed.store.queries import queries

    if near:
        found = queries.pace_next(db, domain=domain, after=after)
        return until if found is None else min(int(found), until)
    while until - after > _TENTH:
        middle = (after + until) // (2 * _TENTH) * _TENTH
        if (queries.pace_upto(db, domain=domain, at=middle) or 0) >= upto:
            until = middle
        else:
            after = middle
    return until


def _stretch(seconds: int) -> int:
    """Milliseconds for which a letter counts by a quota."""
    return seconds * 1000 + _under_way(seconds) + _TENTH


def _under_way(seconds: int) -> int:
    """Milliseconds that a letter may take: a second, or of few seconds a fifth."""
    return min(1000, seconds * 200)


def _tenths(moment: datetime) -> int:
    milliseconds = (moment - _EPOCH) // _MILLISECOND
    return milliseconds - milliseconds % _TENTH
