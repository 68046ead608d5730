"""The private folder `.newsfeed/`: made for its owner alone, and ignored by git."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsfeed.errors import StoreError

PATIENCE = 600.0
"""Seconds to wait for another run on this machine."""

_PAUSE = 0.1

JOURNALS = ("-journal", "-wal", "-shm")
"""What the names of the files end in that SQLite keeps beside its own."""


def remove_database(path: Path) -> None:
    """Remove a file of SQLite's that nobody has open, with its journals: a new one in its place
    would take them for its own.
    """
    for tail in ("", *JOURNALS):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def prepare(folder: Path) -> None:
    """Make the folder with mode 0700 and a .gitignore that hides all of it. Raises StoreError.

    Only for a folder that is all ours: git would not see anything else in it.
    """
    make(folder)
    ignore = folder / ".gitignore"
    try:
        if not ignore.exists():
            ignore.touch(mode=0o600)
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise _unusable(ignore, error) from None


def make(folder: Path) -> None:
    """Make a folder with mode 0700 where there is none. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from None


class HeldError(StoreError):
    """Another run holds the lock."""


@contextmanager
def lock(folder: Path, name: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a lock of this machine while the block runs; wait for it where another holds it.

    Raises HeldError when the other still holds it after `patience` seconds.
    """
    path = folder / f"{name}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        _wait_for(descriptor, path, patience)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, path: Path, patience: float) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise HeldError(
                    f"another newsfeed is running, for more than {patience:g} seconds",
                    where=str(path),
                    remedy="wait for it, or end it",
                ) from None
            time.sleep(_PAUSE)
        except OSError as error:
            raise _unusable(path, error) from None
        else:
            return


def _unusable(path: Path, error: OSError) -> StoreError:
    denied = isinstance(error, PermissionError)
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "mend what lies there, or `store.url`"
    return StoreError(
        f"cannot be made or used: {error.strerror}",
        where=str(path),
        remedy="mend the permissions" if denied else "make room" if full else remedy,
    )
