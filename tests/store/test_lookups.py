"""What is asked every minute is found by an index, however many subscribers there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.store import database
from newsfeed.store.queries import queries
from tests.store.kit import NOW


@pytest.mark.parametrize("name", ["measure_active", "measure_pending"])
def test_nothing_is_scanned_without_an_index_that_holds_all_of_it(
    tmp_path: Path, name: str
) -> None:
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN {getattr(queries, name).sql}").fetchall()
    steps = [detail for *_, detail in plan]
    assert steps
    assert all("COVERING INDEX" in step for step in steps), steps
