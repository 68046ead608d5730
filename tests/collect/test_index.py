"""The index: what it trusts, and what it forgets."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from newsfeed.collect.entry import Entry
from newsfeed.collect.files import Found, Stamp
from newsfeed.collect.index import RACY, Index, IndexDamagedError, encoded, row, trusted
from newsfeed.errors import Fault

STAMP = Stamp(size=5, mtime=1_000, ctime=1_000, inode=7)
READ_AT = STAMP.mtime + RACY + 1


def _found(path: str) -> Found:
    return Found(path, path, STAMP)


def _entry(path: str) -> Entry:
    return Entry(path=path, raw_path=path, title=path)


def _remember(index: Index, *paths: str) -> None:
    index.remember("s", [[row(_found(path), _entry(path)) for path in paths]], READ_AT)


def test_what_was_remembered_is_known_in_the_next_run(tmp_path: Path) -> None:
    with Index(tmp_path / "index.db", "key") as index:
        _remember(index, "b.md", "a.md")
    with Index(tmp_path / "index.db", "key") as index:
        assert index.stamps("s") == {"a.md": encoded(STAMP), "b.md": encoded(STAMP)}
        assert [entry.path for entry in index.entries("s")] == ["a.md", "b.md"]
        assert index.stamps("other") == {}


def test_a_file_whose_entry_is_gone_is_damage_and_no_article_less(tmp_path: Path) -> None:
    with Index(tmp_path / "index.db", "key") as index:
        _remember(index, "a.md", "b.md")
        index._db.execute("DELETE FROM entry WHERE file = 1")
        with pytest.raises(IndexDamagedError):
            index.entries("s")


def test_a_large_value_for_which_there_is_no_room_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    with Index(tmp_path / "index.db", "key") as index:
        index.shelve("large", b"before")
        monkeypatch.setattr(Path, "write_bytes", full)
        index.shelve("large", b"after")
        assert index.shelved("large") == b"before"
    assert not (tmp_path / "large.new").exists()


def test_under_another_key_everything_is_forgotten(tmp_path: Path) -> None:
    with Index(tmp_path / "index.db", "key") as index:
        _remember(index, "a.md")
        index.set_note("n", b"v")
    with Index(tmp_path / "index.db", "other") as index:
        assert index.stamps("s") == {}
        assert index.note("n") is None


def test_tables_of_another_version_are_made_anew(tmp_path: Path) -> None:
    """A newsfeed that keeps something else of files reads them again, and says nothing."""
    with closing(sqlite3.connect(tmp_path / "index.db")) as db:
        db.execute("CREATE TABLE file (id INTEGER PRIMARY KEY, size INTEGER)")
        db.execute("CREATE TABLE entry (file INTEGER PRIMARY KEY, value BLOB)")
        db.execute("INSERT INTO entry VALUES (1, x'')")
        db.commit()
    with Index(tmp_path / "index.db", "key") as index:
        assert index.stamps("s") == {}
        _remember(index, "a.md")
        assert [entry.path for entry in index.entries("s")] == ["a.md"]


@pytest.mark.parametrize(
    ("mtime", "ctime", "is_trusted"),
    [(0, 0, True), (READ_AT, 0, False), (0, READ_AT, False), (READ_AT - RACY, 0, False)],
)
def test_a_file_that_changed_just_before_it_was_read_is_not_trusted(
    mtime: int, ctime: int, *, is_trusted: bool
) -> None:
    """File systems stamp with a coarse clock: a later change could look like none."""
    stamp = Stamp(5, mtime, ctime, 7)
    assert (trusted(stamp, READ_AT) == stamp) is is_trusted


def test_every_run_that_changes_something_counts_one_generation(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    seen = []
    for action in ("remember", "nothing", "forget", "forget nothing", "blame"):
        with Index(path, "key") as index:
            if action == "remember":
                _remember(index, "a.md", "b.md")
            elif action == "forget":
                index.forget("s", ["a.md"])
            elif action == "forget nothing":
                index.forget("s", [])
            elif action == "blame":
                index.blame("s", "b.md", Fault(path="b.md", problem="p", remedy="r"))
            seen.append(index.generation)
    assert seen == [1, 1, 2, 2, 3]


def test_a_fault_that_comes_out_later_is_kept_with_the_entry(tmp_path: Path) -> None:
    fault = Fault(path="a.md", problem="p", remedy="r")
    with Index(tmp_path / "index.db", "key") as index:
        _remember(index, "a.md")
        index.blame("s", "a.md", fault)
        assert [entry.fault for entry in index.entries("s")] == [fault]


def test_what_a_run_that_failed_had_read_is_kept(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Index(tmp_path / "index.db", "key") as index:
        _remember(index, "a.md")
        raise RuntimeError
    with Index(tmp_path / "index.db", "key") as index:
        assert index.generation == 1
        assert set(index.stamps("s")) == {"a.md"}


def test_what_came_after_a_generation_is_told_apart(tmp_path: Path) -> None:
    with Index(tmp_path / "index.db", "key") as index:
        _remember(index, "a.md", "b.md", "c.md")
        before = index.generation
        assert index.entries_since(before, 9) == {}
        index.forget("s", ["c.md"])
        _remember(index, "c.md", "d.md")
        index.blame("s", "a.md", Fault(path="a.md", problem="is bad", remedy="mend it"))
        changed = index.entries_since(before, 9)
        assert sorted(changed) == [("s", "a.md"), ("s", "c.md"), ("s", "d.md")]
        assert changed["s", "a.md"].fault
        assert changed["s", "c.md"] == index.entry("s", "c.md") == _entry("c.md")
        assert len(index.entries_since(before, 2)) == 2
        assert index.count() == 4


def test_what_was_shelved_is_there_until_the_index_is_another(tmp_path: Path) -> None:
    path, other = tmp_path / "one" / "index.db", tmp_path / "other" / "index.db"
    with Index(path, "key") as index, Index(other, "key") as another:
        assert index.shelved("n") is None
        index.shelve("n", b"value")
        another.shelve("n", b"else")
        assert bytes(index.shelved("n") or b"") == b"value"
        assert (path.parent / "n").stat().st_mode & 0o077 == 0
    with Index(path, "key") as index:
        assert bytes(index.shelved("n") or b"") == b"value"
        (path.parent / "n").write_bytes((other.parent / "n").read_bytes())
        assert index.shelved("n") is None
        (path.parent / "n").unlink()
        assert index.shelved("n") is None
        index.shelve("n", b"value")
        index.reset()
        assert index.shelved("n") is None
