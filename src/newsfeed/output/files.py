"""Whole-file writes: beside, flushed, renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsfeed.errors import OutputError


@contextmanager
def explained(
    place: Path, problem: str, remedy: str = "mend the permissions or make room"
) -> Iterator[None]:
    """Turn an OSError into an OutputError that says what, where, and what to do."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{problem}: {error.strerror}", where=str(place), remedy=remedy) from None


def write_flushed(path: Path, data: bytes, mode: int) -> None:
    """Write a file and flush it to the disk. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file as a whole: whoever reads it sees all of the old or all of the new.

    Raises OutputError, and leaves the old file then.
    """
    beside = path.with_name(f".{path.name}.new")
    with explained(path, "cannot be written"):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_flushed(beside, data, mode)
            beside.replace(path)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise


def flush_folder(folder: Path) -> None:
    """Make renames in a folder last. Does nothing where the folder is gone."""
    if folder.is_dir():
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
