"""The hub is told of feeds whose bytes have changed and are live (WebSub).

What it is to be told, and what it was told, is in the store: a ping that fails is tried again by
the next run that comes by, with growing waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from newsfeed.deliver.websub import tell
from newsfeed.flows.deploying import online
from newsfeed.flows.feedpaths import topics
from newsfeed.flows.outcomes import Pinged
from newsfeed.flows.plan import Plan
from newsfeed.store import database, pings
from newsfeed.store.pings import Ping

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
)
"""Between the tries; after one more than these, nothing is said until the next change."""

_CLAIM = timedelta(minutes=1)
"""How long a ping that is under way is left alone by others."""

Tell = Callable[[str, Sequence[str]], list[str | None]]


def ping(
    plan: Plan,
    db: sqlite3.Connection,
    now: datetime,
    *,
    live: Mapping[str, str] | None = None,
    tell: Tell = tell,
) -> list[Pinged]:
    """Tell the hub of every feed whose bytes it has not been told of, or which is to be tried
    again, at `now` (aware).

    `live` are the SHA-256 of what can be fetched now, by path below the output folder; None for
    what is `online`, and where that is not known nobody is told. Call it outside a transaction. A
    hub that fails or hangs raises nothing and takes ten seconds at most.
    """
    if not plan.feeds.hub:
        return []
    if live is None:
        live = online(plan)
    if live is None:
        return []
    found = {topic: live[path] for topic, path in topics(plan, live).items()}
    claimed = _claimed(plan.feeds.hub, db, now, found)
    if not claimed:
        return []
    said = tell(plan.feeds.hub, [one.topic for one in claimed])
    after = [_after(one, words, now) for one, words in zip(claimed, said, strict=True)]
    with database.transaction(db):
        for known in after:
            pings.put(db, known)
    return [
        Pinged(topic=known.topic, problem=words, again=known.due)
        for known, words in zip(after, said, strict=True)
        if words is not None
    ]


def next_ping(plan: Plan, db: sqlite3.Connection) -> datetime | None:
    """When (UTC) something is to be tried again; None where nothing is."""
    if not plan.feeds.hub:
        return None
    return min((one.due for one in pings.all_of(db).values() if one.due), default=None)


def _claimed(
    hub: str, db: sqlite3.Connection, now: datetime, live: Mapping[str, str]
) -> list[Ping]:
    """What is to be told now, which no other process tells meanwhile."""
    if not _due(hub, pings.all_of(db), now, live):
        return []  # as nearly always: nothing is written
    with database.transaction(db):
        known = pings.all_of(db)
        due = _due(hub, known, now, live)
        for one in due:
            pings.put(db, msgspec.structs.replace(one, due=now + _CLAIM))
        for topic in known.keys() - live.keys():
            pings.drop(db, topic)
    return due


def _due(hub: str, known: Mapping[str, Ping], now: datetime, live: Mapping[str, str]) -> list[Ping]:
    due = []
    for topic, sha256 in live.items():
        one = known.get(topic)
        if one is None or (one.hub, one.sha256) != (hub, sha256):
            pinged = one.pinged if one else None
            due.append(Ping(topic=topic, hub=hub, sha256=sha256, tries=0, due=now, pinged=pinged))
        elif one.due is not None and one.due <= now:
            due.append(one)
    return due


def _after(one: Ping, words: str | None, now: datetime) -> Ping:
    """What is known of a topic after a try; one that there was no time for is due at once."""
    if words is None:
        return msgspec.structs.replace(one, due=now)
    if not words:
        return msgspec.structs.replace(one, tries=0, due=None, pinged=now, reply="")
    wait = WAITS[one.tries] if one.tries < len(WAITS) else None
    return msgspec.structs.replace(
        one, tries=one.tries + 1, due=now + wait if wait else None, reply=words
    )
