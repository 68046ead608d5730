"""The desk between the ledger and the relay: claims go out as parcels, and replies come back.

Every step is one transaction: what became of parcels is stored, claims are renewed, quotas
counted, and the next letters claimed. Only after its commit may the next bodies leave. So a crash
forgets no answer, and repeats at most the letter whose body was on the wire (guarantee 4). While
somebody else writes there is no step: answers are kept in memory, and nothing leaves.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from newsfeed.deliver.smtp.parcel import DeskBusyError, Parcel, Result
from newsfeed.errors import NewsfeedError
from newsfeed.flows.mailing.lane import Lane, lanes_of
from newsfeed.flows.mailing.picking import Picking
from newsfeed.flows.mailing.quotas import Quotas
from newsfeed.flows.mailing.settling import Settled, domain_of, settle
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState, SuppressionReason
from newsfeed.store import database, deliveries, facts, holds, senders, suppression, trouble, turns
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.units import duration

Clock = Callable[[], datetime]
Wait = Callable[[datetime], bool]

MARGIN = 20.0
"""Seconds that must be left of a claim for a body to be begun."""

_BEAT = 5.0
_LOOK = 1.0
_SHORTEST = 0.05
_CANCELLED = "the edition was cancelled"


def always(_until: datetime) -> bool:
    """Whoever has the time waits."""
    return True


class LedgerDesk:
    """Hands out the letters of released editions, and stores what became of them.

    `clock` gives the time (aware); `monotonic` seconds that never jump, until `end` of which
    letters are handed out. `sent` letters left in this run. `tell` hears what the operator should;
    `wait` is asked whether to wait until a time (aware) before which nothing can go.
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
        wait: Wait = always,
    ) -> None:
        self.lanes: list[Lane] = []
        self.sent = 0
        self._people, self._db, self._sender = people, people.db, sender
        self._clock, self._monotonic, self._end = clock, monotonic, end
        self._progress, self._tell, self._wait = progress, tell, wait
        self._give_up_after = duration(people.plan.mail.give_up_after)
        self._quotas = Quotas(people.plan.mail.smtp)
        self._picking = Picking(people.db, sender, self._quotas, self._give_up_after)
        self._numbers = itertools.count()
        self._troubled = True  # perhaps, in an earlier run
        self._out: dict[int, tuple[Lane, Claim]] = {}
        self._settled: list[tuple[Lane, Settled]] = []
        self._unstored: list[Outcome] = []
        self._flawed: list[Lane] = []
        self._problem = ""
        self._version, self._looked, self._beaten = -1, -_LOOK, -_BEAT
        self._busy_since: float | None = None
        self._told_busy = False

    def waiting(self, most: int) -> int:
        """How many parcels could be handed out now; not more than `most` are counted."""
        try:
            with database.transaction(self._db, turns.BRIEF):
                now = self._clock()
                self._keep_up(now)
                found = 0 if self._is_over() else self._picking.takeable(self.lanes, most, now)
        except turns.BusyError:
            self._note_busy()
            return 0
        self._busy_since = None
        return found

    def step(self, results: Sequence[Result], wanted: int) -> Iterable[Parcel]:
        """Store `results` for good, then hand out up to `wanted` parcels.

        The store is written when this returns; the messages are made one by one as they are taken.
        Raises DeskBusyError while somebody else writes.
        """
        self._settle(results)
        try:
            with database.transaction(self._db, turns.BRIEF):
                now = self._clock()  # within: who waits counts for a quota when it goes
                self._keep_up(now)
                self._store(now)
                pick = wanted and not self._is_over()
                chosen = self._picking.pick(self.lanes, wanted, now) if pick else []
        except turns.BusyError:
            self._note_busy()
            raise DeskBusyError from None
        self._busy_since = None
        self._settled, self._unstored, self._flawed = [], [], []
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
        if self._is_over():
            return None
        if self._busy_since is not None:
            return turns.BRIEF
        times = [time for lane in self.lanes if (time := lane.opens(now))]
        if not times:
            return None
        first = max(min(times), self._picking.blocked_until or now)
        seconds = max((first - now).total_seconds(), 0.0)
        if self._monotonic() + seconds > self._end or (seconds > _LOOK and not self._wait(first)):
            return None
        return min(max(seconds, _SHORTEST), _LOOK)

    def close(self) -> None:
        """Store what is known, and give back what was handed out and never came back: it may have
        left. Waits while somebody else writes: letters whose answers are forgotten come twice.
        """
        with database.transaction(self._db, math.inf):
            now = self._clock()
            self._note_problem(now)
            deliveries.finish(self._db, self._unstored, now)
            for edition_id in deliveries.editions_with_claims(self._db):
                deliveries.free_claims_of(self._db, edition_id, self._sender)
            self._out, self._settled, self._unstored, self._flawed = {}, [], [], []
            deliveries.drop_cancelled(self._db, now, _CANCELLED)
            for lane in self.lanes:
                lane.look_for_more(self._db, now)

    def pause_all(self, why: str) -> None:
        """Every edition waits until somebody has looked: the relay refuses us."""
        with database.transaction(self._db, math.inf):
            for lane in self.lanes:
                if not lane.over:
                    lane.stop(self._db, why)

    def trouble(self, problem: str) -> None:
        """Keep for `status` what is in the way, until a letter leaves."""
        self._troubled, self._problem = True, problem
        with suppress(turns.BusyError), database.transaction(self._db, turns.BRIEF):
            self._note_problem(self._clock())

    def _note_problem(self, now: datetime) -> None:
        if self._problem:
            facts.note_trouble(self._db, self._problem, now)
            self._problem = ""

    def _note_busy(self) -> None:
        """Somebody else writes: tell of it once where that takes long."""
        now = self._monotonic()
        self._busy_since = now if self._busy_since is None else self._busy_since
        if not self._told_busy and now - self._busy_since >= database.PATIENCE:
            self._told_busy = True
            who = trouble.holder(self._people.plan.store)
            self._tell(f"the store is locked: {who} is writing; letters wait until it has ended")

    def _is_over(self) -> bool:
        return self._monotonic() >= self._end

    def _keep_up(self, now: datetime) -> None:
        """What has to be done now and then, whether or not there is a connection."""
        self._note_problem(now)
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
        for outcome in self._unstored:  # after a long wait its time may be over, and is not
            deliveries.renew(self._db, outcome.claim, now)
        back = senders.bury(self._db, self._people.plan.store)
        for edition_id in deliveries.editions_with_claims(self._db):
            back += deliveries.free_expired(self._db, edition_id, now)
        back += deliveries.drop_cancelled(self._db, now, _CANCELLED)
        if back:
            self._version = -1
        self._quotas.prune(self._db, now)

    def _settle(self, results: Sequence[Result]) -> None:
        """Keep what is to be stored of results until a commit held."""
        now = self._clock()
        for result in results:
            lane, claim = self._out.pop(result.parcel.number)
            hold = lane.holds.get(domain_of(claim))
            settled = settle(result, claim, hold, now, self._give_up_after)
            if lane.edition.state is EditionState.CANCELLED and settled.outcome.due is not None:
                dropped = Outcome(claim=claim, state=DeliveryState.DROPPED, reply=_CANCELLED)
                settled = Settled(outcome=dropped)
            self._settled.append((lane, settled))
            self._unstored.append(settled.outcome)
            lane.out -= 1

    def _store(self, now: datetime) -> None:
        deliveries.finish(self._db, self._unstored, now)
        wrong: dict[Lane, str] = dict.fromkeys(self._flawed, "")
        final: dict[Lane, int] = dict.fromkeys(self._flawed, 1)
        for lane, one in self._settled:
            self._note(lane, one, now)
            final[lane] = final.get(lane, 0) + (one.outcome.due is None)
            if one.outcome.state is DeliveryState.FAILED or one.hold or one.pause:
                wrong[lane] = wrong.get(lane) or one.pause
        for lane, why in wrong.items():
            why = why or lane.fault(self._db, final[lane])
            if why:
                lane.stop(self._db, why)
        if self._settled:
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
