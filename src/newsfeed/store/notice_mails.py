"""Mails to one person that are no editions: which are due, and what became of them.

The caller commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from newsfeed.store import consents, subscribers
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Subscriber

DROPPED = "dropped: "
"""How the reply of a mail begins that nobody tried to send."""

_KEPT = timedelta(days=60)
"""How long it is kept what became of a mail; longer than any bound on how many one may get."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that waits: `at` (UTC) is when what it tells of happened; `newsletter` is "" where it
    concerns all, and `language` where it is the person's own. `tries` are those that were put
    off.
    """

    id: int
    kind: str
    subscriber_id: int
    newsletter: str
    language: str
    at: datetime
    tries: int


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A consent that is in force, when it was given, and when the person was last reminded of it
    (UTC).
    """

    subscriber_id: int
    given: datetime | None
    renewed: datetime | None


def due(db: sqlite3.Connection, now: datetime, most: int) -> list[Notice]:
    """Up to `most` mails that may be sent now."""
    from newsfeed.store.queries import queries

    return [_notice(row) for row in queries.due_notices(db, now=_seconds(now), most=most)]


def count_due(db: sqlite3.Connection, now: datetime) -> int:
    """How many may be sent now."""
    from newsfeed.store.queries import queries

    return int(queries.count_due_notices(db, now=_seconds(now)))


def still_open(db: sqlite3.Connection, id_: int) -> Notice | None:
    """The mail, unless it left meanwhile."""
    from newsfeed.store.queries import queries

    row = queries.open_notice(db, id=id_)
    return _notice(row) if row else None


def recipient(db: sqlite3.Connection, notice: Notice) -> Subscriber | None:
    """The person whom a mail is to."""
    from newsfeed.store.queries import queries

    public_id = queries.notice_recipient(db, id=notice.subscriber_id)
    return subscribers.by_public_id(db, public_id) if public_id else None


def others(db: sqlite3.Connection, notice: Notice) -> list[datetime]:
    """When the same person got others of this kind, or a try was the last (UTC)."""
    from newsfeed.store.queries import queries

    rows = queries.notices_of_kind(
        db, id=notice.id, kind=notice.kind, subscriber_id=notice.subscriber_id
    )
    return [datetime.fromtimestamp(done, UTC) for (done,) in rows]


def finish(db: sqlite3.Connection, id_: int, now: datetime, reply: str = "") -> None:
    """The mail left or is about to, or never will; `reply` says why not."""
    from newsfeed.store.queries import queries

    queries.finish_notice(db, id=id_, done=_seconds(now), reply=reply)


def put_off(db: sqlite3.Connection, id_: int, due: datetime, tries: int, reply: str = "") -> None:
    """The mail did not leave, and may be tried again from `due` on."""
    from newsfeed.store.queries import queries

    queries.put_off_notice(db, id=id_, due=_seconds(due), tries=tries, reply=reply)


def delete_to(db: sqlite3.Connection, subscriber_id: int) -> None:
    """Forget every mail to a person."""
    from newsfeed.store.queries import queries

    queries.delete_notices_to(db, subscriber_id=subscriber_id)


def forget(db: sqlite3.Connection, now: datetime) -> None:
    """Forget what was over long before a time."""
    from newsfeed.store.queries import queries

    queries.forget_notices(db, before=_seconds(now - _KEPT))


def retract(db: sqlite3.Connection, subscriber_id: int, consent: Consent) -> None:
    """A mail that is on record as `consent` did not leave: nobody was told."""
    from newsfeed.store.queries import queries

    queries.retract_told(
        db,
        subscriber_id=subscriber_id,
        event=consent.event,
        at=_seconds(consent.at),
        message_id=consent.message_id,
    )


def consent_given(db: sqlite3.Connection, subscriber_id: int, newsletter: str) -> datetime | None:
    """When a person last agreed to a newsletter (UTC); None where nothing is known of it."""
    given = [
        one.consented or one.at
        for one in consents.of(db, subscriber_id)
        if one.newsletter == newsletter and one.event in ("confirmed", "stated")
    ]
    return max(given, default=None)


def agreements(db: sqlite3.Connection, newsletter: str, before: datetime) -> Iterator[Agreement]:
    """The consents to a newsletter that are in force and were given or brought to mind before a
    time, the oldest first. Nobody is among them who waits for a mail about it, or had one lately.
    """
    from newsfeed.store.queries import queries

    rows = queries.consents_in_force(db, newsletter=newsletter, before=_seconds(before))
    for number, given, renewed in rows:
        yield Agreement(subscriber_id=number, given=_moment(given), renewed=_moment(renewed))


def _notice(row: tuple[int, str, int, str, str, int, int]) -> Notice:
    number, kind, subscriber_id, newsletter, language, at, tries = row
    return Notice(
        id=number,
        kind=kind,
        subscriber_id=subscriber_id,
        newsletter=newsletter,
        language=language,
        at=datetime.fromtimestamp(at, UTC),
        tries=tries,
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
