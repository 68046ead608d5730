"""The journal of who left: what must outlive a store that is restored from an older copy.

A text file to which lines are added and from which none is taken. It holds keyed hashes and no
addresses, so that it may stay after an erasure (standards L-C-09).
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast, get_args

import msgspec

from newsfeed.errors import StoreError

Event = Literal["left", "suppressed", "erased", "reinstated"]
"""What happened: to one subscription (`left`), or to the address as a whole."""

_EVENTS = frozenset(get_args(Event))
_HASH = re.compile(r"[A-Za-z0-9_-]{22}")
_CUT = "\t# cut short"
_WRITE_AT_ONCE = 1 << 16


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person wants, or that must be so, whatever an old copy of the store says.

    `at` is aware. `newsletter` is "" where it is about the address as a whole. `address_hash` is
    of `keys.address_hash`. `reason` is one line that does not begin with `#`.
    """

    at: datetime
    event: Event
    newsletter: str
    address_hash: str
    reason: str


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Add `entries` to the journal at `path` (made with mode 0600), and flush them to the disk.

    All of them or none, as far as the machine goes on running; after a crash some, and perhaps a
    cut line, which is marked as such. To be called before the store's commit. Raises StoreError,
    and ValueError for an entry that is no line.
    """
    lines = (_line(entry) for entry in entries)
    first = next(lines, None)
    if first is None:
        return
    is_new = not path.exists()
    try:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _add(descriptor, first, lines)
        finally:
            os.close(descriptor)
        if is_new:
            _flush_folder(path.parent)
    except OSError as error:
        raise _unusable(path, "written", error) from None


def read(path: Path) -> Iterator[Entry]:
    """The entries in the order in which they were added; none where there is no journal.

    Lines that a crash cut short are passed over: whoever wrote them was not told that it was
    done. Raises StoreError, which names the line, for any other that is damaged.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                if not line.endswith(f"{_CUT}\n".encode()):
                    yield _entry(line, f"{path}:{number}")
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unusable(path, "read", error) from None


def _add(descriptor: int, first: str, rest: Iterator[str]) -> None:
    """Write the lines and flush them; on an error the file is as long as before."""
    size = os.fstat(descriptor).st_size
    os.fchmod(descriptor, 0o600)  # a copy that was put back may be open to all
    is_cut = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    pending = bytearray(f"{_CUT}\n".encode() if is_cut else b"")
    pending += first.encode()
    try:
        for line in rest:
            pending += line.encode()
            if len(pending) >= _WRITE_AT_ONCE:
                _write(descriptor, pending)
        _write(descriptor, pending)
        os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def _write(descriptor: int, pending: bytearray) -> None:
    while pending:
        del pending[: os.write(descriptor, pending)]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(entry: Entry) -> str:
    """The entry as a line. Raises ValueError for what would not be read back as it is."""
    if entry.at.tzinfo is None:
        raise ValueError("an entry needs a time with a zone")
    at = entry.at.astimezone(UTC).replace(tzinfo=None).isoformat()
    line = "\t".join([f"{at}Z", entry.event, entry.newsletter, entry.address_hash, entry.reason])
    is_sound = _HASH.fullmatch(entry.address_hash) and entry.reason[:1] != "#"
    texts = entry.newsletter + entry.reason
    if not is_sound or entry.event not in _EVENTS or not texts.isprintable():
        raise ValueError(f"no entry for the journal: {line!r}")
    return f"{line}\n"


def _entry(line: bytes, where: str) -> Entry:
    try:
        at, event, newsletter, address_hash, reason = line.decode().rstrip("\n").split("\t")
        moment = datetime.fromisoformat(at)
    except ValueError:
        at = event = address_hash = ""
    if event not in _EVENTS or not _HASH.fullmatch(address_hash) or not at.endswith("Z"):
        raise StoreError(
            "the journal of who left is damaged in this line",
            where=where,
            remedy="put back a copy of the journal, or take the line out: what it said is lost",
        )
    return Entry(
        at=moment,
        event=cast("Event", event),
        newsletter=newsletter,
        address_hash=address_hash,
        reason=reason,
    )


def _unusable(path: Path, done: str, error: OSError) -> StoreError:
    return StoreError(
        f"the journal of who left cannot be {done}: {error.strerror}",
        where=str(path),
        remedy="mend the permissions or make room",
    )
