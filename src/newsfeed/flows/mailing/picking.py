"""Which letters leave next: the oldest edition's first, as quotas and receiving domains allow."""

from __future__ import annotations

import itertools
import sqlite3
from datetime import datetime, timedelta

from newsfeed.flows.mailing.lane import Lane
from newsfeed.flows.mailing.quotas import Quotas
from newsfeed.flows.mailing.settling import domain_of, given_up, put_off
from newsfeed.store import deliveries
from newsfeed.store.deliveries import Claim, Outcome

_MOST_AT_ONCE = 200
_ROUNDS = 8
"""A step ends before putting off thousands takes long: at most so many of so many."""

_PROBE = timedelta(minutes=1)
"""How long the others of a domain wait for what becomes of the first letter after a hold."""


class Picking:
    """Claims letters for one run. `blocked_until` is when the quota of all letters lets the next
    one go, if it is known.
    """

    def __init__(
        self, db: sqlite3.Connection, sender: str, quotas: Quotas, give_up_after: timedelta
    ) -> None:
        self._db, self._sender, self._quotas = db, sender, quotas
        self._give_up_after = give_up_after
        self._numbers = itertools.count()
        self._probing: set[tuple[int, str]] = set()
        self.blocked_until: datetime | None = None

    def takeable(self, lanes: list[Lane], most: int, now: datetime) -> int:
        """How many letters could be claimed now; not more than `most` are counted."""
        free, self.blocked_until = self._quotas.room(self._db, now, most)
        found = 0
        for lane in lanes:
            room = lane.room(now)
            wanted = free - found if room is None else min(free - found, room)
            if wanted > 0:
                number = deliveries.takeable(self._db, lane.edition.id, now, wanted)
                if not number:
                    lane.look_for_more(self._db, now)
                found += number
        return found

    def pick(self, lanes: list[Lane], wanted: int, now: datetime) -> list[tuple[Lane, Claim]]:
        """Claim up to `wanted` letters, of the oldest editions first."""
        free, self.blocked_until = self._quotas.room(self._db, now, wanted)
        found: list[tuple[Lane, Claim]] = []
        for lane in lanes:
            found += [(lane, claim) for claim in self._claim(lane, free - len(found), now)]
        return found

    def answered(self, lane: Lane, domain: str) -> None:
        """Something became of a letter to a domain."""
        self._probing.discard((lane.edition.id, domain))

    def _claim(self, lane: Lane, wanted: int, now: datetime) -> list[Claim]:
        """Claim letters of an edition that may go now; others are put off, many at a time."""
        found: list[Claim] = []
        number = wanted
        for _ in range(_ROUNDS):
            room = lane.room(now)
            number = number if room is None else min(number, room - len(found))
            if number <= 0 or len(found) >= wanted:
                break
            owner = f"{self._sender}-{next(self._numbers)}"
            claims = deliveries.claim(self._db, lane.edition.id, owner, now, number)
            if not claims and not lane.look_for_more(self._db, now):
                break
            free, late = self._sorted(lane, claims, now, wanted - len(found))
            deliveries.finish(self._db, late, now)
            found += free
            number = min(2 * number, _MOST_AT_ONCE) if late and not free else wanted - len(found)
        return found

    def _sorted(
        self, lane: Lane, claims: list[Claim], now: datetime, wanted: int
    ) -> tuple[list[Claim], list[Outcome]]:
        """The claims that may go now, and what becomes of those whose domain has to wait."""
        free: list[Claim] = []
        late: list[Outcome] = []
        for claim in claims:
            domain = domain_of(claim)
            if waits := self._held(lane, claim, domain, now):
                late.append(waits)
                continue
            due = self._quotas.put_off(self._db, lane.edition.id, domain, now)
            if due is None and len(free) >= wanted:
                due = now
            if due is not None:
                late.append(put_off(claim, due, now))
                continue
            free.append(claim)
            self._quotas.count(self._db, domain, now, claim)
            if domain in lane.holds:
                self._probing.add((lane.edition.id, domain))
        return free, late

    def _held(self, lane: Lane, claim: Claim, domain: str, now: datetime) -> Outcome | None:
        """What becomes of a letter whose domain refused us: it waits until the end of the hold, and
        then until another one was taken. That is no try, but counts towards giving up.
        """
        hold = lane.holds.get(domain)
        if hold is None:
            return None
        until = hold.until if hold.until > now else now + _PROBE
        if hold.until <= now and (lane.edition.id, domain) not in self._probing:
            return None
        if given_up(claim, now, self._give_up_after):
            return given_up(claim, now, self._give_up_after, hold.reply)
        return put_off(claim, until, now, counts=True)
