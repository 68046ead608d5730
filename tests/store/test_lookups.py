"""What is asked every minute is found by an index, however many subscribers there are."""

from __future__ import annotations

from pathlib import Path

from newsfeed.store import database
from newsfeed.store.queries import queries
from tests.store.kit import NOW


def test_who_has_yet_to_confirm_is_counted_in_an_index_alone(tmp_path: Path) -> None:
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN {queries.measure_pending.sql}").fetchall()
    assert [detail for *_, detail in plan] == [
        "SCAN subscription USING COVERING INDEX subscription_waiting"
    ]
