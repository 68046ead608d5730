"""Whole-file writes: beside, flushed, renamed."""

from __future__ import annotations

import os
from pathlib import Path

from newsfeed.errors import OutputError


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_flushed(beside, data, mode)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="mend the permissions or make room",
        ) from None


def flush_folder(folder: Path) -> None:
    """Make renames in a folder last. Does nothing where the folder is gone."""
    if folder.is_dir():
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
