"""Rows of an import wait, and go where they belong, at the cost of their own number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.store import database, imports
from newsfeed.store.imports import BESIDE, LEAVING, SUPPRESSING, Place, Staged
from newsfeed.store.queries import queries

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
PEOPLE = 3_000
EDITIONS = (("a", "weekly"), ("b", "weekly"), ("c", "daily"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with database.connect(tmp_path / "newsfeed.db", NOW) as opened, imports.staging(opened):
        yield opened


def row(person: str, **change: object) -> Staged:
    usual = Staged(
        file=0,
        line=1,
        strength=imports.ACTIVE,
        newsletter="weekly",
        address_hash=f"hash-{person}",
        public_id=f"id-{person}",
        address=f"{person}@example.org",
        name="",
        language="",
        state="active",
        since=SECONDS,
        source="a form",
        consented=SECONDS,
        ip="",
        reason="",
    )
    return usual._replace(**change)  # type: ignore[arg-type]


def leaving(person: str, **change: object) -> Staged:
    usual = {"state": "unsubscribed", "strength": LEAVING, "consented": None, "source": ""}
    return row(person, **usual | change)


def suppressing(person: str, strength: int = SUPPRESSING, **change: object) -> Staged:
    usual = {"state": "", "strength": strength, "newsletter": "", "reason": "blocked"}
    return leaving(person, **usual | change)


def fill(db: sqlite3.Connection) -> None:
    """A store with people, three editions, and a letter of each that waits for everybody."""
    rows = [row(f"{number}") for number in range(PEOPLE)]
    imports.stage(db, rows)
    assert not list(imports.take_out_repeated(db))
    imports.bring_in(db, NOW)
    queries.drop_staged(db)
    queries.make_staged(db)
    for slug, newsletter in EDITIONS:
        db.execute(
            "INSERT INTO edition (newsletter, slug, origin, domain, kind, state, slot, not_before,"
            " intro, transport, revision, why, composed) VALUES (:newsletter, :slug, :slug,"
            " 'example.org', 'manual', 'released', 0, 0, '', 'files', 0, '', 0)",
            {"newsletter": newsletter, "slug": slug},
        )
    db.execute(
        "INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision,"
        " owner, epoch, lease_until, reply)"
        " SELECT edition.id, subscriber.id, 'queued', 0, 0, 0, 0, '', 0, 0, ''"
        " FROM edition CROSS JOIN subscriber"
    )
    db.commit()


def dropped(db: sqlite3.Connection) -> list[tuple[str, str]]:
    found = db.execute(
        "SELECT subscriber.address, edition.slug FROM delivery"
        " JOIN subscriber ON subscriber.id = delivery.subscriber_id"
        " JOIN edition ON edition.id = delivery.edition_id"
        " WHERE delivery.state = 'dropped' ORDER BY 1, 2"
    )
    return list(found)


def bring(db: sqlite3.Connection, *rows: Staged) -> None:
    imports.stage(db, rows)
    list(imports.take_out_repeated(db))
    imports.settle(db, lambda _place, _why: None)
    imports.bring_in(db, NOW)


def test_only_letters_of_those_who_left_and_of_that_newsletter_are_dropped(
    db: sqlite3.Connection,
) -> None:
    fill(db)
    bring(db, leaving("7"), suppressing("8"), row("9", name="another"), leaving("stranger"))
    seven, eight = "7@example.org", "8@example.org"
    assert dropped(db) == [
        (seven, "a"), (seven, "b"), (eight, "a"), (eight, "b"), (eight, "c"),
    ]  # fmt: skip


def test_what_is_on_its_way_or_done_stays_as_it_is(db: sqlite3.Connection) -> None:
    fill(db)
    db.execute("UPDATE delivery SET lease_until = ? WHERE edition_id = 1", (SECONDS + 60,))
    db.execute("UPDATE delivery SET state = 'sent' WHERE edition_id = 2")
    bring(db, suppressing("8"))
    assert dropped(db) == [("8@example.org", "c")]


def test_a_small_import_costs_the_same_in_a_large_store(db: sqlite3.Connection) -> None:
    """Ten rows look at their own people, letters and suppressions, and pass over all others."""
    fill(db)
    db.execute(
        "INSERT INTO suppression SELECT 'other-' || address_hash, 'bounced', 0 FROM subscriber"
    )
    db.commit()
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    rows = [leaving(f"{number}") for number in range(5)]
    rows += [row(f"{number}") for number in range(5, 10)]
    db.set_progress_handler(count, 100)
    try:
        bring(db, *rows)
    finally:
        db.set_progress_handler(None, 0)
    assert len(dropped(db)) == 10
    assert steps * 100 < PEOPLE * 4, "a statement went through the whole store"


def test_of_rows_for_one_address_the_strongest_stays_and_then_the_first(
    db: sqlite3.Connection,
) -> None:
    imports.stage(
        db,
        [
            row("a", line=1), leaving("a", line=2), row("a", line=3, newsletter="daily"),
            row("b", line=4), suppressing("b", line=5), row("b", line=6, newsletter="daily"),
            row("c", line=7), row("c", line=8),
            row("d", line=9), suppressing("d", BESIDE, line=10), suppressing("d", BESIDE, line=11),
        ],
    )  # fmt: skip
    gone = set(imports.take_out_repeated(db))
    assert gone == {Place(0, line) for line in (1, 4, 6, 8)}
    left = [line for (line,) in db.execute("SELECT line FROM staged ORDER BY id")]
    assert left == [2, 3, 5, 7, 9, 10]


def test_a_million_rows_of_one_address_would_do_too(db: sqlite3.Connection) -> None:
    """The work grows with the rows and not with their square."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    number = 4_000
    imports.stage(
        db, [row("a", line=n, newsletter=("weekly", "daily")[n % 2]) for n in range(number)]
    )
    db.set_progress_handler(count, 1_000)
    try:
        assert len(list(imports.take_out_repeated(db))) == number - 2
    finally:
        db.set_progress_handler(None, 0)
    assert steps < number
