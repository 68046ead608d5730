"""What the store remembers of articles: their identities."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from newsfeed.model import DateOrigin


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What an article was given once and keeps. Datetimes are UTC, to the second.

    `stored_date` is the date of an article that names none itself: from git, or first seen, as
    `dated` says; None for the others. `gone` is when it was no longer found, None while it is.
    `own_date` is the date that an article gave itself, None where it gave none. What a store of
    before keeps has no title and no such date.
    """

    id: str
    source: str
    path: str
    url: str
    content_hash: str
    first_seen: datetime
    sequence: int
    stored_date: datetime | None = None
    dated: DateOrigin = DateOrigin.FRONT_MATTER
    news: bool = True
    gone: datetime | None = None
    title: str = ""
    own_date: datetime | None = None


def load(db: sqlite3.Connection) -> list[Identity]:
    """Every identity, those of vanished articles too."""
    from newsfeed.store.queries import queries

    return [_identity(*row) for row in queries.all_articles(db)]


def alike(db: sqlite3.Connection, id_: str, url: str, source: str, path: str) -> list[Identity]:
    """The identities that have, or had, the id, the address or the file."""
    from newsfeed.store.queries import queries

    rows = queries.articles_alike(db, id=id_, url=url, source=source, path=path)
    return [_identity(*row) for row in rows]


def last_sequence(db: sqlite3.Connection) -> int:
    """The highest sequence that an article was given; -1 where there was none."""
    from newsfeed.store.queries import queries

    last: int | None = queries.last_sequence(db)
    return -1 if last is None else last


def save(db: sqlite3.Connection, identities: Iterable[Identity]) -> None:
    """Insert or update identities by id; first sight, sequence and news are never changed.

    Leaves a new `revision`.
    """
    from newsfeed.store.queries import queries

    queries.set_revision(db, value=secrets.token_hex(16))
    queries.save_article(
        db,
        [
            (
                one.id,
                one.source,
                one.path,
                one.url,
                one.content_hash,
                _seconds(one.first_seen),
                _seconds(one.stored_date),
                one.dated.value,
                one.sequence,
                one.news,
                _seconds(one.gone),
                one.title,
                _seconds(one.own_date),
            )
            for one in identities
        ],
    )


def _identity(
    id_: str,
    source: str,
    path: str,
    url: str,
    content_hash: str,
    first_seen: int,
    stored_date: int | None,
    stored_from: str,
    sequence: int,
    news: int,
    gone: int | None,
    title: str,
    own_date: int | None,
) -> Identity:
    return Identity(
        id=id_,
        source=source,
        path=path,
        url=url,
        content_hash=content_hash,
        first_seen=datetime.fromtimestamp(first_seen, UTC),
        stored_date=_datetime(stored_date),
        dated=DateOrigin(stored_from),
        sequence=sequence,
        news=bool(news),
        gone=_datetime(gone),
        title=title,
        own_date=_datetime(own_date),
    )


def _datetime(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _seconds(value: datetime | None) -> int | None:
    return None if value is None else int(value.timestamp())
