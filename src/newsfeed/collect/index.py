"""The door to the index: a cache of what unchanged files gave, in one SQLite file.

It may be deleted at any time and costs time only. A row is trusted while the file's size, times
and inode are those we saw, and the file had not changed within the two seconds before we read it:
file systems stamp with a coarse clock, so a change right after reading could look like none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import closing, suppress
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self, TypeVar, cast

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.collect.files import Found, Stamp
from newsfeed.errors import Fault, StoreError
from newsfeed.store import private

RACY = 2_000_000_000
"""Nanoseconds before reading within which a change makes a row untrusted."""

_VERSION = 2
"""Of the tables: those of another are made anew."""

_SCHEMA = f"""
DROP TABLE IF EXISTS file;
DROP TABLE IF EXISTS entry;
CREATE TABLE file (
  source TEXT NOT NULL, path TEXT NOT NULL, id INTEGER NOT NULL, stamp BLOB NOT NULL,
  picture BLOB NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY (source, path)) WITHOUT ROWID;
CREATE TABLE entry (file INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS picture (path TEXT PRIMARY KEY, stamp BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS original (
  path TEXT PRIMARY KEY, stamp BLOB NOT NULL, key TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rendition (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
"""

_GENERATION = "generation"
_CACHE = 32 * 1024
"""Kibibytes. Entries lie as files were found and are read by path: in SQLite's usual two mebibytes
each page of a large index would be read again and again.
"""
_UNTRUSTED = Stamp(-1, 0, 0, 0)
_ENCODER = msgspec.msgpack.Encoder()


class Row(NamedTuple):
    """A file that was read: its entry's `pictures`, and the entry itself, both encoded."""

    found: Found
    pictures: bytes
    entry: bytes


def row(found: Found, entry: Entry) -> Row:
    """What to remember of a file. Encoding is done where the file was read."""
    return Row(found, msgspec.msgpack.encode(entry.pictures), msgspec.msgpack.encode(entry))


class IndexDamagedError(Exception):
    """What the index holds cannot be read. `Index.reset` makes it anew."""


Method = TypeVar("Method", bound=Callable[..., object])
Value = TypeVar("Value")


def _guarded(method: Method) -> Method:
    """Damage shows as one error, wherever in the file it comes to light."""

    @wraps(method)
    def guarded(*arguments: object, **named: object) -> object:
        try:
            return method(*arguments, **named)
        except (sqlite3.DatabaseError, msgspec.DecodeError, UnicodeDecodeError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise StoreError(
                    f"the cache cannot be used: {error}",
                    where=".newsfeed/cache",
                    remedy="make room where the disk is full; if another newsfeed runs, wait for"
                    " it; else remove the folder",
                ) from None
            raise IndexDamagedError(str(error)) from None

    return cast("Method", guarded)


class Index:
    """The cache of entries. Use as a context manager; `key` names settings and versions that the
    entries depend on: under another key everything is forgotten.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Open or make the file. Raises StoreError."""
        self._path, self._key = path, key
        private.make(path.parent)
        try:
            self._open()
        except (sqlite3.DatabaseError, IndexDamagedError):
            self._begin_anew()

    def reset(self) -> None:
        """Throw the file away and begin with an empty one."""
        self._db.close()
        self._begin_anew()

    @_guarded
    def _begin_anew(self) -> None:
        private.remove_database(self._path)
        self._open()

    def _open(self) -> None:
        self._db = _open(self._path)
        if self.note("key") != self._key.encode():
            self._db.executescript(
                "DELETE FROM file; DELETE FROM entry; DELETE FROM picture; DELETE FROM note;"
            )
            self.set_note("key", self._key.encode())

    @property
    def generation(self) -> int:
        """A number that grows whenever what is remembered changes."""
        return int(self.note(_GENERATION) or 0)

    def _changes(self) -> None:
        """Count a change, in the transaction that makes it."""
        self.set_note(_GENERATION, str(self.generation + 1).encode())

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Keep what was written. Raises StoreError; damage shows in the next run."""
        try:
            with suppress(IndexDamagedError):
                self._commit()
        finally:
            self._db.close()

    @_guarded
    def _commit(self) -> None:
        self._db.commit()

    @_guarded
    def stamps(self, source: str) -> dict[str, bytes]:
        """The stamp of every file of a source that is known, by path, as `encoded` has it: there
        are many, and all that is done with them is to compare.
        """
        return dict(self._db.execute("SELECT path, stamp FROM file WHERE source = ?", (source,)))

    @_guarded
    def entries(self, source: str) -> list[Entry]:
        """Every entry of a source, by path."""
        decoder = msgspec.msgpack.Decoder(Entry)
        query = (
            "SELECT value FROM file LEFT JOIN entry ON entry.file = file.id"
            " WHERE source = ? ORDER BY path"
        )
        rows = self._db.execute(query, (source,)).fetchall()
        if (None,) in rows:
            raise IndexDamagedError("an entry is not there")
        return [decoder.decode(blob) for (blob,) in rows]

    @_guarded
    def entry(self, source: str, path: str) -> Entry:
        """The entry of one file that is known."""
        query = (
            "SELECT value FROM file JOIN entry ON entry.file = file.id"
            " WHERE source = ? AND path = ?"
        )
        row = self._db.execute(query, (source, path)).fetchone()
        if row is None:
            raise IndexDamagedError(f"{path} is not there")
        return msgspec.msgpack.decode(row[0], type=Entry)

    @_guarded
    def entries_since(self, generation: int, limit: int) -> dict[tuple[str, str], Entry]:
        """Entries that came or changed after a generation, by source and path; `limit` at most."""
        decoder = msgspec.msgpack.Decoder(Entry)
        query = (
            "SELECT source, path, value FROM file JOIN entry ON entry.file = file.id"
            " WHERE generation > ? ORDER BY source, path LIMIT ?"
        )
        rows = self._db.execute(query, (generation, limit))
        return {(source, path): decoder.decode(blob) for source, path, blob in rows}

    @_guarded
    def count(self) -> int:
        """How many files are known."""
        (count,) = self._db.execute("SELECT count(*) FROM file").fetchone()
        return int(count)

    @_guarded
    def pictures(self) -> dict[str, bytes]:
        """The stamp of every place where media were looked for, as `encoded` has it."""
        return dict(self._db.execute("SELECT path, stamp FROM picture"))

    @_guarded
    def articles_with(self, pictures: Set[str]) -> set[tuple[str, str]]:
        """Source and path of the articles of which any medium was looked for there."""
        decoder = msgspec.msgpack.Decoder(list[str])
        rows = self._db.execute("SELECT source, path, picture FROM file")
        return {
            (source, path)
            for source, path, blob in rows
            if not pictures.isdisjoint(decoder.decode(blob))
        }

    @_guarded
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
            self._changes()
            place = (self.generation, source, path)
            self._db.execute("UPDATE file SET generation = ? WHERE source = ? AND path = ?", place)

    @_guarded
    def forget(self, source: str, paths: Iterable[str]) -> None:
        """Drop what is known of files."""
        places = [(source, path) for path in paths]
        if places:
            self._changes()
        condition = "SELECT id FROM file WHERE source = ? AND path = ?"
        self._db.executemany(f"DELETE FROM entry WHERE file = ({condition})", places)  # noqa: S608
        self._db.executemany("DELETE FROM file WHERE source = ? AND path = ?", places)

    @_guarded
    def remember(self, source: str, batches: Iterable[Sequence[Row]], read_at: int) -> None:
        """Keep what files gave that are not known, or were forgotten. `read_at` is when reading
        began, in nanoseconds of the clock that stamps files.
        """
        (first,) = self._db.execute("SELECT coalesce(max(file), 0) + 1 FROM entry").fetchone()
        number, generation = first, self.generation + 1
        for batch in batches:
            files = [
                (
                    source,
                    row.found.path,
                    at,
                    encoded(trusted(row.found.stamp, read_at)),
                    row.pictures,
                    generation,
                )
                for at, row in enumerate(batch, number)
            ]
            self._db.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)", files)
            entries = [(at, row.entry) for at, row in enumerate(batch, number)]
            self._db.executemany("INSERT INTO entry VALUES (?, ?)", entries)
            number += len(batch)
        if number > first:
            self._changes()

    @_guarded
    def remember_pictures(self, stamps: dict[str, Stamp | None], read_at: int) -> None:
        """Replace what is known of local media."""
        self._db.execute("DELETE FROM picture")
        self._db.executemany(
            "INSERT INTO picture VALUES (?, ?)",
            (
                (path, encoded(trusted(stamp, read_at) if stamp else None))
                for path, stamp in stamps.items()
            ),
        )

    @_guarded
    def picture_paths(self) -> list[str]:
        """Where the media that entries speak of were looked for, each place once."""
        decoder = msgspec.msgpack.Decoder(list[str])
        rows = self._db.execute("SELECT DISTINCT picture FROM file")
        return list(dict.fromkeys(path for (blob,) in rows for path in decoder.decode(blob)))

    @_guarded
    def original(self, path: str, seen: Stamp) -> str:
        """The key of the renditions of an image file, if it is still the one that was read; ""."""
        query = "SELECT key FROM original WHERE path = ? AND stamp = ?"
        found = self._db.execute(query, (path, encoded(seen))).fetchone()
        return found[0] if found else ""

    @_guarded
    def remember_original(self, path: str, key: str, seen: Stamp, read_at: int) -> None:
        """Keep the key of what an image file held, as `remember` does."""
        values = (path, encoded(trusted(seen, read_at)), key)
        self._db.execute("INSERT OR REPLACE INTO original VALUES (?, ?, ?)", values)

    @_guarded
    def renditions(self, key: str) -> bytes | None:
        """What is known of the renditions of a key, which holds whatever the settings are."""
        found = self._db.execute("SELECT value FROM rendition WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    @_guarded
    def remember_renditions(self, key: str, value: bytes) -> None:
        """Keep what is known of the renditions of a key."""
        self._db.execute("INSERT OR REPLACE INTO rendition VALUES (?, ?)", (key, value))

    @_guarded
    def note(self, name: str) -> bytes | None:
        """What was noted under a name."""
        row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def noted(self, name: str, kind: type[Value]) -> Value | None:
        """What was noted under a name, decoded; None for nothing, and for what is damaged."""
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return msgspec.msgpack.decode(self.note(name) or b"", type=kind)
        return None

    @_guarded
    def set_note(self, name: str, value: bytes) -> None:
        """Note a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def shelve(self, name: str, value: bytes) -> None:
        """Note a large value, which is a file of its own: as a row it takes ten times as long.

        Where there is no room for it, nothing is noted.
        """
        new = self._shelf(f"{name}.new")
        try:
            new.touch(mode=0o600)
            new.write_bytes(value)
            new.replace(self._shelf(name))
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)
        else:
            self.set_note(name, sha256(value).digest())

    def shelved(self, name: str) -> bytes | None:
        """What was last shelved under a name, if it is whole."""
        digest = self.note(name)
        with suppress(OSError):
            value = self._shelf(name).read_bytes()
            return value if sha256(value).digest() == digest else None
        return None

    def _shelf(self, name: str) -> Path:
        return self._path.with_name(name)


def encoded(stamp: Stamp | None) -> bytes:
    """A stamp as it is kept; None where there was no file."""
    return _ENCODER.encode(stamp)


def trusted(stamp: Stamp, read_at: int) -> Stamp:
    """The stamp, or one that no file has where the file changed too shortly before reading."""
    return stamp if max(stamp.mtime, stamp.ctime) < read_at - RACY else _UNTRUSTED


def _open(path: Path) -> sqlite3.Connection:
    try:
        with suppress(OSError):  # what comes next tells it
            path.touch(mode=0o600)
        db = sqlite3.connect(path, timeout=30)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"cannot be opened: {error}",
            where=str(path),
            remedy="remove what lies there, or mend the permissions",
        ) from None
    with closing(db.cursor()) as cursor:
        cursor.executescript(
            f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE};"
        )
        if cursor.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            cursor.executescript(_SCHEMA)
    return db
