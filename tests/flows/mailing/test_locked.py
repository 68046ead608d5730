"""Another process writes for long while letters leave: they wait, and none leaves twice."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from newsfeed.deliver.smtp.parcel import DeskBusyError
from newsfeed.flows.mailing.desk import LedgerDesk
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState
from newsfeed.store import database, deliveries, editions, facts, tallies, turns
from tests.flows.editions_kit import MONDAY, WEEKLY
from tests.flows.mailing.desk_kit import SMTP, Clock, Wire, desk_of, empty, smtp_site, taken
from tests.flows.relay_kit import relay

READERS = tuple(f"reader{number}@example{number % 3}.org" for number in range(12))


@pytest.fixture
def who(tmp_path: Path) -> Iterator[People]:
    with smtp_site(tmp_path, READERS).people(MONDAY) as found:
        yield found


def _counts(who: People) -> dict[DeliveryState, int]:
    return deliveries.counts_of(who.db, _edition(who).id)


def _edition(who: People) -> editions.EditionRecord:
    found = editions.find(who.db, WEEKLY)
    assert found
    return found


@contextmanager
def _locked(who: People) -> Iterator[None]:
    """Another process writes meanwhile."""
    with closing(sqlite3.connect(who.plan.store)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_results_outlive_a_store_that_is_locked(who: People) -> None:
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    parcels = list(desk.step([], 4))
    with _locked(who), pytest.raises(DeskBusyError):
        desk.step([taken(one) for one in parcels[:3]], 0)
    desk.close()
    assert _counts(who) == {DeliveryState.SENT: 3, DeliveryState.QUEUED: len(READERS) - 3}
    assert tallies.count_retaken(who.db, _edition(who).id)[0] == 1
    assert empty(desk_of(who, clock, "two"), wire) == len(READERS) - 3


def test_a_lock_that_outlasts_the_claims_makes_no_letter_leave_twice(who: People) -> None:
    """Nobody else could take them meanwhile."""
    clock, wire = Clock(), Wire()
    desk = desk_of(who, clock, "one")
    parcels = list(desk.step([], 4))
    with _locked(who):
        for one in parcels[:3]:
            with pytest.raises(DeskBusyError):
                desk.step([taken(one)], 4)
        clock.go(300)
        assert not desk.may_begin(parcels[3])
    list(desk.step([], 0))
    assert desk.may_begin(parcels[3])
    assert _counts(who) == {DeliveryState.SENT: 3, DeliveryState.QUEUED: len(READERS) - 3}
    list(desk.step([taken(parcels[3])], 0))
    assert empty(desk, wire) == len(READERS) - 4
    assert _counts(who) == {DeliveryState.SENT: len(READERS)}
    assert desk.sent == len(READERS)


def test_while_the_store_is_locked_there_is_nothing_yet_and_the_operator_hears_of_it(
    who: People,
) -> None:
    """Also where nothing was read of it before, and where the relay is away too."""
    clock, heard = Clock(), list[str]()
    desk = LedgerDesk(
        who, "one", end=2_000, clock=lambda: clock.now, monotonic=lambda: clock.seconds,
        tell=heard.append,
    )  # fmt: skip
    with _locked(who):
        for _ in range(4):
            assert desk.waiting(100) == 0
            assert desk.rest()
            clock.go(20)
        desk.trouble("the relay is away")
        assert facts.trouble(who.db) is None
    assert [line.partition(":")[0] for line in heard] == ["the store is locked"]
    assert desk.waiting(100) == len(READERS)
    assert facts.trouble(who.db)


def test_the_end_of_a_run_waits_until_it_can_store_its_answers(
    who: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than anything else does."""
    monkeypatch.setattr(turns, "_SLICE", 0.05)
    desk = desk_of(who, Clock(), "one")
    parcels = list(desk.step([], 4))
    who.db.execute("PRAGMA busy_timeout = 50")
    free, locked = threading.Event(), threading.Event()

    def write() -> None:
        with _locked(who):
            locked.set()
            free.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    assert locked.wait(10)
    with pytest.raises(DeskBusyError):
        desk.step([taken(one) for one in parcels], 0)
    threading.Timer(0.5, free.set).start()
    desk.close()
    writer.join()
    assert _counts(who) == {DeliveryState.SENT: 4, DeliveryState.QUEUED: len(READERS) - 4}


def test_a_letter_that_cannot_be_counted_anew_does_not_leave(tmp_path: Path) -> None:
    """Its answer is there at once: others wait for theirs."""
    smtp = SMTP + 'rate = ["100/minute"]\n'
    with smtp_site(tmp_path, READERS, smtp=smtp).people(MONDAY) as who:
        clock = Clock()
        desk = desk_of(who, clock, "one")
        (parcel,) = desk.step([], 1)
        clock.go(5)
        began = time.monotonic()
        with _locked(who):
            assert not desk.may_begin(parcel)
        assert time.monotonic() - began < database.PATIENCE / 2


def test_a_lock_that_outlasts_all_patience_makes_no_letter_come_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the relay's count, from the first letters on; and delivery does not fail of it."""
    monkeypatch.setattr(database, "PATIENCE", 0.5)
    people = [f"reader{number}@example.org" for number in range(60)]
    begun = threading.Event()

    def answer(verb: str, recipient: str) -> None:
        del recipient
        if verb == ".":
            time.sleep(0.01)
            begun.set()

    with relay(answer) as at:
        site = smtp_site(tmp_path, people, smtp=at.settings(smtp="connections = 4"))
        store = site.plan().store

        def write() -> None:
            assert begun.wait(10)
            with closing(sqlite3.connect(store, timeout=10)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(2)
                other.rollback()

        writer = threading.Thread(target=write)
        writer.start()
        (one,) = site.deliver(MONDAY) or []
        writer.join()
        assert at.recipients() == sorted(people)
        assert one.counts == {DeliveryState.SENT: len(people)}
        assert at.calls == 4
