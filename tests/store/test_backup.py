"""Backups: whole whatever is going on, never over anything, and put back without a gap."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsfeed.errors import StoreError
from newsfeed.store import articles, backup, database, facts
from tests.store.kit import NOW, article, child, full_store, names, newer_store, old_store

WRITER = """\
import sys, pathlib
from newsfeed.store import facts
from newsfeed.store.queries import queries
with database.connect(pathlib.Path(sys.argv[1]), NOW) as db:
    number = 0
    while True:
        number += 1
        with database.transaction(db):
            queries.set_fact(db, name='one', value=str(number))
            db.execute("UPDATE article SET url = ?", (str(number),))
            queries.set_fact(db, name='two', value=str(number))
        if number == 5:
            print('writing', flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / ".newsfeed" / "newsfeed.db"
    path.parent.mkdir()
    full_store(path)
    return path


@pytest.fixture
def writer(store: Path) -> Iterator[subprocess.Popen[str]]:
    process = child(WRITER, str(store))
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_a_backup_is_the_store_in_one_file_for_its_owner_alone(tmp_path: Path, store: Path) -> None:
    old = os.umask(0)
    try:
        backup.save(store, tmp_path / "b.db")
    finally:
        os.umask(old)
    assert names(tmp_path) == [".newsfeed", "b.db"]
    assert stat.S_IMODE((tmp_path / "b.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(f"file:{tmp_path}/b.db?mode=ro&immutable=1", uri=True)) as db:
        assert len(articles.load(db)) == 200
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_that_is_put_back_by_hand_is_paused_too(tmp_path: Path, store: Path) -> None:
    backup.save(store, tmp_path / "b.db")
    with database.connect(tmp_path / "b.db", NOW) as db:
        assert facts.paused(db, NOW) == backup.RESTORED
    with database.connect(store, NOW) as db:
        assert facts.paused(db, NOW) == ""


def test_a_backup_while_others_write_holds_whole_steps(
    tmp_path: Path, store: Path, writer: subprocess.Popen[str]
) -> None:
    seen = set()
    for number in range(8):
        target = tmp_path / f"{number}.db"
        backup.save(store, target)
        with closing(sqlite3.connect(target)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            query = "SELECT value FROM store_fact WHERE name IN ('one', 'two')"
            values = {value for (value,) in db.execute(query)}
            assert len(values) == 1
            assert {url for (url,) in db.execute("SELECT url FROM article")} == values
            seen |= values
    assert writer.poll() is None
    assert len(seen) > 1


def test_a_backup_never_overwrites(tmp_path: Path, store: Path) -> None:
    target = tmp_path / "b.db"
    target.write_text("mine", encoding="ascii")
    with pytest.raises(StoreError, match=r"b\.db: there is a file of this name already"):
        backup.save(store, target)
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="already"):
        backup.save(store, tmp_path / "link.db")
    assert target.read_text(encoding="ascii") == "mine"
    assert names(tmp_path) == [".newsfeed", "b.db", "link.db"]


def test_what_a_killed_backup_left_is_in_nobodys_way(tmp_path: Path, store: Path) -> None:
    (tmp_path / ".b.db.new").write_bytes(b"half")
    backup.save(store, tmp_path / "b.db")
    assert names(tmp_path) == [".newsfeed", "b.db"]


def test_a_damaged_store_gives_no_backup(tmp_path: Path, store: Path) -> None:
    spoil(store)
    with pytest.raises(StoreError, match=r"newsfeed\.db: the store is damaged"):
        backup.save(store, tmp_path / "b.db")
    assert names(tmp_path) == [".newsfeed"]


def test_a_missing_store_gives_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store yet"):
        backup.save(tmp_path / "newsfeed.db", tmp_path / "b.db")
    assert names(tmp_path) == []


def test_a_backup_into_a_missing_folder_is_refused(tmp_path: Path, store: Path) -> None:
    with pytest.raises(StoreError, match="make it first"):
        backup.save(store, tmp_path / "nowhere" / "b.db")


def test_a_locked_store_is_not_waited_for_without_end(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with closing(sqlite3.connect(store, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            backup.save(store, tmp_path / "b.db")
    assert names(tmp_path) == [".newsfeed"]


def test_a_store_that_is_behind_can_be_saved_as_it_is(tmp_path: Path) -> None:
    old_store(tmp_path / "newsfeed.db")
    backup.save(tmp_path / "newsfeed.db", tmp_path / "b.db")
    assert database.version(tmp_path / "b.db") == 1


def test_a_backup_is_unpacked_beside_the_store_and_stays_as_it_is(
    tmp_path: Path, store: Path
) -> None:
    backup.save(store, tmp_path / "b.db")
    before = (tmp_path / "b.db").read_bytes()
    new = backup.unpack(tmp_path / "b.db", store)
    assert new.parent == store.parent
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert (tmp_path / "b.db").read_bytes() == before
    assert names(tmp_path) == [".newsfeed", "b.db"]
    backup.discard(new)
    assert names(store.parent) == ["newsfeed.db", "newsfeed.db.lock"]


def test_a_copy_made_by_hand_is_unpacked_with_its_journal(tmp_path: Path, store: Path) -> None:
    with closing(sqlite3.connect(store)) as db:
        articles.save(db, [article(999)])
        db.commit()
        for tail in ("", "-wal"):
            shutil.copy(f"{store}{tail}", f"{tmp_path}/b.db{tail}")
    new = backup.unpack(tmp_path / "b.db", store)
    with closing(sqlite3.connect(new)) as db:
        assert len(articles.load(db)) == 201


def a_damaged_one(path: Path) -> None:
    full_store(path)
    spoil(path)


def a_cut_one(path: Path) -> None:
    full_store(path)
    os.truncate(path, 9 * 4096)


def a_foreign_one(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (x)")


def a_text(path: Path) -> None:
    path.write_bytes(b"no database at all" * 400)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (a_text, "no store"),
        (Path.touch, "empty"),
        (Path.mkdir, "no such file"),
        (newer_store, "newer than this newsfeed"),
        (a_damaged_one, "damaged"),
        (a_cut_one, "damaged"),
        (a_foreign_one, "another program"),
    ],
)
def test_what_is_no_backup_is_refused_by_its_name_and_nothing_is_left(
    tmp_path: Path, store: Path, make: Callable[[Path], None], problem: str
) -> None:
    make(tmp_path / "b.db")
    with pytest.raises(StoreError, match=rf"b\.db: .*{problem}"):
        backup.unpack(tmp_path / "b.db", store)
    assert names(store.parent) == ["newsfeed.db", "newsfeed.db.lock"]


def test_the_store_itself_is_no_backup(store: Path) -> None:
    with pytest.raises(StoreError, match="the store itself"):
        backup.unpack(store, store)


def put_back(store: Path, new: Path) -> Path | None:
    with backup.alone(store):
        return backup.put_in_place(new, store, NOW)


def test_the_present_store_is_kept_with_all_that_its_journal_held(
    tmp_path: Path, store: Path
) -> None:
    backup.save(store, tmp_path / "b.db")
    with database.connect(store, NOW) as db:
        articles.save(db, [article(999)])
        db.commit()
        shutil.copy(f"{store}-wal", tmp_path / "wal")
    shutil.copy(tmp_path / "wal", f"{store}-wal")  # as after a kill
    new = backup.unpack(tmp_path / "b.db", store)
    inode = new.stat().st_ino
    aside = put_back(store, new)
    assert aside is not None
    assert aside.name == "newsfeed.db.before-restore-20261101T000000Z"
    assert names(store.parent) == ["newsfeed.db", aside.name, "newsfeed.db.lock"]
    assert store.stat().st_ino == inode
    with closing(sqlite3.connect(aside)) as db:
        assert len(articles.load(db)) == 201
    with closing(sqlite3.connect(store)) as db:
        assert len(articles.load(db)) == 200


def test_two_restores_in_a_second_keep_both_stores(tmp_path: Path, store: Path) -> None:
    backup.save(store, tmp_path / "b.db")
    kept = {put_back(store, backup.unpack(tmp_path / "b.db", store)) for _ in range(2)}
    assert len(kept) == 2
    assert all(path is not None and path.exists() for path in kept)


def test_a_damaged_store_is_replaced_with_its_journal_out_of_the_way(
    tmp_path: Path, store: Path
) -> None:
    backup.save(store, tmp_path / "b.db")
    new = backup.unpack(tmp_path / "b.db", store)
    store.write_bytes(b"damaged beyond reading" * 400)
    store.with_name("newsfeed.db-wal").write_bytes(b"of the damaged one")
    aside = put_back(store, new)
    assert aside is not None
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"of the damaged one"
    with database.connect(store, NOW) as db:
        assert len(articles.load(db)) == 200


def test_a_lost_store_is_replaced(tmp_path: Path, store: Path) -> None:
    backup.save(store, tmp_path / "b.db")
    new = backup.unpack(tmp_path / "b.db", store)
    store.unlink()
    assert put_back(store, new) is None
    with database.connect(store, NOW) as db:
        assert len(articles.load(db)) == 200


def test_a_store_that_another_process_has_open_is_not_replaced(
    tmp_path: Path, store: Path, writer: subprocess.Popen[str]
) -> None:
    with (
        pytest.raises(StoreError, match=rf"process {writer.pid} .*has the store open"),
        backup.alone(store),
    ):
        pass
    assert writer.poll() is None


def test_a_file_is_replaced_as_a_whole_and_the_old_one_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    assert backup.replace_file(b"first", path, NOW) is None
    aside = backup.replace_file(b"second", path, NOW)
    assert aside is not None
    assert (aside.read_bytes(), path.read_bytes()) == (b"first", b"second")
    assert {stat.S_IMODE(one.stat().st_mode) for one in (aside, path)} == {0o600}
    assert len(names(tmp_path)) == 2


def spoil(path: Path) -> None:
    """Overwrite a page of articles, as a bad disk does. Nothing but a look at all pages sees it."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    place = path.read_bytes().index("글150.md".encode()) // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xa5" * 4096)
