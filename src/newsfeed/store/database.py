"""The door to the store: opening it, and bringing a new or old one to the newest version.

Everything that differs between databases stands in this file, and so do the two statements that
every run needs: the named SQL of `queries.py` is imported only where articles are read or saved.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from newsfeed.errors import SettingsError, StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

_PREFIX = "sqlite:///"
_YOYOS_TABLES = ("_yoyo", "yoyo", "sqlite_")


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
    """
    try:
        if not path.exists() or _is_blank(path):
            _make(path)
        db = _open(path)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from None
    try:
        if _behind(db, path):
            db.close()
            _copy_aside(path, now)
            _migrate(path)
            db = _open(path)
        with db:
            yield db
    except sqlite3.Error as error:
        raise _unusable(path, error) from None
    finally:
        db.close()


def revision(db: sqlite3.Connection) -> str:
    """A value that changes whenever articles are saved, in this store or another."""
    (value,) = db.execute("SELECT value FROM revision").fetchone()
    return str(value)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=PATIENCE)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _behind(db: sqlite3.Connection, path: Path) -> bool:
    (version,) = db.execute("SELECT max(version) FROM store_version").fetchone()
    if version > head():
        raise StoreError(
            f"has version {version}, newer than this newsfeed, which knows {head()}",
            where=str(path),
            remedy="install the newest newsfeed",
        )
    return bool(version < head())


def _is_blank(path: Path) -> bool:
    """Whether a first migration ended before it made a table of ours."""
    db = sqlite3.connect(path, timeout=PATIENCE)
    try:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    finally:
        db.close()
    return all(name.startswith(_YOYOS_TABLES) for (name,) in names)


def _make(path: Path) -> None:
    """Make a store beside its place and move it there whole: a run may end at any moment."""
    new = path.with_name(f"{path.name}.new")
    for left in (new, new.with_name(f"{new.name}-journal")):
        left.unlink(missing_ok=True)
    os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    _migrate(new)
    new.replace(path)


def _migrate(path: Path) -> None:
    """Apply what is missing. Yoyo's own lock is not taken: it would outlive a run that is killed,
    and the lock in `private.py` keeps other runs away.
    """
    from yoyo import get_backend, read_migrations

    backend = get_backend(f"sqlite:///{path.absolute()}")
    try:
        backend.apply_migrations(backend.to_apply(read_migrations(str(MIGRATIONS))))
    finally:
        backend.connection.close()


def _copy_aside(path: Path, now: datetime) -> None:
    copy = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}")
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _unusable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"the store cannot be used: {error}",
        where=str(path),
        remedy="if another newsfeed runs, wait for it; else restore a backup",
    )
