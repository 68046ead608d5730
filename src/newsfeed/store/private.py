"""The private folder `.newsfeed/`: made for its owner alone, and ignored by git."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsfeed.errors import StoreError


def prepare(folder: Path) -> None:
    """Make the folder with mode 0700 and a .gitignore that hides all of it. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"cannot be made: {error.strerror}", where=str(folder), remedy="mend the permissions"
        ) from None


@contextmanager
def lock(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock of this machine while the block runs; wait for it where another holds it."""
    path = folder / f"{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
