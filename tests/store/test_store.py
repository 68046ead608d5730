"""The store: made, upgraded, refused; what it remembers of articles."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from newsfeed.errors import SettingsError, StoreError
from newsfeed.model import DateOrigin
from newsfeed.store import articles, database, private
from tests.kit import SETTINGS, Site
from tests.store.kit import article, child, names, old_store

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
    title="글",
    own_date=NOW,
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


def test_what_is_behind_is_copied_aside_and_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    old_store(path)
    inode = path.stat().st_ino
    with database.connect(path, NOW) as db:
        assert [one.path for one in articles.load(db)] == ["글0.md"]
    assert (database.version(path), path.stat().st_ino) == (database.head(), inode)
    (copy,) = tmp_path.glob("newsfeed.db.before-*")
    assert copy.name == "newsfeed.db.before-20261101T000000Z"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT version FROM store_version").fetchall() == [(1,)]
        assert db.execute("SELECT path FROM article").fetchall() == [("글0.md",)]


def test_an_upgrade_tells_what_it_did(tmp_path: Path) -> None:
    path = tmp_path / "newsfeed.db"
    head = database.head()
    assert database.upgrade(path, NOW) == database.Upgrade(0, head, None)
    assert database.upgrade(path, NOW) == database.Upgrade(head, head, None)


def test_many_processes_make_one_store(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from newsfeed.store import articles\n"
        "sys.stdin.readline()\n"
        "with database.connect(pathlib.Path(sys.argv[1]), NOW) as db:\n"
        "    articles.save(db, [article(int(sys.argv[2]))])\n"
    )
    path = tmp_path / "newsfeed.db"
    assert _errors([child(program, str(path), str(number)) for number in range(5)]) == [""] * 5
    with database.connect(path, NOW) as db:
        assert len(articles.load(db)) == 5
    assert names(tmp_path) == ["newsfeed.db", "newsfeed.db.lock"]


def test_many_processes_upgrade_a_store_once(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "sys.stdin.readline()\n"
        "with database.connect(pathlib.Path(sys.argv[1]), NOW) as db:\n"
        "    db.execute('SELECT * FROM subscriber')\n"
    )
    path = tmp_path / "newsfeed.db"
    old_store(path)
    assert _errors([child(program, str(path)) for _ in range(5)]) == [""] * 5
    assert len(list(tmp_path.glob("newsfeed.db.before-*"))) == 1


def _errors(children: list[subprocess.Popen[str]]) -> list[str]:
    """Let all go at the same moment; what each says."""
    for one in children:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    return [one.communicate(timeout=50)[1] for one in children]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_upgrade_that_is_killed_is_finished_by_the_next_run(tmp_path: Path, when: str) -> None:
    """Yoyo notes a migration a moment after it was applied: a kill may fall between."""
    path = tmp_path / "newsfeed.db"
    old_store(path)
    step = "process_steps" if when == "before" else "mark_one"
    program = (
        "import os, sys, pathlib\n"
        "import yoyo.migrations, yoyo.backends.base\n"
        "place = yoyo.migrations.Migration if sys.argv[2] == 'process_steps'"
        " else yoyo.backends.base.DatabaseBackend\n"
        "real = getattr(place, sys.argv[2])\n"
        "def step(*words, **named):\n"
        "    if any('0002' in str(getattr(w, 'id', '')) for w in words):\n"
        "        os._exit(9)\n"
        "    return real(*words, **named)\n"
        "setattr(place, sys.argv[2], step)\n"
        "with database.connect(pathlib.Path(sys.argv[1]), NOW):\n"
        "    pass\n"
    )
    killed = child(program, str(path), step)
    killed.communicate(timeout=50)
    assert killed.returncode == 9
    with closing(sqlite3.connect(path)) as db:
        expected = 1 if when == "before" else 2
        assert db.execute("SELECT version FROM store_version").fetchone() == (expected,)
    with database.connect(path, NOW) as db:
        assert len(articles.load(db)) == 1
    assert database.version(path) == database.head()


def test_an_upgrade_that_fails_changes_nothing_and_leaves_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, migrations = tmp_path / "newsfeed.db", tmp_path / "migrations"
    old_store(path)
    shutil.copytree(database.MIGRATIONS, migrations)
    with (migrations / "0002.audience.sql").open("a", encoding="utf-8") as file:
        file.write("\nINSERT INTO nowhere VALUES (1);\n")
    monkeypatch.setattr(database, "MIGRATIONS", migrations)
    with pytest.raises(StoreError, match="nowhere"), database.connect(path, NOW):
        pass
    assert database.version(path) == 1
    with closing(sqlite3.connect(path)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    assert not tables & {"subscriber", "consent", "edition"}
    assert not list(tmp_path.glob("newsfeed.db.before-*"))


@pytest.mark.parametrize("name", ["a b", "한글", "a%20b", "q?x", "h#y", "c:d"])
def test_a_store_is_made_where_its_folder_has_an_odd_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with database.connect(tmp_path / name / "newsfeed.db", NOW):
        pass
    assert names(tmp_path / name) == ["newsfeed.db", "newsfeed.db.lock"]
    assert names(tmp_path) == [name]


def test_who_waits_for_a_store_that_is_replaced_opens_the_new_one(tmp_path: Path) -> None:
    path, new = tmp_path / "newsfeed.db", tmp_path / "new.db"
    for place, number in ((path, 1), (new, 2)):
        with database.connect(place, NOW) as db:
            articles.save(db, [article(number)])
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    program = (
        "import sys, pathlib\n"
        "from newsfeed.store import articles\n"
        "print('ready', flush=True)\n"
        "with database.connect(pathlib.Path(sys.argv[1]), NOW) as db:\n"
        "    print(articles.load(db)[0].sequence)\n"
    )
    waiting = child(program, str(path))
    assert waiting.stdout is not None
    waiting.stdout.readline()
    time.sleep(0.3)
    new.replace(path)
    holder.close()
    assert waiting.communicate(timeout=50) == ("2\n", "")


def test_the_process_that_holds_the_store_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW):
        pass
    program = (
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1])\n"
        "db.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    holder = child(program, str(path))
    assert holder.stdout is not None
    holder.stdout.readline()
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    try:
        with (
            pytest.raises(StoreError, match=rf"process {holder.pid} \(.*wait for it, or end it"),
            database.connect(path, NOW) as db,
            database.transaction(db),
        ):
            pass
    finally:
        holder.communicate("\n", timeout=50)
