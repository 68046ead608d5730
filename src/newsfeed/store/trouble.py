"""What is wrong with a store that cannot be used, and what to do: SQLite's codes in plain words."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from newsfeed.errors import StoreError

_RESTORE = "restore a backup with `newsfeed db restore FILE`"
_AGAIN = "; nothing was stored. Then run it again"

_FULL, _ROOM = "the disk is full", "make room" + _AGAIN

_MEANINGS = (
    ("SQLITE_READONLY_DBMOVED", "the store was replaced while it was open", "run it again"),
    ("SQLITE_READONLY", "the store can only be read", "mend the permissions of file and folder"),
    ("SQLITE_PERM", "the store may not be opened", "mend the permissions of file and folder"),
    ("SQLITE_AUTH", "the store may not be opened", "mend the permissions of file and folder"),
    ("SQLITE_FULL", _FULL, _ROOM),
    ("SQLITE_NOTADB", "this is no store, or its first bytes are damaged", _RESTORE),
    ("SQLITE_CORRUPT", "the store is damaged", _RESTORE),
    ("SQLITE_IOERR", "the disk does not take or give data", "look at the disk" + _AGAIN),
    ("SQLITE_TOOBIG", "the store takes no value of that size", "leave out what is so large"),
)


def explain(path: Path, error: Exception, patience: float) -> StoreError:
    """The error of an open or of a statement as one line for people.

    `patience` is for how many seconds a lock was waited for.
    """
    if isinstance(error, OSError):
        return _of_the_system(path, error)
    code = str(getattr(error, "sqlite_errorname", ""))
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreError(
            f"the store is locked: {holder(path)} has been writing for more than {patience:g} s",
            where=str(path),
            remedy="wait for it, or end it" + _AGAIN,
        )
    if code.startswith("SQLITE_IOERR") and is_full(path):
        return _full(path)  # where the file beside the store that processes share has no room
    for begin, problem, remedy in _MEANINGS:
        if code.startswith(begin):
            return StoreError(f"{problem} ({error})", where=str(path), remedy=remedy)
    if code.startswith("SQLITE_CANTOPEN"):
        return check_place(path) or StoreError(
            f"the store cannot be opened ({error})", where=str(path), remedy="mend the permissions"
        )
    return StoreError(
        f"the store cannot be used: {error}",
        where=str(path),
        remedy="if it goes on, " + _RESTORE,
    )


def check_place(path: Path) -> StoreError | None:
    """What keeps SQLite from reading and writing a file here; None where nothing does."""
    try:
        if path.is_dir():
            return StoreError(
                "this is a folder, not a store",
                where=str(path),
                remedy="name a file in `store.url`",
            )
        for place, needed in ((path, os.R_OK | os.W_OK), (path.parent, os.W_OK | os.X_OK)):
            if place.exists() and not os.access(place, needed):
                return StoreError(
                    "the store can only be read"
                    if place == path
                    else "nothing can be written here",
                    where=str(place),
                    remedy="mend the permissions, or run it as the user whose store this is",
                )
    except OSError as error:  # a folder on the way cannot be entered
        return _of_the_system(path, error)
    return None


def is_full(path: Path, needed: int = 1 << 16) -> bool:
    """Whether the disk of a store's folder has less than `needed` bytes left, as far as known."""
    try:
        space = os.statvfs(path.parent)
    except OSError:
        return False
    return space.f_bavail * space.f_frsize < needed


def refuse_full(path: Path, needed: int) -> None:
    """Raise StoreError where fewer than `needed` bytes are left for what is to be done."""
    if is_full(path, needed):
        raise _full(path)


def _full(path: Path) -> StoreError:
    return StoreError(_FULL, where=str(path), remedy=_ROOM)


def holder(path: Path) -> str:
    """The process that holds a lock on the store, as far as the system tells."""
    own = os.getpid()
    writers: set[int] = set()
    readers: set[int] = set()
    files = {_identity(place) for place in (path, path.with_name(f"{path.name}-shm"))} - {None}
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            _, family, _, kind, pid, file, *_ = line.replace("->", "").split()
            if family == "POSIX" and file in files and int(pid) not in (own, 0, -1):
                (writers if kind == "WRITE" else readers).add(int(pid))
    for number in sorted(writers or readers):
        with suppress(OSError):
            name = (
                Path(f"/proc/{number}/comm").read_text(encoding="utf-8", errors="replace").strip()
            )
            return f"process {number} ({name})"
    return "another process"


def _identity(path: Path) -> str | None:
    """A file as /proc/locks names it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"


def _of_the_system(path: Path, error: OSError) -> StoreError:
    place = str(error.filename or path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _full(path)
    denied = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    return StoreError(
        f"the store cannot be used: {error.strerror or error}",
        where=place,
        remedy="mend the permissions" if denied else "mend what lies there, or `store.url`",
    )
