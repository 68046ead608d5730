"""Copies of the store that can be relied on, and the way back. Everything is written beside its
place, flushed and renamed; nothing that was there before is lost.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from newsfeed.errors import StoreError
from newsfeed.store import database, private
from newsfeed.store.trouble import check_place, explain, holder

RESTORED = "restored from a backup"
"""Why a store that was restored is paused."""

LOST = "the store was missing and was made anew (`newsfeed db restore FILE` brings back a backup)"
"""Why a store is paused that was made where there had been another."""

_AT_ONCE = 1.0
"""Seconds to wait for whoever is just about to close the store."""

_OF_THE_SOURCE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CORRUPT", "SQLITE_NOTADB")


def save(store: Path, target: Path) -> None:
    """Copy the store to a new file `target` (mode 0600) while other processes may write to it.

    The copy is one file, whole and checked before it gets its name, and paused like what is
    restored from it. Raises StoreError, also where `target` is there already.
    """
    if not database.version(store):
        raise StoreError(
            "there is no store yet", where=str(store), remedy="`newsfeed publish` makes one"
        )
    refuse_existing(target)
    beside = target.with_name(f".{target.name}.new")
    try:
        private.remove_database(beside)
        database.copy_store(store, beside, RESTORED)
        check_whole(beside, store)
        _name(beside, target)
    except sqlite3.Error as error:
        code = str(getattr(error, "sqlite_errorname", ""))
        place = store if code.startswith(_OF_THE_SOURCE) else target
        raise explain(place, error, database.PATIENCE) from None
    except OSError as error:
        raise _unwritten(target, error) from None
    finally:
        with suppress(OSError):
            private.remove_database(beside)


def save_file(data: bytes, target: Path) -> None:
    """Write a new file of mode 0600, as a whole. Raises StoreError; never over an existing one."""
    refuse_existing(target)
    beside = target.with_name(f".{target.name}.new")
    try:
        _write(data, beside)
        _name(beside, target)
    except OSError as error:
        raise _unwritten(target, error) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def refuse_existing(target: Path) -> None:
    """Raise StoreError where something lies at `target`, or nothing can lie there."""
    if target.exists() or target.is_symlink():
        raise StoreError(
            "there is a file of this name already",
            where=str(target),
            remedy="name another file, or move this one away: a backup overwrites nothing",
        )
    if not target.parent.is_dir():
        raise StoreError(
            "the folder of the backup is not there", where=str(target), remedy="make it first"
        )


def unpack(file: Path, store: Path) -> Path:
    """A copy of a backup beside the store's place, checked: a store of ours, whole, not newer.

    `file` is not touched. Raises StoreError, and leaves nothing then.
    """
    if not file.is_file():
        raise StoreError("there is no such file", where=str(file), remedy="name a backup")
    if store.exists() and file.samefile(store):
        raise StoreError(
            "this is the store itself", where=str(file), remedy="name a backup to restore"
        )
    new = store.with_name(f".{store.name}.restored")
    try:
        discard(new)
        for tail in ("", "-wal"):  # a copy by hand may have its journal beside it
            source = file.with_name(f"{file.name}{tail}")
            if source.is_file():
                place = new.with_name(f"{new.name}{tail}")
                os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                shutil.copyfile(source, place)
        _check_version(new, file)
        check_whole(new, file)
    except BaseException as error:
        discard(new)
        if isinstance(error, OSError):
            raise explain(store, error, database.PATIENCE) from None
        raise
    return new


def discard(new: Path) -> None:
    """Remove an unpacked backup with all that stood beside it."""
    private.remove_database(new)
    new.with_name(f"{new.name}.lock").unlink(missing_ok=True)


def check_whole(path: Path, origin: Path) -> None:
    """Raise StoreError where pages of a store are damaged; `origin` is the file that is named."""
    try:
        with closing(sqlite3.connect(path, timeout=database.PATIENCE)) as db:
            found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(1)")]
    except sqlite3.Error as error:
        raise explain(origin, error, database.PATIENCE) from None
    if found != ["ok"]:
        raise StoreError(
            f"the store is damaged: {' '.join(found[0].split())}",
            where=str(origin),
            remedy="use an older backup (`newsfeed db restore FILE`)",
        )


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Nobody else has the store open, nor can read it, while the block runs.

    Leaving the journal mode needs that, and brings all of the journal into the file. A damaged
    store has to be replaced as it is. Raises StoreError where another process has it open.
    """
    if trouble := check_place(store):
        raise trouble
    if not store.exists():
        yield
        return
    with closing(sqlite3.connect(store, timeout=_AT_ONCE, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            code = str(getattr(error, "sqlite_errorname", ""))
            if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise StoreError(
                    f"{holder(store)} has the store open",
                    where=str(store),
                    remedy="end it, then restore; nothing was changed",
                ) from None
            if not code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise explain(store, error, _AT_ONCE) from None
        yield


def put_in_place(new: Path, store: Path, now: datetime) -> Path | None:
    """Let a prepared store take the place of the present one, which is kept under another name.

    That name, or None where there was none. At no instant is there no store. The caller is
    `alone`. Raises StoreError.
    """
    was = store.exists()
    try:
        aside = database.unused(_before_restore(store, now))
        _set_aside(store, aside)
        new.replace(store)
        _flush_folder(store.parent)
    except OSError as error:
        raise explain(store, error, database.PATIENCE) from None
    return aside if was else None


def replace_file(data: bytes, path: Path, now: datetime) -> Path | None:
    """Replace a file (mode 0600) as a whole; the present one is kept under the name that is
    returned. Raises StoreError.
    """
    beside = path.with_name(f".{path.name}.new")
    aside = database.unused(_before_restore(path, now)) if path.exists() else None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(data, beside)
        if aside:
            _link(path, aside)
        beside.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unwritten(path, error) from None
    return aside


def _set_aside(store: Path, aside: Path) -> None:
    for tail in private.JOURNALS:  # a damaged or missing store's: a new one must not find it
        place = store.with_name(f"{store.name}{tail}")
        if place.exists():
            place.replace(aside.with_name(f"{aside.name}{tail}"))
    if store.exists():
        _link(store, aside)


def _check_version(new: Path, file: Path) -> None:
    """Refuse what is no store, or too new; it is said of the file that was unpacked."""
    try:
        found = database.version(new)
    except StoreError as error:
        raise StoreError(error.problem, where=str(file), remedy=error.remedy) from None
    if not found:
        raise StoreError("this store is empty", where=str(file), remedy="name a backup")


def _before_restore(path: Path, now: datetime) -> Path:
    return path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")


def _name(beside: Path, target: Path) -> None:
    """Give a finished file its name, never over another one."""
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:  # a disk that has no hard links
        refuse_existing(target)
        beside.rename(target)
    _flush_folder(target.parent)


def _link(path: Path, aside: Path) -> None:
    try:
        os.link(path, aside)
    except OSError:  # a disk that has no hard links
        path.rename(aside)


def _write(data: bytes, path: Path) -> None:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(target: Path, error: OSError) -> StoreError:
    return StoreError(
        f"the file cannot be written: {error.strerror}",
        where=str(target),
        remedy="mend the permissions, make room, or name another place",
    )
