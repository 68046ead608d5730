"""A turn to write: SQLite has one writer at a time, and the others wait."""

from __future__ import annotations

import sqlite3
import time

BRIEF = 0.1
"""Seconds that whoever keeps an event loop waits for its turn: nothing else happens meanwhile."""

_SLICE = 1.0
"""Seconds: between two of them Python hears signals."""


class BusyError(Exception):
    """Another process writes for longer than was to be waited."""


def is_busy(error: sqlite3.Error) -> bool:
    """Whether that is what an error means."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def begin(db: sqlite3.Connection, patience: float | None) -> None:
    """Begin a transaction that writes. Waits so many seconds (`math.inf`: for as long as it takes)
    instead of those of the connection (None), then raises BusyError.
    """
    if patience is None:
        db.execute("BEGIN IMMEDIATE")
        return
    (usual,) = db.execute("PRAGMA busy_timeout").fetchone()
    end = time.monotonic() + patience
    try:
        while not _begun(db, min(max(end - time.monotonic(), 0.0), _SLICE)):
            if time.monotonic() >= end:
                raise BusyError
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(usual)}")


def _begun(db: sqlite3.Connection, seconds: float) -> bool:
    db.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return False
    return True
