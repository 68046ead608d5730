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
from newsfeed.flows.mailing.picking import Picking
from newsfeed.flows.mailing.quotas import Quotas
from newsfeed.flows.mailing.settling import Settled, domain_of, settle
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState, SuppressionReason
from newsfeed.store import database, deliveries, facts, holds, senders, suppression
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.units import duration

Clock = Callable[[], datetime]

MARGIN = 20.0
"""Seconds that must be left of a claim for a body to be begun."""

_BEAT = 5.0
_LOOK = 1.0
_SHORTEST = 0.05
_CANCELLED = "the edition was cancelled"


class LedgerDesk:
    """Hands out the letters of released editions, and stores what became of them.

    `clock` gives the time (aware); `monotonic` seconds that never jump, until `end` of which
    letters are handed out. `sent` letters left in this run. `tell` hears what the operator should.
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
        tell: Callable[[str], None] = lambda _what: None,
    ) -> None:
        self.lanes: list[Lane] = []
        self.sent = 0
        self._people, self._db, self._sender = people, people.db, sender
        self._clock, self._monotonic, self._end = clock, monotonic, end
        self._progress, self._tell = progress, tell
        self._give_up_after = duration(people.plan.mail.give_up_after)
        self._quotas = Quotas(people.plan.mail.smtp)
        self._picking = Picking(people.db, sender, self._quotas, self._give_up_after)
        self._numbers = itertools.count()
        self._troubled = True  # perhaps, in an earlier run
        self._out: dict[int, tuple[Lane, Claim]] = {}
        self._unstored: list[Outcome] = []
        self._flawed: list[Lane] = []
        self._version, self._looked, self._beaten = -1, -_LOOK, -_BEAT

    def waiting(self, most: int) -> int:
        """How many parcels could be handed out now; not more than `most` are counted."""
        with database.transaction(self._db):
            now = self._clock()
            self._keep_up(now)
            return 0 if self._is_over() else self._picking.takeable(self.lanes, most, now)

    def step(self, results: Sequence[Result], wanted: int) -> Iterable[Parcel]:
        """Store `results` for good, then hand out up to `wanted` parcels.

        The store is written when this returns; the messages are made one by one as they are taken.
        """
        settled = self._settled(results)
        with database.transaction(self._db):
            now = self._clock()  # within: who waits for the store counts for a quota when it goes
            self._keep_up(now)
            self._store(settled, now)
            pick = wanted and not self._is_over()
            chosen = self._picking.pick(self.lanes, wanted, now) if pick else []
        self._unstored, self._flawed = [], []
        numbers = []
        for lane, claim in chosen:
            number = next(self._numbers)
            lane.out += 1
            self._out[number] = (lane, claim)
            numbers.append(number)
        return self._parcels(numbers, now)

    def may_begin(self, parcel: Parcel) -> bool:
        """Whether so much is left of its claim, and of its quotas, that the body may be begun."""
        _, claim = self._out[parcel.number]
        now = self._clock()
        if claim.lease_until - now.timestamp() < MARGIN:
            return False
        return self._quotas.still(self._db, claim, domain_of(claim), now)

    def rest(self) -> float | None:
        """Seconds until it is of use to ask again, although nothing is out; None: never."""
        now = self._clock()
        times = [time for lane in self.lanes if (time := lane.opens(now))]
        if not times or self._is_over():
            return None
        first = max(min(times), self._picking.blocked_until or now)
        seconds = max((first - now).total_seconds(), 0.0)
        if self._monotonic() + seconds > self._end:
            return None
        return min(max(seconds, _SHORTEST), _LOOK)

    def close(self) -> None:
        """Store what is known, and give back what was handed out and never came back: it may have
        left.
        """
        with database.transaction(self._db):
            now = self._clock()
            deliveries.finish(self._db, self._unstored, now)
            for edition_id in deliveries.editions_with_claims(self._db):
                deliveries.free_claims_of(self._db, edition_id, self._sender)
            self._out, self._unstored, self._flawed = {}, [], []
            deliveries.drop_cancelled(self._db, now, _CANCELLED)
            for lane in self.lanes:
                lane.look_for_more(self._db, now)

    def pause_all(self, why: str) -> None:
        """Every edition waits until somebody has looked: the relay refuses us."""
        with database.transaction(self._db):
            for lane in self.lanes:
                if not lane.over:
                    lane.stop(self._db, why)

    def trouble(self, problem: str) -> None:
        """Keep for `status` what is in the way, until a letter leaves."""
        self._troubled = True
        with database.transaction(self._db):
            facts.note_trouble(self._db, problem, self._clock())

    def _is_over(self) -> bool:
        return self._monotonic() >= self._end

    def _keep_up(self, now: datetime) -> None:
        """What has to be done now and then, whether or not there is a connection."""
        self._beat(now)
        self._look(now)
        for lane in self.lanes:
            if news := lane.watch(self._db, now):
                self._tell(news)

    def _look(self, now: datetime) -> None:
        """Read the editions anew where somebody else wrote, or a pause may have ended."""
        version, moment = database.version_of_others(self._db), self._monotonic()
        changed = version != self._version
        if not changed and moment - self._looked < _LOOK:
            return
        self._version, self._looked = version, moment
        if changed:
            self.lanes = lanes_of(self._people, self.lanes, now)
        for lane in self.lanes:
            lane.wait_for_newsletter(self._db, now)

    def _beat(self, now: datetime) -> None:
        """Say that this process is alive, hold its claims, and take back what the dead held."""
        if self._monotonic() - self._beaten < _BEAT:
            return
        self._beaten = self._monotonic()
        senders.beat(self._db, self._sender, now)
        for number, (lane, claim) in self._out.items():
            held = deliveries.renew(self._db, claim, now)
            gone = msgspec.structs.replace(claim, lease_until=0)  # another process took it over
            self._out[number] = (lane, held or gone)
        back = senders.bury(self._db, self._people.plan.store)
        for edition_id in deliveries.editions_with_claims(self._db):
            back += deliveries.free_expired(self._db, edition_id, now)
        back += deliveries.drop_cancelled(self._db, now, _CANCELLED)
        if back:
            self._version = -1
        self._quotas.prune(self._db, now)

    def _settled(self, results: Sequence[Result]) -> list[tuple[Lane, Settled]]:
        """What is to be stored of results; kept until a commit held, should the store be locked."""
        now, found = self._clock(), []
        for result in results:
            lane, claim = self._out.pop(result.parcel.number)
            hold = lane.holds.get(domain_of(claim))
            settled = settle(result, claim, hold, now, self._give_up_after)
            if lane.edition.state is EditionState.CANCELLED and settled.outcome.due is not None:
                dropped = Outcome(claim=claim, state=DeliveryState.DROPPED, reply=_CANCELLED)
                settled = Settled(outcome=dropped)
            found.append((lane, settled))
            self._unstored.append(settled.outcome)
            lane.out -= 1
        return found

    def _store(self, settled: list[tuple[Lane, Settled]], now: datetime) -> None:
        deliveries.finish(self._db, self._unstored, now)
        wrong: dict[Lane, str] = dict.fromkeys(self._flawed, "")
        final: dict[Lane, int] = dict.fromkeys(self._flawed, 1)
        for lane, one in settled:
            self._note(lane, one, now)
            final[lane] = final.get(lane, 0) + (one.outcome.due is None)
            if one.outcome.state is DeliveryState.FAILED or one.hold or one.pause:
                wrong[lane] = wrong.get(lane) or one.pause
        for lane, why in wrong.items():
            why = why or lane.fault(self._db, final[lane])
            if why:
                lane.stop(self._db, why)
        if settled:
            self._progress("delivering", self.sent)

    def _note(self, lane: Lane, settled: Settled, now: datetime) -> None:
        """Keep count, and store what a result means besides its own letter."""
        outcome, domain = settled.outcome, domain_of(settled.outcome.claim)
        self._picking.answered(lane, domain)
        lane.tried += outcome.tried and not outcome.claim.tries
        if outcome.state is DeliveryState.SENT:
            lane.sent += 1
            self.sent += 1
            if self._troubled:
                self._troubled = False
                facts.forget_trouble(self._db)
            if domain in lane.holds:
                del lane.holds[domain]
                holds.lift(self._db, lane.edition.id, domain)
        elif outcome.due is not None and lane.next is not None:
            lane.next = min(lane.next, outcome.due)
        if not lane.out:
            lane.next = None  # it was until its last claim would have run out
        if settled.hold:
            lane.holds[domain] = settled.hold
            holds.put(self._db, lane.edition.id, settled.hold)
        address = outcome.claim.address_hash
        if settled.suppress and suppression.reason(self._db, address) is None:
            suppression.suppress(self._db, address, SuppressionReason.BOUNCED, now)

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
                lane.tried += not claim.tries
                self._flawed.append(lane)
                failed = Outcome(claim=claim, state=DeliveryState.FAILED, reply=error.problem)
                self._unstored.append(failed)
                continue
            yield Parcel(
                number=number,
                sender=lane.envelope_sender(claim),
                recipient=claim.address,
                message=message,
                envelope_id=lane.press.message_id(claim).partition("@")[0].strip("<"),
            )
