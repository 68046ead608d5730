"""Facts about the store itself: whose keys it needs, whether it waits for `resume`, and what was
last in the way of delivery.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from newsfeed.errors import StoreError

_KEYS = "keys"
_PLACE = "place"
_PAUSED = "paused"
_PAUSED_UNTIL = "paused until"
_TROUBLE = "trouble of delivery"
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>:,;]+")
_RENEWALS = "renewals chosen"


def bind_keys(db: sqlite3.Connection, check: str, secret: Path) -> None:
    """Note which keys the store was filled with. Raises StoreError where they are others."""
    from newsfeed.store.queries import queries

    known = queries.fact(db, name=_KEYS)
    if known is None:
        with db:
            queries.set_fact(db, name=_KEYS, value=check)
    elif known != check:
        raise StoreError(
            "the store was made with other keys; with these its links and suppressions are void",
            where=str(secret),
            remedy="put the secret file back that belongs to this store (`newsfeed db restore`)",
        )


def keys_check(db: sqlite3.Connection) -> str | None:
    """The check value of the keys that the store was filled with; None before there were any."""
    from newsfeed.store.queries import queries

    known = queries.fact(db, name=_KEYS)
    return None if known is None else str(known)


def notice_copy(db: sqlite3.Connection, path: Path) -> bool:
    """Pause a store that is a copy: the one that it was made of may still send (guarantee 7).

    A store knows its file by the inode, which upgrades, moves within a disk and restarts keep.
    At first sight it is noted; another one later pauses once, and commits. True where it did.
    Call it where sending opens the store, outside a transaction.
    """
    from newsfeed.store.queries import queries

    known = queries.fact(db, name=_PLACE)
    if known == _place(path):
        return False
    with db:
        note_place(db, path)
        if known is not None:
            pause(db, "this store is a copy of another")
            queries.set_revision(db, value=secrets.token_hex(16))
    return known is not None


def note_place(db: sqlite3.Connection, path: Path) -> None:
    """Note that the store belongs where it lies. The caller commits."""
    from newsfeed.store.queries import queries

    queries.set_fact(db, name=_PLACE, value=_place(path))


def _place(path: Path) -> str:
    return str(path.stat().st_ino)


def paused(db: sqlite3.Connection, now: datetime) -> str:
    """Why nothing may be sent from this store at `now` (aware), such as `restored from a backup`;
    "" if it may. A pause with an end is over at its end, without anybody's doing.
    """
    from newsfeed.store.queries import queries

    end = paused_until(db)
    return "" if end is not None and now >= end else str(queries.fact(db, name=_PAUSED) or "")


def paused_until(db: sqlite3.Connection) -> datetime | None:
    """When the pause ends or ended by itself (UTC); None where somebody has to resume."""
    from newsfeed.store.queries import queries

    end = queries.fact(db, name=_PAUSED_UNTIL)
    return None if end is None else datetime.fromtimestamp(int(end), UTC)


def pause(db: sqlite3.Connection, why: str, until: datetime | None = None) -> None:
    """Nothing is decided and nothing sent until `until` (aware), or until `resume` where it is
    None. The caller commits.
    """
    from newsfeed.store.queries import queries

    queries.set_fact(db, name=_PAUSED, value=why)
    if until is None:
        queries.drop_fact(db, name=_PAUSED_UNTIL)
    else:
        queries.set_fact(db, name=_PAUSED_UNTIL, value=str(int(until.timestamp())))


def resume(db: sqlite3.Connection) -> None:
    """Deciding and sending go on. The caller commits."""
    from newsfeed.store.queries import queries

    queries.drop_fact(db, name=_PAUSED)
    queries.drop_fact(db, name=_PAUSED_UNTIL)


def trouble(db: sqlite3.Connection) -> tuple[str, datetime] | None:
    """What was last in the way of delivery, and when (UTC); None where letters went since."""
    from newsfeed.store.queries import queries

    found = queries.fact(db, name=_TROUBLE)
    if found is None:
        return None
    at, _, problem = str(found).partition(" ")
    return problem, datetime.fromtimestamp(int(at), UTC)


def note_trouble(db: sqlite3.Connection, problem: str, now: datetime) -> None:
    """Something is in the way of delivery; `problem` is one line. The caller commits."""
    from newsfeed.store.queries import queries

    said = _ADDRESS.sub("(address)", problem)
    queries.set_fact(db, name=_TROUBLE, value=f"{int(now.timestamp())} {said}")


def forget_trouble(db: sqlite3.Connection) -> None:
    """Letters go again. The caller commits."""
    from newsfeed.store.queries import queries

    queries.drop_fact(db, name=_TROUBLE)


def renewals_chosen(db: sqlite3.Connection) -> datetime | None:
    """When it was last looked who is to be reminded of their consent (UTC); None for never."""
    from newsfeed.store.queries import queries

    at = queries.fact(db, name=_RENEWALS)
    return None if at is None else datetime.fromtimestamp(int(at), UTC)


def note_renewals(db: sqlite3.Connection, now: datetime) -> None:
    """It is looked now. The caller commits."""
    from newsfeed.store.queries import queries

    queries.set_fact(db, name=_RENEWALS, value=str(int(now.timestamp())))
