"""What the hub was told of each feed, and what it is still to be told. Nothing here commits."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import msgspec


class Ping(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a topic: `hub` was told of the bytes with the hash `sha256`, or is to be
    at `due` (UTC), after `tries` in vain. None where nothing is to be done. `pinged` (UTC) is when
    a hub took it last.
    """

    topic: str
    hub: str
    sha256: str
    tries: int
    due: datetime | None
    pinged: datetime | None
    reply: str = ""


def all_of(db: sqlite3.Connection) -> dict[str, Ping]:
    """Every topic that was ever to be told of."""
    from newsfeed.store.queries import queries

    return {
        topic: Ping(
            topic=topic,
            hub=hub,
            sha256=sha256,
            tries=tries,
            due=_moment(due),
            pinged=_moment(pinged),
            reply=reply,
        )
        for topic, hub, sha256, tries, due, pinged, reply in queries.all_pings(db)
    }


def put(db: sqlite3.Connection, ping: Ping) -> None:
    """What is known of a topic, in place of what was."""
    from newsfeed.store.queries import queries

    queries.put_ping(
        db,
        topic=ping.topic,
        hub=ping.hub,
        sha256=ping.sha256,
        tries=ping.tries,
        due=_seconds(ping.due),
        pinged=_seconds(ping.pinged),
        reply=ping.reply,
    )


def drop(db: sqlite3.Connection, topic: str) -> None:
    """Forget a topic."""
    from newsfeed.store.queries import queries

    queries.drop_ping(db, topic=topic)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
