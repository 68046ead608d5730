"""The processes that deliver by SMTP: who is at it, who is dead, and who stands still.

A process that delivers holds a lock on a file of its name beside the store. The lock ends with the
process, so that on one machine a death is known at once; a process that stands still keeps it, and
is known by its last beat. Nothing here commits.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from newsfeed.store import deliveries, private


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A process that delivers; `beat` (UTC) is when it last said that it is alive."""

    id: str
    started: datetime
    beat: datetime


@contextmanager
def presence(store: Path) -> Iterator[str]:
    """Be one of those who deliver from a store while the block runs; gives a new sender's id.

    Raises StoreError where no file can be made beside the store.
    """
    sender = secrets.token_hex(8)
    with private.lock(store.parent, _name(store, sender), patience=0):
        try:
            yield sender
        finally:
            _unlink(store, sender)


def is_dead(store: Path, sender: str) -> bool:
    """Whether a sender has ended: nobody holds the lock on its file, or the file is gone."""
    try:
        descriptor = os.open(_file(store, sender), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def everybody(db: sqlite3.Connection) -> list[Sender]:
    """All senders that are noted, also those that ended without a word."""
    from newsfeed.store.queries import queries

    return [
        Sender(
            id=sender,
            started=datetime.fromtimestamp(started, UTC),
            beat=datetime.fromtimestamp(beat, UTC),
        )
        for sender, started, beat in queries.all_senders(db)
    ]


def join(db: sqlite3.Connection, sender: str, now: datetime) -> None:
    """Note a sender."""
    from newsfeed.store.queries import queries

    queries.add_sender(db, id=sender, now=_seconds(now))


def beat(db: sqlite3.Connection, sender: str, now: datetime) -> None:
    """It is alive."""
    from newsfeed.store.queries import queries

    queries.beat_sender(db, id=sender, now=_seconds(now))


def leave(db: sqlite3.Connection, sender: str) -> None:
    """It ended, and holds nothing."""
    from newsfeed.store.queries import queries

    queries.drop_sender(db, id=sender)


def bury(db: sqlite3.Connection, store: Path) -> int:
    """Give back what dead senders held, and forget them; gives how many letters that were."""
    found = 0
    for one in everybody(db):
        if is_dead(store, one.id):
            for edition_id in deliveries.editions_with_claims(db):
                found += deliveries.free_claims_of(db, edition_id, one.id)
            leave(db, one.id)
            _unlink(store, one.id)
    return found


def others_at_work(db: sqlite3.Connection, sender: str, now: datetime) -> bool:
    """Whether another sender gave a sign of life within the time of a lease.

    A beat that lies far in the future is of a clock that was wrong, and counts for nothing.
    """
    return any(abs(now - one.beat) < deliveries.LEASE for one in everybody(db) if one.id != sender)


def _name(store: Path, sender: str) -> str:
    return f"{store.name}.sender-{sender}"


def _file(store: Path, sender: str) -> Path:
    return store.parent / f"{_name(store, sender)}.lock"


def _unlink(store: Path, sender: str) -> None:
    with suppress(OSError):
        _file(store, sender).unlink()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
