"""The store: made, upgraded, refused; what it remembers of articles."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from newsfeed.errors import SettingsError, StoreError
from newsfeed.model import DateOrigin
from newsfeed.store import articles, database, private
from tests.kit import SETTINGS, Site

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ONE = articles.Identity(
    id="https://example.org/a/",
    source="s",
    path="글.md",
    url="https://example.org/a/",
    content_hash="0" * 64,
    first_seen=NOW,
    stored_date=NOW,
    dated=DateOrigin.FIRST_SEEN,
    sequence=0,
    news=False,
)


def test_a_missing_store_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW) as db:
        assert articles.load(db) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_saved_is_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW) as db:
        articles.save(db, [ONE])
    with database.connect(path, NOW) as db:
        assert articles.load(db) == [ONE]


def test_an_update_keeps_first_sight_sequence_and_news(tmp_path: Path) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    changed = msgspec.structs.replace(
        ONE, url="https://example.org/b/", first_seen=later, sequence=9, news=True, gone=later
    )
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        articles.save(db, [ONE])
        articles.save(db, [changed])
        (found,) = articles.load(db)
    assert (found.first_seen, found.sequence, found.news) == (NOW, 0, False)
    assert (found.url, found.gone) == ("https://example.org/b/", later)


def test_every_change_leaves_another_revision(tmp_path: Path) -> None:
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        seen = {database.revision(db)}
        for _ in range(2):
            articles.save(db, [ONE])
            seen.add(database.revision(db))
    assert len(seen) == 3


def test_an_error_while_the_store_is_open_takes_everything_back(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    with pytest.raises(RuntimeError), database.connect(path, NOW) as db:
        articles.save(db, [ONE])
        raise RuntimeError
    with database.connect(path, NOW) as db:
        assert articles.load(db) == []


def test_a_store_newer_than_the_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW) as db:
        db.execute("INSERT INTO store_version VALUES (9999)")
    with pytest.raises(StoreError, match="newer than this newsfeed"), database.connect(path, NOW):
        pass


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    path.write_bytes(b"this is no database, though it is long enough to be read as one" * 20)
    with pytest.raises(StoreError, match=r"newsfeed\.db"), database.connect(path, NOW):
        pass


def test_a_store_that_another_holds_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW):
        pass
    holder = sqlite3.connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with pytest.raises(StoreError, match="locked"), database.connect(path, NOW) as db:
        articles.save(db, [ONE])
    holder.close()


def test_only_sqlite_addresses_are_accepted_yet(tmp_path: Path) -> None:
    assert database.sqlite_path("sqlite:///a/b.db", tmp_path) == tmp_path / "a/b.db"
    for url in ("postgresql://db.invalid/x", "sqlite:///", "b.db"):
        with pytest.raises(SettingsError, match=r"store\.url"):
            database.sqlite_path(url, tmp_path)


def test_the_private_folder_is_closed_and_hidden_from_git(tmp_path: Path) -> None:
    private.prepare(tmp_path / ".newsfeed")
    assert stat.S_IMODE((tmp_path / ".newsfeed").stat().st_mode) == 0o700
    assert (tmp_path / ".newsfeed/.gitignore").read_text(encoding="ascii") == "*\n"


def test_another_folder_of_the_operator_is_not_hidden_from_git(tmp_path: Path) -> None:
    site = Site(tmp_path, SETTINGS + '[store]\nurl = "sqlite:///newsfeed.db"\n')
    site.build()
    assert (tmp_path / "newsfeed.db").is_file()
    assert not (tmp_path / ".gitignore").exists()


@pytest.mark.parametrize("killed_at", ["once the file is there", "once yoyo has its tables"])
def test_a_store_whose_first_migration_was_killed_is_made_anew(
    tmp_path: Path, killed_at: str
) -> None:
    path = tmp_path / "newsfeed.db"
    path.touch()
    if killed_at == "once yoyo has its tables":
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE yoyo_lock (locked INT DEFAULT 1, ctime TIMESTAMP, pid INT)")
            db.execute("INSERT INTO yoyo_lock VALUES (1, '2026-01-01', 1)")
            db.commit()
    with database.connect(path, NOW) as db:
        articles.save(db, [ONE])
    with database.connect(path, NOW) as db:
        assert articles.load(db) == [ONE]


def test_what_a_killed_run_left_beside_the_store_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "newsfeed.db.new").write_bytes(b"half")
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        assert articles.load(db) == []
    assert not (tmp_path / "newsfeed.db.new").exists()


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(StoreError), database.connect(path, NOW):
        pass
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    assert len(path.read_bytes()) == len(before)


def test_a_lock_that_another_holds_is_not_waited_for_without_end(tmp_path: Path) -> None:
    with (
        private.lock(tmp_path, "build"),
        pytest.raises(StoreError, match="another newsfeed is running"),
        private.lock(tmp_path, "build", patience=0.01),
    ):
        pass
    with private.lock(tmp_path, "build", patience=0):
        pass


def test_the_password_of_a_store_that_cannot_be_used_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        database.sqlite_path("postgresql://u:SECRET@db.invalid/x", tmp_path)
    assert "postgresql" in str(caught.value)
    assert "SECRET" not in str(caught.value)
