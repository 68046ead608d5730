"""Facts about the store itself: its keys, its pause, and whether it is a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsfeed.errors import StoreError
from newsfeed.store import database, facts

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_store_takes_no_other_keys_than_its_own(tmp_path: Path) -> None:
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        assert facts.keys_check(db) is None
        facts.bind_keys(db, "one", tmp_path / "secret.key")
        facts.bind_keys(db, "one", tmp_path / "secret.key")
        assert facts.keys_check(db) == "one"
        with pytest.raises(StoreError, match=r"secret\.key: .*other keys"):
            facts.bind_keys(db, "two", tmp_path / "secret.key")
        assert facts.keys_check(db) == "one"


def test_a_store_in_its_own_file_is_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    for _ in range(2):
        with database.connect(path, NOW) as db:
            assert not facts.notice_copy(db, path)
            assert facts.paused(db, NOW) == ""


@pytest.mark.parametrize("way", [shutil.copyfile, shutil.copy2])
def test_a_copied_store_is_paused_once(tmp_path: Path, way: Callable[[Path, Path], object]) -> None:
    path, copy = tmp_path / "newsfeed.db", tmp_path / "copy.db"
    with database.connect(path, NOW) as db:
        facts.notice_copy(db, path)
        before = database.revision(db)
    way(path, copy)
    with database.connect(copy, NOW) as db:
        assert facts.notice_copy(db, copy)
        assert facts.paused(db, NOW) == "this store is a copy of another"
        assert database.revision(db) != before
        facts.resume(db)
    with database.connect(copy, NOW) as db:
        assert not facts.notice_copy(db, copy)
        assert facts.paused(db, NOW) == ""
    with database.connect(path, NOW) as db:
        assert not facts.notice_copy(db, path)
        assert facts.paused(db, NOW) == ""


def test_that_a_store_is_a_copy_outlives_an_error_after_it_was_noticed(tmp_path: Path) -> None:
    path, copy = tmp_path / "newsfeed.db", tmp_path / "copy.db"
    with database.connect(path, NOW) as db:
        facts.notice_copy(db, path)
    shutil.copyfile(path, copy)
    with pytest.raises(RuntimeError), database.connect(copy, NOW) as db:
        facts.notice_copy(db, copy)
        raise RuntimeError
    with database.connect(copy, NOW) as db:
        assert facts.paused(db, NOW) == "this store is a copy of another"


def test_a_moved_store_is_no_copy(tmp_path: Path) -> None:
    path, moved = tmp_path / "newsfeed.db", tmp_path / "new" / "newsfeed.db"
    with database.connect(path, NOW) as db:
        facts.notice_copy(db, path)
    moved.parent.mkdir()
    path.rename(moved)
    with database.connect(moved, NOW) as db:
        assert not facts.notice_copy(db, moved)
