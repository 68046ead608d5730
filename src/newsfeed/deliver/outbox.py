"""The outbox: letters as files, OUTBOX/NEWSLETTER/EDITION/NAME.eml, for their owner alone.

Letters hold addresses and links by which people leave. So folders are made with mode 0700 and
files with 0600, and a symbolic link in the newsletter's or edition's place is refused: letters
would end up somewhere else (STANDARDS S-30). The outbox itself may be a link of the operator's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsfeed.errors import OutputError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LETTER = ".eml"
_BESIDE = ".new"
_FILE = re.compile(r"\.?(?P<stem>(?P<name>.+?)(?:-[0-9]+)?)\.eml(?:\.new)?", re.DOTALL)
"""A letter's file: as `write` names it, of a first or a further copy."""


def write(folder: Path, name: str, message: bytes) -> None:
    """Write one letter to `folder`/`name`.eml, whole and flushed, over one of that name.

    Raises OutputError, and leaves what was there; ValueError for a name that is no plain word.
    """
    write_many(folder, [(name, message)])


def write_many(folder: Path, items: Iterable[tuple[str, bytes]]) -> int:
    """Write letters by name; each is whole, and all are on the disk when it returns how many.

    The folder is flushed once. Raises as `write` does; the letters before the bad one stay.
    """
    written = 0
    with _explained(folder), _made(folder) as place:
        try:
            for name, message in items:
                _write(place, _checked(name), message)
                written += 1
        finally:
            os.fsync(place)
    return written


def count(folder: Path) -> int:
    """How many letters lie in a folder; 0 where there is none. Raises OutputError."""
    with _explained(folder), _existing(folder) as place:
        return 0 if place is None else sum(name.endswith(_LETTER) for name in _names(place))


def remove_folder(folder: Path) -> None:
    """Remove a folder's letters, and the folder unless something else lies there. Raises
    OutputError. A folder that is not there is fine.
    """
    with _explained(folder):
        with _existing(folder) as place:
            if place is None:
                return
            for name in _names(place):
                os.unlink(name, dir_fd=place)
        with suppress(OSError):  # somebody else's file lies there
            folder.rmdir()


def erase(outbox: Path, names: set[str]) -> list[Path]:
    """Remove every letter below the outbox whose name (without .eml) is one of `names`, or one of
    them with the number of a further copy: NAME-1.

    Half-written ones go too. Links are not followed. The removed files, sorted. Raises OutputError.
    """
    removed = []
    with _explained(outbox):
        if not outbox.is_dir():
            return []
        for folder, _, files, place in os.fwalk(outbox, onerror=_complain):
            found = sorted(file for file in files if _is_of(file, names))
            for name in found:
                os.unlink(name, dir_fd=place)
                removed.append(Path(folder) / name)
            if found:
                os.fsync(place)
    return sorted(removed)


def _write(place: int, name: str, message: bytes) -> None:
    """Beside, flushed, renamed: who looks sees a whole letter or none."""
    beside = _beside(name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(beside, flags, 0o600, dir_fd=place)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message)
            file.flush()
            os.fsync(descriptor)
        os.rename(beside, f"{name}{_LETTER}", src_dir_fd=place, dst_dir_fd=place)
    except OSError:
        with suppress(OSError):
            os.unlink(beside, dir_fd=place)
        raise


def _beside(name: str) -> str:
    return f".{name}{_LETTER}{_BESIDE}"


def _is_of(file: str, names: set[str]) -> bool:
    """Whether a file is a letter, whole or half-written, of one of the names or a copy of it.

    A name may itself end like the number of a copy, so the whole stem is tried too.
    """
    found = _FILE.fullmatch(file)
    return found is not None and (found["stem"] in names or found["name"] in names)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a letter")
    return name


def _names(place: int) -> list[str]:
    """What is ours in an open folder: letters, and half-written ones."""
    with os.scandir(place) as entries:
        return [
            e.name
            for e in entries
            if e.name.endswith((_LETTER, _LETTER + _BESIDE)) and not e.is_dir(follow_symlinks=False)
        ]


@contextmanager
def _made(folder: Path) -> Iterator[int]:
    """The open folder; what is missing is made with mode 0700, and made to last."""
    outbox = folder.parent.parent
    _make_all(outbox)
    place = os.open(outbox, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folder.parts[-2:]:
            with suppress(FileExistsError):
                os.mkdir(part, 0o700, dir_fd=place)
                os.fsync(place)
            place = _step(place, part)
        yield place
    finally:
        os.close(place)


@contextmanager
def _existing(folder: Path) -> Iterator[int | None]:
    """The open folder, or None where there is none."""
    try:
        place = os.open(folder.parent.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        found = True
        try:
            for part in folder.parts[-2:]:
                place = _step(place, part)
        except FileNotFoundError:
            found = False
        yield place if found else None
    finally:
        os.close(place)


def _step(place: int, part: str) -> int:
    """Open a folder of an open folder, which is closed then. Links are not followed."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    below = os.open(part, flags, dir_fd=place)
    os.close(place)
    return below


def _make_all(folder: Path) -> None:
    """`Path.mkdir(parents=True)` gives its mode to the last folder only."""
    if not folder.is_dir():
        _make_all(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _complain(error: OSError) -> None:
    raise error


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"letters cannot be kept here: {error.strerror}",
            where=str(place),
            remedy="mend the permissions, make room, or remove a link that lies in the way",
        ) from None
