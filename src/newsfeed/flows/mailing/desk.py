"""The desk between the ledger and the relay: claims go out as parcels, and replies come back.

Every step is one transaction: what became of parcels is stored, claims are renewed, quotas
counted, and the next letters claimed. Only after its commit may the next bodies leave. So a crash
forgets no answer, and repeats at most the letter whose body was on the wire (guarantee 4).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from newsfeed.deliver.smtp.parcel import Parcel, Result
from newsfeed.errors import NewsfeedError
from newsfeed.flows.mailing.lane import Lane, lanes_of
from newsfeed.flows.mailing.quotas import Quotas
from newsfeed.flows.mailing.settling import Settled, domain_of, put_off, settle
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState, SuppressionReason
from newsfeed.store import database, deliveries, editions, holds, senders, suppression
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.store.holds import Hold
from newsfeed.units import duration

Clock = Callable[[], datetime]

MARGIN = 20.0
"""Seconds that must be left of a claim for a body to be begun."""

_BEAT = 5.0
_LOOK = 1.0
_MOST_AT_ONCE = 200
_ROUNDS = 8


class LedgerDesk:
    """Hands out the letters of released editions, and stores what became of them.

    `clock` gives the time (aware); `monotonic` seconds that never jump, until `end` of which
    letters are handed out.
    """

    def __init__(
        self,
        people: People,
        sender: str,
        *,
        end: float,
        clock: Clock = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        progress: Callable[[str, int], None] = lambda _what, _done: None,
    ) -> None:
        self.lanes: list[Lane] = []
        self._people, self._db = people, people.db
        self._sender = sender
        self._clock, self._monotonic, self._end = clock, monotonic, end
        self._progress = progress
        self._quotas = Quotas(people.plan.mail.smtp)
        self._give_up_after = duration(people.plan.mail.give_up_after)
        self._numbers = itertools.count()
        self._out: dict[int, tuple[Lane, Claim]] = {}
        self._flawed: list[tuple[Lane, Outcome]] = []
        self._holds: dict[int, dict[str, Hold]] = {}
        self._version, self._looked, self._beaten = -1, -_LOOK, -_BEAT
        self._blocked_until: datetime | None = None
        self._sent = 0

    def waiting(self, most: int) -> int:
        """How many parcels could be handed out now; not more than `most` are counted."""
        now = self._clock()
        with database.transaction(self._db):
            self._look(now)
            if self._is_over() or not self._quotas.room(self._db, now, 1)[0]:
                return 0
            found = 0
            for lane in self.lanes:
                room = lane.room(now)
                wanted = most - found if room is None else min(most - found, room)
                if wanted > 0:
                    found += deliveries.takeable(self._db, lane.edition.id, now, wanted)
        return found

    def step(self, results: Sequence[Result], wanted: int) -> Iterable[Parcel]:
        """Store `results` for good, then hand out up to `wanted` parcels.

        The store is written when this returns; the messages are made one by one as they are taken.
        """
        with database.transaction(self._db):
            now = self._clock()  # within: who waits for the store counts for a quota when it goes
            self._look(now)
            self._store(results, now)
            self._beat(now)
            chosen = self._choose(wanted, now) if wanted and not self._is_over() else []
        numbers = []
        for lane, claim in chosen:
            number = next(self._numbers)
            lane.out += 1
            self._out[number] = (lane, claim)
            numbers.append(number)
        return self._parcels(numbers, now)

    def may_begin(self, parcel: Parcel) -> bool:
        """Whether so much is left of its claim that the parcel's body may be begun."""
        _, claim = self._out[parcel.number]
        return claim.lease_until - self._clock().timestamp() >= MARGIN

    def pause(self) -> float | None:
        """Seconds until it is of use to ask again, although nothing is out; None: never."""
        now = self._clock()
        times = [time for lane in self.lanes if (time := self._next_of(lane, now))]
        if not times or self._is_over():
            return None
        first = max(min(times), self._blocked_until or now)
        seconds = max((first - now).total_seconds(), 0.0)
        if self._monotonic() + seconds > self._end:
            return None
        return min(max(seconds, 0.05), _LOOK)

    def close(self) -> None:
        """Give back what was handed out and never came back."""
        with database.transaction(self._db):
            back = [put_off(claim, self._clock(), self._clock()) for _, claim in self._out.values()]
            deliveries.finish(self._db, [*back, *(one for _, one in self._flawed)], self._clock())
            self._out, self._flawed = {}, []
            self._finish_lanes(self._clock())

    def pause_all(self, why: str) -> None:
        """Every edition waits until somebody has looked: the relay refuses us."""
        with database.transaction(self._db):
            for lane in self.lanes:
                if not lane.over:
                    lane.pause(self._db, why)

    def _is_over(self) -> bool:
        return self._monotonic() >= self._end

    def _look(self, now: datetime) -> None:
        """Read the editions anew where somebody else wrote, or a pause may have ended."""
        version, moment = database.version_of_others(self._db), self._monotonic()
        if version == self._version and moment - self._looked < _LOOK:
            return
        self._version, self._looked, self._blocked_until = version, moment, None
        self.lanes = lanes_of(self._people, self.lanes, now)
        self._holds = {lane.edition.id: holds.of(self._db, lane.edition.id) for lane in self.lanes}

    def _beat(self, now: datetime) -> None:
        """Say that this process is alive, hold its claims, and take back what the dead held."""
        if self._monotonic() - self._beaten < _BEAT:
            return
        self._beaten = self._monotonic()
        senders.beat(self._db, self._sender, now)
        for number, (lane, claim) in self._out.items():
            held = deliveries.renew(self._db, claim, now)
            self._out[number] = (lane, held or _expired(claim))
        ids = [lane.edition.id for lane in self.lanes]
        senders.bury(self._db, self._people.plan.store, ids)
        for edition_id in ids:
            if deliveries.free_expired(self._db, edition_id, now):
                self._version = -1
        self._quotas.prune(self._db, now)

    def _store(self, results: Sequence[Result], now: datetime) -> None:
        outcomes = [outcome for _, outcome in self._flawed]
        failed = {lane: "" for lane, _ in self._flawed}
        self._flawed = []
        for result in results:
            lane, claim = self._out.pop(result.parcel.number)
            domain = domain_of(claim)
            known = self._holds[lane.edition.id]
            settled = settle(result, claim, known.get(domain), now, self._give_up_after)
            outcomes.append(settled.outcome)
            self._note(lane, domain, settled, now)
            if settled.outcome.state is DeliveryState.FAILED or settled.hold or settled.pause:
                failed[lane] = failed.get(lane) or settled.pause
        deliveries.finish(self._db, outcomes, now)
        for lane, why in failed.items():
            why = why or lane.fault(self._db, len(self._holds[lane.edition.id]))
            if why:
                lane.pause(self._db, why)
        for lane in self.lanes:
            if lane.canary_is_out() and deliveries.next_due(self._db, lane.edition.id):
                lane.watch(self._db, now)

    def _note(self, lane: Lane, domain: str, settled: Settled, now: datetime) -> None:
        """Keep count, and store what a result means besides its own letter."""
        outcome, known = settled.outcome, self._holds[lane.edition.id]
        lane.out -= 1
        lane.tried += outcome.tried and not outcome.claim.tries
        if outcome.state is DeliveryState.SENT:
            lane.sent += 1
            self._sent += 1
            self._progress("delivering", self._sent)
            if domain in known:
                del known[domain]
                holds.lift(self._db, lane.edition.id, domain)
        elif outcome.due is not None and lane.next is not None:
            lane.next = min(lane.next, outcome.due)
        if not lane.out:
            lane.next = None  # it was until its last claim would have run out
        if settled.hold:
            known[domain] = settled.hold
            holds.put(self._db, lane.edition.id, settled.hold)
        if settled.suppress and suppression.reason(self._db, outcome.claim.address_hash) is None:
            suppression.suppress(
                self._db, outcome.claim.address_hash, SuppressionReason.BOUNCED, now
            )

    def _choose(self, wanted: int, now: datetime) -> list[tuple[Lane, Claim]]:
        """Claim up to `wanted` letters, of the oldest editions first."""
        free, self._blocked_until = self._quotas.room(self._db, now, wanted)
        found: list[tuple[Lane, Claim]] = []
        for lane in self.lanes:
            found += [(lane, claim) for claim in self._claim(lane, free - len(found), now)]
        return found

    def _claim(self, lane: Lane, wanted: int, now: datetime) -> list[Claim]:
        """Claim letters of an edition that may go now. Others are put off, many at a time, and a
        step ends before that takes long.
        """
        found: list[Claim] = []
        number = wanted
        for _ in range(_ROUNDS):
            room = lane.room(now)
            number = number if room is None else min(number, room - len(found))
            if number <= 0 or len(found) >= wanted:
                break
            owner = f"{self._sender}-{next(self._numbers)}"
            claims = deliveries.claim(self._db, lane.edition.id, owner, now, number)
            if not claims and not self._more(lane, now):
                break
            free, late = self._sorted(lane, claims, now, wanted - len(found))
            deliveries.finish(self._db, late, now)
            found += free
            number = min(2 * number, _MOST_AT_ONCE) if late and not free else wanted - len(found)
        return found

    def _sorted(
        self, lane: Lane, claims: list[Claim], now: datetime, wanted: int
    ) -> tuple[list[Claim], list[Outcome]]:
        """The claims that may go now, and those whose domain has to wait."""
        free: list[Claim] = []
        late: list[Outcome] = []
        known = self._holds[lane.edition.id]
        for claim in claims:
            domain = domain_of(claim)
            hold = known.get(domain)
            due = hold.until if hold and hold.until > now else None
            due = due or self._quotas.put_off(self._db, lane.edition.id, domain, now)
            if due is None and len(free) >= wanted:
                due = now
            if due is None:
                free.append(claim)
                self._quotas.count(self._db, domain, now)
            else:
                late.append(put_off(claim, due, now))
        return free, late

    def _more(self, lane: Lane, now: datetime) -> bool:
        """Whether to claim again: all that were claimed may have left. Where nothing is left, the
        edition is complete.
        """
        due = deliveries.next_due(self._db, lane.edition.id)
        lane.next = due
        lane.over = due is None
        self._finish_lane(lane, now)
        return due is not None and due <= now

    def _finish_lanes(self, now: datetime) -> None:
        for lane in self.lanes:
            if not lane.over:
                lane.over = deliveries.next_due(self._db, lane.edition.id) is None
            self._finish_lane(lane, now)

    def _finish_lane(self, lane: Lane, now: datetime) -> None:
        state = editions.get(self._db, lane.edition.id).state
        if lane.over and state is EditionState.RELEASED:
            editions.set_finished(self._db, lane.edition.id, now)

    def _next_of(self, lane: Lane, now: datetime) -> datetime | None:
        """When there may be more of an edition; None where that needs somebody's doing."""
        if lane.why or lane.over:
            return None
        until = lane.edition.canary_until
        if lane.newsletter.canary and until is not None and until > now:
            return until
        return lane.next or now

    def _parcels(self, numbers: list[int], now: datetime) -> Iterator[Parcel]:
        """The parcels of claims. One whose letter cannot be made is none, and failed."""
        now = now.replace(microsecond=0)  # copies of one second share the words of their date
        for number in numbers:
            lane, claim = self._out[number]
            try:
                message = lane.message(claim, now)
            except NewsfeedError as error:
                del self._out[number]
                lane.out -= 1
                outcome = Outcome(claim=claim, state=DeliveryState.FAILED, reply=error.problem)
                self._flawed.append((lane, outcome))
                continue
            yield Parcel(
                number=number,
                sender=lane.envelope_sender(claim),
                recipient=claim.address,
                message=message,
                envelope_id=lane.press.message_id(claim).partition("@")[0].strip("<"),
                until=claim.lease_until - MARGIN,
            )


def _expired(claim: Claim) -> Claim:
    """A claim that another process took over: its body is not begun any more."""
    return msgspec.structs.replace(claim, lease_until=0)
