"""Whatever relays, processes, clocks and readers do, in whatever order: nobody is forgotten, and a
letter comes twice only where nobody could know that it had arrived.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from newsfeed.deliver.smtp.parcel import Parcel, Result, Stage
from newsfeed.errors import NewsfeedError
from newsfeed.flows.approving import pause_edition, resume_edition
from newsfeed.flows.mailing.desk import LedgerDesk
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries, editions
from tests.flows.editions_kit import MONDAY, WEEKLY, leave_now
from tests.flows.mailing.desk_kit import (
    Clock,
    Wire,
    desk_of,
    empty,
    lost,
    refused,
    smtp_site,
    taken,
    untouched,
)
from tests.kit import Site

READERS = tuple(f"reader{number}@example{number % 2}.org" for number in range(6))
PLACES = st.integers(0, 3)
EXAMPLES = 40
FINAL = {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DROPPED}


class Process:
    """A process with a desk: what it was handed, and what it has not told the desk yet."""

    def __init__(self, name: str, desk: LedgerDesk) -> None:
        self.name, self.desk = name, desk
        self.parcels: list[Parcel] = []
        self.results: list[Result] = []


class Ledger(RuleBasedStateMachine):
    """Two processes at most, one relay, six readers."""

    origin: Site  # made once: composing a letter takes longer than everything else here

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.who = self.stack.enter_context(self.origin.copied(folder / "site").people(MONDAY))
        self.clock, self.wire = Clock(), Wire()
        self.unknown: Counter[str] = Counter()  # taken, and the ledger was not told
        self.gone: dict[str, int] = {}  # who left, and how many letters they had or were on the way
        self.names = iter(range(1_000_000))
        self.processes = [self._process(), self._process()]

    def teardown(self) -> None:
        self.stack.close()

    def _process(self) -> Process:
        name = f"p{next(self.names)}"
        return Process(name, desk_of(self.who, self.clock, name))

    @rule(place=PLACES, wanted=st.integers(0, 3))
    def step(self, place: int, wanted: int) -> None:
        """A tick: results are stored, and further letters handed out."""
        one = self.processes[place % 2]
        results, one.results = one.results, []
        one.parcels += one.desk.step(results, wanted)

    @rule(place=PLACES, number=PLACES, end=st.sampled_from(["250", "450", "554", "421", "hang"]))
    def body(self, place: int, number: int, end: str) -> None:
        """A body is begun, if its claim allows it, and something becomes of it."""
        one = self.processes[place % 2]
        if not one.parcels:
            return
        parcel = one.parcels.pop(number % len(one.parcels))
        if not one.desk.may_begin(parcel):
            one.results.append(untouched(parcel))
            return
        if end == "250":
            self.wire.take(parcel)
            one.results.append(taken(parcel))
        elif end == "hang":
            self.wire.take(parcel)
            self.unknown[parcel.recipient] += 1
            one.results.append(lost(parcel))
        else:
            one.results.append(refused(parcel, int(end), "", Stage.BODY))

    @rule(place=PLACES)
    def drop(self, place: int) -> None:
        """A connection broke before anything was tried."""
        one = self.processes[place % 2]
        one.results += [untouched(parcel) for parcel in one.parcels]
        one.parcels = []

    @rule(place=PLACES)
    def kill(self, place: int) -> None:
        """SIGKILL: what was answered and not stored is unknown; another process takes over."""
        one = self.processes[place % 2]
        for result in one.results:
            reply = result.reply
            if reply is not None and reply.code == 250:
                self.unknown[result.parcel.recipient] += 1
        with database.transaction(self.who.db):
            deliveries.free_claims_of(self.who.db, self.edition().id, one.name)
        self.processes[place % 2] = self._process()

    @rule(seconds=st.sampled_from([1, 12, 61, 900, 4_000]))
    def wait(self, seconds: int) -> None:
        """Time goes; whoever is not asked for a minute stood still."""
        self.clock.go(seconds)

    @rule(days=st.sampled_from([-1, 1, 365]))
    def jump(self, days: int) -> None:
        """The wall clock is set; the letters that were answered meanwhile are sent for all that."""
        self.clock.now += timedelta(days=days)

    @rule(number=st.integers(0, len(READERS) - 1))
    @precondition(lambda self: len(self.gone) < len(READERS) // 2)
    def leave(self, number: int) -> None:
        """Somebody leaves."""
        address = READERS[number]
        if address not in self.gone:
            leave_now(self.who, address)
            under_way = sum(
                parcel.recipient == address for one in self.processes for parcel in one.parcels
            )
            self.gone[address] = len(self.wire.taken[address]) + under_way

    @rule()
    def pause(self) -> None:
        """The operator stops the edition."""
        self._try(pause_edition)

    @rule()
    def resume(self) -> None:
        """The operator lets it go on."""
        self._try(resume_edition)
        self.clock.go(1)

    def _try(self, action: object) -> None:
        try:
            action(self.who, WEEKLY)  # type: ignore[operator]
        except NewsfeedError as error:
            assert str(error)

    def edition(self) -> editions.EditionRecord:
        found = editions.find(self.who.db, WEEKLY)
        assert found
        return found

    def states(self) -> dict[str, str]:
        rows = self.who.db.execute(
            "SELECT subscriber.address, delivery.state FROM delivery"
            " JOIN subscriber ON subscriber.id = delivery.subscriber_id"
        )
        return dict(rows.fetchall())

    @invariant()
    def nobody_gets_a_letter_twice_that_the_ledger_knew_of(self) -> None:
        """One, and one more for each time that nobody could know."""
        stood_still = {one.recipient for process in self.processes for one in process.parcels}
        for address, ids in self.wire.taken.items():
            assert len(set(ids)) <= 1
            if address not in stood_still:
                assert len(ids) <= 1 + self.unknown[address] + self._late(address)

    def _late(self, address: str) -> int:
        """Answers that are not stored yet: another process may have taken the letter over."""
        results = [result for process in self.processes for result in process.results]
        return sum(result.parcel.recipient == address for result in results)

    @invariant()
    def whoever_left_gets_only_what_was_on_its_way(self) -> None:
        for address, allowed in self.gone.items():
            assert len(self.wire.taken[address]) <= allowed

    @invariant()
    def what_the_ledger_calls_sent_was_taken(self) -> None:
        for address, state in self.states().items():
            assert state != "sent" or self.wire.taken[address]

    def finish(self) -> None:
        """From anywhere: an operator resumes it and a new process ends it."""
        for place in (0, 1):
            self.kill(place)
        desk = self.processes[0].desk
        self.clock.now = max(self.clock.now, MONDAY) + timedelta(days=400)
        self.clock.seconds += 100
        for _ in range(4):
            self.resume()
            empty(desk, self.wire)
            self.clock.go(40_000)
        assert self.edition().state is EditionState.SENT
        for address, state in self.states().items():
            assert DeliveryState(state) in FINAL
            if state == "sent" or address not in self.gone:
                assert self.wire.taken[address] or state == "failed"


class Finished(Ledger):
    """At the end of every run of events somebody makes an end of it."""

    def teardown(self) -> None:
        try:
            self.finish()
        finally:
            super().teardown()


def test_no_order_of_events_loses_a_letter_or_repeats_one_that_had_surely_arrived(
    tmp_path: Path,
) -> None:
    Finished.origin = smtp_site(tmp_path, READERS, 'stop_at_failures = "99%"\n')
    run_state_machine_as_test(
        Finished,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
