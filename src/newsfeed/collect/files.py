"""The door to source folders: what lies there, and the bytes of a file.

Nothing here follows a symbolic link, blocks on a FIFO or reads without a bound.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unicodedata import normalize

import msgspec

from newsfeed.errors import ArticleError, Fault

MAX_BYTES = 16 * 1024 * 1024
SKIPPED_FOLDERS = frozenset({"node_modules", "vendor", "__pycache__"})


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What tells without reading that a file is the one we knew: bytes, nanoseconds, inode."""

    size: int
    mtime: int
    ctime: int
    inode: int


class Found(msgspec.Struct, frozen=True, gc=False):
    """A file of a source: its NFC path below the source with "/", and as the disk spells it."""

    path: str
    raw: str
    stamp: Stamp


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp in a `stat` result."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def stamp(path: Path | str) -> Stamp | None:
    """The stamp of a regular file, links not followed; None where there is none."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return stamp_of(status) if stat.S_ISREG(status.st_mode) else None


def walk(
    root: Path,
    accepts: Callable[[str], bool],
    skipped: frozenset[str],
    complain: Callable[[Fault], None],
) -> Iterator[Found]:
    """Every file below `root` whose relative path `accepts`, in no particular order.

    `skipped` are absolute folders to leave alone (our own output). What looks like an article but
    cannot be one (a link, a FIFO, a name that is not UTF-8) goes to `complain`.
    """
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with _listed(root / folder) as entries:
                for entry in entries:
                    raw = folder + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if _enters(root / raw, raw + "/", accepts, skipped):
                            folders.append(raw + "/")
                    elif accepts(raw) and (found := _found(entry, raw, complain)):
                        yield found
        except OSError as error:
            complain(_unreadable(folder.rstrip("/") or str(root), error))


@contextmanager
def _listed(folder: Path) -> Iterator[list[os.DirEntry[str]]]:
    """What is in a folder. While it is open, a file is looked at by its name in it, which takes
    less than to find it by its path.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(descriptor) as entries:
            yield list(entries)
    finally:
        os.close(descriptor)


def would_find(
    root: Path, accepts: Callable[[str], bool], skipped: frozenset[str], file: Path
) -> bool:
    """Whether `walk` would give this file, which is there or not. Both paths are resolved."""
    if not file.is_relative_to(root):
        return False
    parts = file.relative_to(root).parts
    for depth in range(1, len(parts)):
        raw = "/".join(parts[:depth]) + "/"
        if not _enters(root / raw, raw, accepts, skipped):
            return False
    return accepts("/".join(parts))


def _enters(
    folder: Path, raw: str, accepts: Callable[[str], bool], skipped: frozenset[str]
) -> bool:
    return folder.name not in SKIPPED_FOLDERS and str(folder) not in skipped and accepts(raw)


def _found(entry: os.DirEntry[str], raw: str, complain: Callable[[Fault], None]) -> Found | None:
    try:
        path = raw
        if not raw.isascii():
            raw.encode()
            path = normalize("NFC", raw)
        status = entry.stat(follow_symlinks=False)
    except UnicodeEncodeError:
        name = os.fsencode(raw).decode("utf-8", "backslashreplace")
        complain(Fault(path=name, problem="the file name is not UTF-8", remedy="rename the file"))
        return None
    except OSError as error:
        complain(_unreadable(raw, error))
        return None
    if stat.S_ISREG(status.st_mode):
        return Found(path, raw, stamp_of(status))
    if stat.S_ISLNK(status.st_mode):
        problem, remedy = "is a symbolic link, and links are not followed", "copy the file here"
    else:
        problem, remedy = "is not a regular file", "remove it or give it another ending"
    complain(Fault(path=path, problem=problem, remedy=remedy))
    return None


def read(path: Path | str) -> bytes:
    """The bytes of a regular file. Raises ArticleError where it cannot be read or is too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _refused(error) from None
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123  # a descriptor, not a path
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError("is not a regular file", remedy="remove it")
        if status.st_size > MAX_BYTES:
            raise ArticleError(
                f"has {status.st_size:,} bytes; {MAX_BYTES:,} are the most",
                remedy="split the article",
            )
        try:
            return file.read(status.st_size)
        except OSError as error:
            raise _refused(error) from None


def _refused(error: OSError) -> ArticleError:
    if error.errno == errno.ELOOP:
        return ArticleError("is a symbolic link", remedy="copy the file here")
    return ArticleError(f"cannot be read: {error.strerror}", remedy="mend its permissions")


def _unreadable(path: str, error: OSError) -> Fault:
    return Fault(
        path=path, problem=f"cannot be read: {error.strerror}", remedy="mend its permissions"
    )
