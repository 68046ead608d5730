"""Everybody is read in steps: nothing holds the store's journal while somebody reads the rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsfeed.model import SubscriptionState
from newsfeed.store import database, exports, spans, subscribers

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
READERS: tuple[Callable[[sqlite3.Connection], Iterator[object]], ...] = (
    subscribers.listed,
    lambda db: exports.exported(db, "", None),
)


def fill(db: sqlite3.Connection, people: int) -> None:
    """So many persons, of whom each gets both newsletters."""
    for number in range(people):
        person = subscribers.add(
            db,
            public_id=f"public-{number}",
            address_hash=f"hash-{number}",
            address=f"reader.{number}@example.com",
            name="",
            language="",
            now=NOW,
        )
        for newsletter in ("monthly", "weekly"):
            state = SubscriptionState.ACTIVE
            subscribers.put_subscription(db, person.id, newsletter, state, NOW)
    db.commit()


@pytest.mark.parametrize("read", READERS)
def test_rows_that_are_being_written_out_keep_no_journal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[sqlite3.Connection], Iterator[object]],
) -> None:
    """Whoever reads the pipe may rest for hours, while letters leave."""
    monkeypatch.setattr(spans, "AT_ONCE", 2)
    store = tmp_path / "newsfeed.db"
    with database.connect(store, NOW) as db, database.connect(store, NOW) as other:
        fill(db, 5)
        for number, _row in enumerate(read(db)):
            other.execute("UPDATE subscriber SET name = ?", (f"name {number}",))
            other.commit()
            assert database.settle(other), "all of the journal is in the store"
        assert number == 9


@settings(max_examples=10)
@given(gone=st.sets(st.integers(0, 11)), at_once=st.integers(1, 13), limit=st.integers(-1, 25))
def test_steps_leave_nobody_out_and_repeat_nobody(
    tmp_path_factory: pytest.TempPathFactory, gone: set[int], at_once: int, limit: int
) -> None:
    """Whoever was erased before, however many are read at once, and how many are asked for."""
    store = tmp_path_factory.mktemp("spans") / "newsfeed.db"
    with database.connect(store, NOW) as db, pytest.MonkeyPatch.context() as patched:
        patched.setattr(spans, "AT_ONCE", at_once)
        fill(db, 12)
        for number in gone:
            subscribers.delete(db, number + 1)
        wanted = [
            (f"reader.{number}@example.com", newsletter)
            for number in range(12)
            if number not in gone
            for newsletter in ("monthly", "weekly")
        ]
        assert [(row[0], row[3]) for row in exports.exported(db, "", None)] == wanted
        found = [(one.address, one.newsletter) for one in subscribers.listed(db, limit=limit)]
        assert found == (wanted if limit < 0 else wanted[:limit])
