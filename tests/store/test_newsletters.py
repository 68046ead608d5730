"""What the store remembers of newsletters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.model import EditionKind, SlotOutcome
from newsfeed.store import database, facts, newsletters
from newsfeed.store.newsletters import Known

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCHEDULED = EditionKind.SCHEDULED


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with database.connect(tmp_path / "newsfeed.db", NOW) as opened:
        yield opened


def test_a_newsletter_is_unknown_until_its_clock_is_saved(db: sqlite3.Connection) -> None:
    assert newsletters.known(db, "weekly") is None
    newsletters.save_clock(db, "weekly", "key", NOW + timedelta(milliseconds=900))
    expected = Known(name="weekly", clock="key", decided_until=NOW)
    assert newsletters.known(db, "weekly") == expected
    newsletters.save_clock(db, "daily", "other", NOW)
    assert [known.name for known in newsletters.everyone(db)] == ["daily", "weekly"]


def test_saving_a_clock_leaves_a_pause_as_it_is(db: sqlite3.Connection) -> None:
    newsletters.pause(db, "weekly", NOW, NOW + HOUR)
    newsletters.save_clock(db, "weekly", "key", NOW + HOUR)
    known = newsletters.known(db, "weekly")
    assert known == Known(
        name="weekly",
        clock="key",
        decided_until=NOW + HOUR,
        paused=NOW,
        paused_until=NOW + HOUR,
    )
    newsletters.resume(db, "weekly")
    known = newsletters.known(db, "weekly")
    assert known == Known(name="weekly", clock="key", decided_until=NOW + HOUR)


def test_a_pause_of_a_newsletter_that_no_run_met_is_kept(db: sqlite3.Connection) -> None:
    """Its clock fits no schedule, so that the first run is its first sight all the same."""
    newsletters.pause(db, "weekly", NOW, None)
    known = newsletters.known(db, "weekly")
    assert known is not None
    assert (known.clock, newsletters.is_paused(known, NOW + 9999 * HOUR)) == ("", True)


def test_a_pause_ends_at_its_end_and_a_later_one_replaces_it(db: sqlite3.Connection) -> None:
    newsletters.pause(db, "weekly", NOW, None)
    newsletters.pause(db, "weekly", NOW, NOW + HOUR)
    known = newsletters.known(db, "weekly")
    assert newsletters.is_paused(known, NOW + HOUR - timedelta(seconds=1))
    assert not newsletters.is_paused(known, NOW + HOUR)
    assert not newsletters.is_paused(None, NOW)


def test_a_pause_of_everything_ends_at_its_end_or_by_resume(db: sqlite3.Connection) -> None:
    assert facts.paused(db, NOW) == ""
    facts.pause(db, "by hand", NOW + HOUR)
    assert facts.paused(db, NOW + HOUR - timedelta(seconds=1)) == "by hand"
    assert (facts.paused(db, NOW + HOUR), facts.paused_until(db)) == ("", NOW + HOUR)
    facts.pause(db, "restored from a backup")
    assert facts.paused(db, NOW + 9999 * HOUR) == "restored from a backup"
    facts.resume(db)
    assert (facts.paused(db, NOW), facts.paused_until(db)) == ("", None)


def test_a_slot_is_decided_once_whatever_the_second_decision_is(db: sqlite3.Connection) -> None:
    def record(name: str, kind: EditionKind, outcome: SlotOutcome) -> bool:
        return newsletters.record_slot(db, name, NOW, kind, outcome, NOW + HOUR)

    assert record("weekly", SCHEDULED, SlotOutcome.NOTHING_NEW)
    assert not record("weekly", SCHEDULED, SlotOutcome.EDITION)
    assert record("weekly", EditionKind.MANUAL, SlotOutcome.EDITION)
    assert record("daily", SCHEDULED, SlotOutcome.PAUSED)
    outcome = newsletters.slot_outcome(db, "weekly", NOW, SCHEDULED)
    assert outcome is SlotOutcome.NOTHING_NEW
    assert newsletters.slot_outcome(db, "weekly", NOW + HOUR, SCHEDULED) is None


def test_only_slots_to_come_that_made_no_edition_are_forgotten(db: sqlite3.Connection) -> None:
    for hours, outcome in (
        (0, SlotOutcome.TOO_LATE),
        (1, SlotOutcome.NOTHING_NEW),
        (2, SlotOutcome.EDITION),
    ):
        newsletters.record_slot(db, "weekly", NOW + hours * HOUR, SCHEDULED, outcome, NOW)
    newsletters.forget_slots_to_come(db, "weekly", NOW)
    left = [newsletters.slot_outcome(db, "weekly", NOW + h * HOUR, SCHEDULED) for h in range(3)]
    assert left == [SlotOutcome.TOO_LATE, None, SlotOutcome.EDITION]


def test_old_links_lead_to_the_present_name_through_any_chain(db: sqlite3.Connection) -> None:
    """And back: a name that is in use again is nobody's former name."""

    def names() -> list[str]:
        return [newsletters.current_name(db, name) for name in ("a", "b", "c", "d")]

    newsletters.rename(db, "a", "b")
    assert names() == ["b", "b", "c", "d"]
    newsletters.rename(db, "b", "c")
    assert names() == ["c", "c", "c", "d"]
    newsletters.rename(db, "c", "a")
    assert names() == ["a", "a", "a", "d"]
    newsletters.rename(db, "a", "b")
    assert names() == ["b", "b", "b", "d"]
    assert newsletters.former_names(db) == {"a": "b", "c": "b"}


def test_every_table_that_names_a_newsletter_is_renamed(db: sqlite3.Connection) -> None:
    """A migration that adds one must be thought of in `rename`."""
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    naming = {
        table
        for table in tables
        if any(column[1] == "newsletter" for column in db.execute(f"PRAGMA table_info({table})"))
    }
    expected = {"subscription", "consent", "edition", "edition_article", "slot", "skip", "notice"}
    assert naming == expected


def test_nothing_is_kept_before_the_caller_commits(tmp_path: Path) -> None:
    """A slot and its edition are decided in one step: another process sees all or nothing."""
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW) as db:
        with pytest.raises(RuntimeError), database.transaction(db):
            newsletters.save_clock(db, "weekly", "key", NOW)
            newsletters.record_slot(db, "weekly", NOW, SCHEDULED, SlotOutcome.EDITION, NOW)
            newsletters.rename(db, "weekly", "new")
            facts.pause(db, "by hand", NOW)
            raise RuntimeError
        with closing(sqlite3.connect(path)) as other:
            assert newsletters.everyone(other) == []
            assert newsletters.former_names(other) == {}
            assert facts.paused_until(other) is None
