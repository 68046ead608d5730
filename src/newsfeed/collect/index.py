"""The door to the index: a cache of what unchanged files gave, in one SQLite file.

It may be deleted at any time and costs time only. A row is trusted while the file's size, times
and inode are those we saw, and the file had not changed within the two seconds before we read it:
file systems stamp with a coarse clock, so a change right after reading could look like none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.collect.files import Found, Stamp
from newsfeed.errors import Fault, StoreError

RACY = 2_000_000_000
"""Nanoseconds before reading within which a change makes a row untrusted."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL,
  size INTEGER NOT NULL, mtime INTEGER NOT NULL, ctime INTEGER NOT NULL, inode INTEGER NOT NULL,
  picture TEXT NOT NULL, UNIQUE (source, path));
CREATE TABLE IF NOT EXISTS entry (file INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS picture (path TEXT PRIMARY KEY, stamp BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""

_UNTRUSTED = Stamp(-1, 0, 0, 0)


class Row(NamedTuple):
    """A file that was read: the picture that its entry was looked for at, and the entry encoded."""

    found: Found
    picture: str
    entry: bytes


def row(found: Found, entry: Entry) -> Row:
    """What to remember of a file. Encoding is done where the file was read."""
    return Row(found, entry.picture, msgspec.msgpack.encode(entry))


class Index:
    """The cache of entries. Use as a context manager; `key` names settings and versions that the
    entries depend on: under another key everything is forgotten.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Open or make the file; a damaged one is made anew. Raises StoreError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._db = _open(path)
        if self.note("key") != key.encode():
            self._db.executescript(
                "DELETE FROM file; DELETE FROM entry; DELETE FROM picture; DELETE FROM note;"
            )
            self.set_note("key", key.encode())

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Keep what was written."""
        try:
            self._db.commit()
        finally:
            self._db.close()

    def stamps(self, source: str) -> dict[str, Stamp]:
        """The stamp of every file of a source that is known, by path."""
        query = "SELECT path, size, mtime, ctime, inode FROM file WHERE source = ?"
        return {row[0]: Stamp(*row[1:]) for row in self._db.execute(query, (source,))}

    def entries(self, source: str) -> Iterator[Entry]:
        """Every entry of a source, by path."""
        decoder = msgspec.msgpack.Decoder(Entry)
        query = (
            "SELECT value FROM file JOIN entry ON entry.file = file.id"
            " WHERE source = ? ORDER BY path"
        )
        for (blob,) in self._db.execute(query, (source,)):
            yield decoder.decode(blob)

    def pictures(self) -> dict[str, Stamp | None]:
        """The stamp of every local image that was looked for; None where there was none."""
        decoder = msgspec.msgpack.Decoder(Stamp | None)
        rows = self._db.execute("SELECT path, stamp FROM picture")
        return {path: decoder.decode(blob) for path, blob in rows}

    def articles_with(self, picture: str) -> list[tuple[str, str]]:
        """Source and path of the articles whose lead image is that file."""
        query = "SELECT source, path FROM file WHERE picture = ?"
        return list(self._db.execute(query, (picture,)))

    def blame(self, source: str, path: str, fault: Fault) -> None:
        """Keep a fault that came out after reading, for as long as the file does not change."""
        query = (
            "SELECT file, value FROM file JOIN entry ON entry.file = file.id"
            " WHERE source = ? AND path = ?"
        )
        for file, blob in self._db.execute(query, (source, path)).fetchall():
            entry = msgspec.msgpack.decode(blob, type=Entry)
            blamed = msgspec.msgpack.encode(msgspec.structs.replace(entry, fault=fault))
            self._db.execute("UPDATE entry SET value = ? WHERE file = ?", (blamed, file))

    def forget(self, source: str, paths: Iterable[str]) -> None:
        """Drop what is known of files."""
        places = [(source, path) for path in paths]
        condition = "SELECT id FROM file WHERE source = ? AND path = ?"
        self._db.executemany(f"DELETE FROM entry WHERE file = ({condition})", places)  # noqa: S608
        self._db.executemany("DELETE FROM file WHERE source = ? AND path = ?", places)

    def remember(self, source: str, rows: Iterable[Row], read_at: int) -> None:
        """Keep what files gave that are not known, or were forgotten. `read_at` is when reading
        began, in nanoseconds of the clock that stamps files.
        """
        (last,) = self._db.execute("SELECT coalesce(max(id), 0) FROM file").fetchone()
        for number, (found, picture, entry) in enumerate(rows, last + 1):
            values = (number, source, found.path, *trusted(found.stamp, read_at), picture)
            self._db.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            self._db.execute("INSERT INTO entry VALUES (?, ?)", (number, entry))

    def remember_pictures(self, stamps: dict[str, Stamp | None], read_at: int) -> None:
        """Replace what is known of local images."""
        self._db.execute("DELETE FROM picture")
        self._db.executemany(
            "INSERT INTO picture VALUES (?, ?)",
            (
                (path, msgspec.msgpack.encode(trusted(stamp, read_at) if stamp else None))
                for path, stamp in stamps.items()
            ),
        )

    def picture_paths(self) -> list[str]:
        """The local images that entries speak of."""
        query = "SELECT DISTINCT picture FROM file WHERE picture <> ''"
        return [path for (path,) in self._db.execute(query)]

    def note(self, name: str) -> bytes | None:
        """What was noted under a name."""
        row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def drop_note(self, name: str) -> None:
        """Forget what was noted under a name."""
        self._db.execute("DELETE FROM note WHERE name = ?", (name,))

    def set_note(self, name: str, value: bytes) -> None:
        """Note a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))


def trusted(stamp: Stamp, read_at: int) -> Stamp:
    """The stamp, or one that no file has where the file changed too shortly before reading."""
    return stamp if max(stamp.mtime, stamp.ctime) < read_at - RACY else _UNTRUSTED


def _open(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, timeout=30)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"cannot be opened: {error}", where=str(path), remedy="mend its folder's permissions"
        ) from None
    with closing(db.cursor()) as cursor:
        cursor.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + _SCHEMA)
    return db
