"""The door to the store: opening it, and bringing a new or old one to the newest version.

Everything that differs between databases stands in this file, and so do the few statements that
every run needs: the named SQL of `queries.py` is imported only where articles are read or saved.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from newsfeed.errors import SettingsError, StoreError
from newsfeed.store import private, turns
from newsfeed.store.trouble import check_place, explain, refuse_full

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

UNTOLD = "untold"
"""Not something that was told, but that there is something to tell."""

_ROOM = 1 << 20
"""Bytes that making or upgrading a store needs on the disk, besides what is in it: yoyo says
anything where they are not there."""

_PREFIX = "sqlite:///"
_YOYOS_TABLES = ("_yoyo", "yoyo", "sqlite_")


class Upgrade(NamedTuple):
    """From which version to which (0: there was none), and the copy of the old one."""

    before: int
    after: int
    copy: Path | None


def head() -> int:
    """The number of the newest migration."""
    return max(int(path.name[:4]) for path in MIGRATIONS.glob("[0-9]*.sql"))


def sqlite_path(url: str, base: Path) -> Path:
    """The file behind a store address, relative to `base`. Raises SettingsError."""
    if not url.startswith(_PREFIX) or not url.removeprefix(_PREFIX):
        kind = url.partition(":")[0] if "://" in url else "this"  # the rest may hold a password
        raise SettingsError(
            f"`store.url`: {kind} is not a store that can be used yet",
            remedy='write one like "sqlite:///.newsfeed/newsfeed.db"',
        )
    return base / unquote(url.removeprefix(_PREFIX))


@contextmanager
def connect(path: Path, now: datetime) -> Iterator[sqlite3.Connection]:
    """The store, at the newest version; a missing file is made, one that is behind is copied
    aside and upgraded. Commits at the end, or rolls back on an error. Raises StoreError.

    Any number of processes may open it at the same time, also where there is none yet.
    """
    with explained(path, OSError):
        db = _opened(path, now)
    try:
        with explained(path), db:
            yield db
    finally:
        db.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A store that is there and at the newest version, for reading alone. Raises StoreError."""
    with explained(path), closing(sqlite3.connect(path, timeout=PATIENCE)) as db:
        db.execute("PRAGMA query_only = ON")
        yield db


@contextmanager
def looking(path: Path, now: datetime) -> Iterator[sqlite3.Connection]:
    """The store for reading alone, whether there is one or not: one that is missing stays so, and
    an empty one elsewhere stands in. Raises StoreError, also for a store that is behind.
    """
    found = version(path)
    if found == head():
        with reading(path) as db:
            yield db
    elif found:
        raise StoreError(
            f"has version {found}, older than this newsfeed, which knows {head()}",
            where=str(path),
            remedy="`newsfeed db upgrade` brings it up to date",
        )
    else:
        from tempfile import TemporaryDirectory

        with (
            TemporaryDirectory(prefix="newsfeed-") as folder,
            connect(Path(folder) / "newsfeed.db", now) as db,
        ):
            yield db


@contextmanager
def explained(path: Path, *more: type[Exception]) -> Iterator[None]:
    """Turn every error of SQLite's, and of `more` kinds, into a StoreError that says what to do."""
    kinds: tuple[type[Exception], ...] = (sqlite3.Error, *more)
    try:
        yield
    except kinds as error:
        raise explain(path, error, PATIENCE) from None


def upgrade(path: Path, now: datetime) -> Upgrade:
    """Make a missing store, or bring one that is behind to the newest version, after a copy.

    Others that want to do the same wait, and then find it done. Raises StoreError.
    """
    if trouble := check_place(path):
        raise trouble
    with private.lock(path.parent, path.name), explained(path, OSError):
        before = version(path)
        copy = None
        if before < head():
            refuse_full(path, 2 * _size(path) + _ROOM)
        if before == 0:
            _make(path)
        elif before < head():
            copy = _copy_aside(path, now)
            _migrate_or_drop(path, before, copy)
        return Upgrade(before=before, after=version(path), copy=copy)


def version(path: Path) -> int:
    """The version of the store in a file; 0 where there is none, or an empty one.

    Raises StoreError for one that is newer than the code, and for what is no store of ours.
    """
    with explained(path, OSError):
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as db:
            return _version(db, path)


@contextmanager
def transaction(db: sqlite3.Connection, patience: float | None = None) -> Iterator[None]:
    """One step that is kept whole or not at all, while nobody else writes. Not nested.

    What is read within stays true until the end: the lock is taken before the first statement.
    With `patience` others are waited for as long as in `turns.begin`, which raises BusyError.
    """
    turns.begin(db, patience)
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


def version_of_others(db: sqlite3.Connection) -> int:
    """A number that is another one after somebody else wrote: what was read may be old then.

    Within a transaction it holds until its end.
    """
    (value,) = db.execute("PRAGMA data_version").fetchone()
    return int(value)


def forget(db: sqlite3.Connection) -> bool:
    """Leave no byte of what was deleted in the store or its journal; call it after the commit.

    The store is written anew: where pages were split or joined, copies of rows stay behind that
    `secure_delete` does not reach. False where another process reads or writes for long.
    """
    try:
        db.execute("VACUUM")
        return settle(db)
    except sqlite3.OperationalError as error:
        if not turns.is_busy(error):
            raise
        return False


def settle(db: sqlite3.Connection) -> bool:
    """Bring all of the journal into the store's file. False where another process is at work."""
    (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


@contextmanager
def roomy(db: sqlite3.Connection) -> Iterator[None]:
    """Let the connection hold 96 MB of the store in memory meanwhile, for a million rows at once.

    Their indices are written in no order; with the usual 2 MB that takes twice as long.
    """
    (usual,) = db.execute("PRAGMA cache_size").fetchone()
    db.execute("PRAGMA cache_size = -98304")
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size = {int(usual)}")


def revision(db: sqlite3.Connection) -> str:
    """A value that changes whenever articles are saved, in this store or another."""
    (value,) = db.execute("SELECT value FROM revision").fetchone()
    return str(value)


def pause(db: sqlite3.Connection) -> str:
    """Why everything was paused, also where the pause has an end that is past; "" for no pause."""
    row = db.execute("SELECT value FROM store_fact WHERE name = 'paused'").fetchone()
    return "" if row is None else str(row[0])


def has_notices(db: sqlite3.Connection) -> bool:
    """Whether a mail to a subscriber waits that is no edition."""
    (found,) = db.execute("SELECT EXISTS (SELECT 1 FROM notice WHERE done IS NULL)").fetchone()
    return bool(found)


def has_news(db: sqlite3.Connection, faults: str) -> bool:
    """Whether the operator was not told something yet, or was told of a fault whose key begins so,
    which may be over.
    """
    query = "SELECT EXISTS (SELECT 1 FROM told WHERE key = ? OR substr(key, 1, ?) = ?)"
    (found,) = db.execute(query, (UNTOLD, len(faults), faults)).fetchone()
    return bool(found)


def _opened(path: Path, now: datetime) -> sqlite3.Connection:
    if trouble := check_place(path):
        raise trouble
    if not path.exists():
        upgrade(path, now)
    while True:
        seen = path.stat().st_ino
        db = sqlite3.connect(path, timeout=PATIENCE)
        try:
            found = _version(db, path)
            # Who waited here for a restore holds the store that was put aside.
            if found == head() and path.stat().st_ino == seen:
                configure(db)
                return db
        except BaseException:
            db.close()
            raise
        db.close()
        if found < head():
            upgrade(path, now)


def configure(db: sqlite3.Connection) -> None:
    """How every connection works: nobody waits for readers, and what is committed is kept."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # whoever is erased is in no free page either


def _version(db: sqlite3.Connection, path: Path) -> int:
    """The version; 0 where a first migration ended before it made a table of ours."""
    names = _tables(db)
    if "store_version" not in names:
        if all(name.startswith(_YOYOS_TABLES) for name in names):
            return 0
        raise StoreError(
            "this database belongs to another program",
            where=str(path),
            remedy="choose another file with `store.url`",
        )
    (found,) = db.execute("SELECT coalesce(max(version), 0) FROM store_version").fetchone()
    if found > head():
        raise StoreError(
            f"has version {found}, newer than this newsfeed, which knows {head()}",
            where=str(path),
            remedy="install the newest newsfeed",
        )
    return int(found)


def _make(path: Path) -> None:
    """Make a store beside its place and move it there whole: a run may end at any moment."""
    new = path.with_name(f"{path.name}.new")
    private.remove_database(new)
    os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _migrate(new, flushed=False)
    with closing(sqlite3.connect(new)) as db:
        configure(db)  # at once: two connections cannot change the journal's mode at a time
    descriptor = os.open(new, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    new.replace(path)


def _migrate(path: Path, *, flushed: bool = True) -> None:
    """Apply what is missing, each migration whole or not at all, with the version that it makes.

    Yoyo notes what it applied a moment later: the version in the store decides. Its lock is not
    taken: it would outlive a run that is killed, and the lock of `upgrade` keeps others away.
    Unless `flushed`, the caller brings it to the disk: a step at a time takes a while.
    """
    from yoyo import get_backend, read_migrations

    reached = version(path)
    backend = get_backend(f"sqlite:///{quote(str(path.absolute()))}")
    try:
        if not flushed:
            backend.connection.execute("PRAGMA synchronous = OFF")
        migrations = read_migrations(str(MIGRATIONS))
        done = migrations.filter(lambda migration: int(migration.id[:4]) <= reached)
        backend.mark_migrations(backend.to_apply(done))
        backend.apply_migrations(backend.to_apply(migrations))
    finally:
        backend.connection.close()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _migrate_or_drop(path: Path, before: int, copy: Path) -> None:
    """Upgrade; a store that stayed as it was needs no copy, and a run every hour makes many."""
    try:
        _migrate(path)
    except BaseException:
        if version(path) == before:
            copy.unlink()
        raise


def _copy_aside(path: Path, now: datetime) -> Path:
    """A copy of a store that is behind. Nothing is sent from it, should it ever be put back."""
    copy = unused(path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}"))
    copy_store(path, copy, "put back from before an upgrade")
    return copy


def copy_store(path: Path, copy: Path, why: str) -> None:
    """Copy a store, of any version and while others write, to a new file of mode 0600, flushed.

    The copy is one file without a journal, and paused: `why` is what `status` then says. Raises
    sqlite3.Error, OSError (FileExistsError too), and leaves no half copy.
    """
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        with (
            closing(sqlite3.connect(path, timeout=PATIENCE)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.execute("BEGIN")  # the backup itself would wait for a lock without end
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            with target:
                _pause_copy(target, why)
    except BaseException:
        private.remove_database(copy)
        raise


def fact(path: Path, name: str) -> str | None:
    """A fact about a store of any version, which stays as it is; None where it has none."""
    with explained(path), closing(sqlite3.connect(path, timeout=PATIENCE)) as db:
        if "store_fact" not in _tables(db):
            return None
        row = db.execute("SELECT value FROM store_fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])


def _pause_copy(db: sqlite3.Connection, why: str) -> None:
    if "store_fact" in _tables(db):  # no letter was ever sent from an older one
        db.execute("DELETE FROM store_fact WHERE name IN ('paused', 'paused until')")
        db.execute("INSERT INTO store_fact (name, value) VALUES ('paused', ?)", (why,))


def _tables(db: sqlite3.Connection) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    return {str(name) for (name,) in db.execute(query)}


def unused(path: Path) -> Path:
    """This path, or the next free one with a number behind it."""
    number, free = 1, path
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
