"""The proof of consent: rows are added, never changed (standards L-C-04). The caller commits."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Literal

import msgspec

Event = Literal[
    "requested",
    "mailed",
    "confirmed",
    "stated",
    "left",
    "suppressed",
    "reinstated",
    "told",
    "renewed",
]
"""`told`: a mail went to the person about their consent or that they left (standards L-K-08);
`renewed`: one that reminded them of their consent, and how to take it back (L-K-09).
"""

Way = Literal["command", "import", "link", "one-click", "form", "preferences", "mail"]


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, at a time (UTC, to the second), in a way.

    `newsletter` is "" where it concerns all. `consented` is when the person agreed, where that
    is stated; `source` where the statement is from. `wording` is the version of the text agreed
    to, `ip` a network and no address, `message_id` that of the mail which was sent.
    """

    event: Event
    at: datetime
    newsletter: str
    way: Way
    consented: datetime | None = None
    source: str = ""
    wording: str = ""
    ip: str = ""
    user_agent: str = ""
    message_id: str = ""


def record(db: sqlite3.Connection, subscriber_id: int, consent: Consent) -> None:
    """Keep what happened."""
    from newsfeed.store.queries import queries

    agreed = consent.consented
    queries.record_consent(
        db,
        subscriber_id=subscriber_id,
        newsletter=consent.newsletter,
        event=consent.event,
        at=int(consent.at.timestamp()),
        consented=None if agreed is None else int(agreed.timestamp()),
        way=consent.way,
        source=consent.source,
        wording=consent.wording,
        ip=consent.ip,
        user_agent=consent.user_agent,
        message_id=consent.message_id,
    )


def of(db: sqlite3.Connection, subscriber_id: int) -> list[Consent]:
    """A person's consents, oldest first."""
    from newsfeed.store.queries import queries

    return [
        Consent(
            event=event,
            at=datetime.fromtimestamp(at, UTC),
            newsletter=newsletter,
            way=way,
            consented=None if agreed is None else datetime.fromtimestamp(agreed, UTC),
            source=source,
            wording=wording,
            ip=ip,
            user_agent=user_agent,
            message_id=message_id,
        )
        for (
            event,
            at,
            newsletter,
            way,
            agreed,
            source,
            wording,
            ip,
            user_agent,
            message_id,
        ) in queries.consents_of(db, subscriber_id=subscriber_id)
    ]


def mails(db: sqlite3.Connection, address_hash: str) -> tuple[int, datetime | None]:
    """How many confirmation mails an address ever got, and when the last one (UTC).

    They are counted by the address's keyed hash, so that neither expiry nor erasure begins anew.
    """
    from newsfeed.store.queries import queries

    row = queries.confirmation_mails_to(db, address_hash=address_hash)
    if not row:
        return 0, None
    number, last = row
    return int(number), datetime.fromtimestamp(last, UTC)


def count_mail(db: sqlite3.Connection, address_hash: str, now: datetime) -> None:
    """One more confirmation mail is written to an address."""
    from newsfeed.store.queries import queries

    queries.count_confirmation_mail(db, address_hash=address_hash, at=int(now.timestamp()))


def keep_wording(db: sqlite3.Connection, version: str, language: str, text: str) -> None:
    """Keep the text behind a version, which is a hash of it; once is enough."""
    from newsfeed.store.queries import queries

    queries.keep_consent_wording(db, version=version, language=language, wording=text)


def wording(db: sqlite3.Connection, version: str) -> str:
    """The text behind a version; "" where there is none."""
    from newsfeed.store.queries import queries

    return str(queries.consent_wording(db, version=version) or "")
