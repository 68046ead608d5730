"""Confirmation mails: who asked by the web form and may get one; those that were counted before
they were sent, and then did not leave; and how long they wait then.

They are counted first, so that no crash lets an address have more of them than it may (standards
S-08). What the relay surely did not take is no mail: the count and the record go back to what they
were. The caller commits.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import msgspec

from newsfeed.store import consents
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Waiting, waiting_of


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that is on record as `consent`, and what the address had got before."""

    subscriber_id: int
    address_hash: str
    consent: Consent
    mails: int
    last_mail: datetime | None


class Askable(msgspec.Struct, frozen=True, kw_only=True):
    """Who may be mailed: asked for it within that time; the address got fewer than so many `mails`,
    and the time `between` two is over; this request none since they asked, and fewer than `for_one`
    before: the link of the last `works_for` no longer than this or was for other words than the
    `wordings`, by their versions.
    """

    asked_within: timedelta
    mails: int
    between: timedelta
    for_one: int
    works_for: timedelta
    wordings: tuple[str, ...]


def askers(
    db: sqlite3.Connection, newsletter: str, may: Askable, now: datetime, most: int
) -> list[Waiting]:
    """Up to `most` of those who asked for a newsletter by the web form and may be mailed now,
    longest waiting first. However many others wait, they are not looked at.
    """
    from newsfeed.store.queries import queries

    rows = queries.askers(
        db,
        newsletter=newsletter,
        after=int((now - may.asked_within).timestamp()),
        between=int(may.between.total_seconds()),
        works_for=int(may.works_for.total_seconds()),
        current=" ".join(may.wordings),
        most_mails=may.mails,
        most_for_one=may.for_one,
        now=int(now.timestamp()),
        most=most,
    )
    return [waiting_of(row) for row in rows]


def count(
    db: sqlite3.Connection, subscriber_id: int, address_hash: str, consent: Consent
) -> Counted:
    """Record a mail that is about to be sent, and count it for its address."""
    mails, last_mail = consents.mails(db, address_hash)
    consents.record(db, subscriber_id, consent)
    consents.count_mail(db, address_hash, consent.at)
    return Counted(
        subscriber_id=subscriber_id,
        address_hash=address_hash,
        consent=consent,
        mails=mails,
        last_mail=last_mail,
    )


def retract(db: sqlite3.Connection, counted: Counted) -> None:
    """The mail did not leave: its record goes, and the count is as it was before it.

    Where another mail to the address was counted since, the count stays: too few mails are better
    than too many. For a person who is erased meanwhile there is no record any more.
    """
    from newsfeed.store.queries import queries

    retract_record(db, counted)
    at = int(counted.consent.at.timestamp())
    if counted.last_mail is None:
        queries.retract_first_confirmation_mail(db, address_hash=counted.address_hash, at=at)
    else:
        queries.retract_confirmation_mail(
            db,
            address_hash=counted.address_hash,
            mails=counted.mails + 1,
            at=at,
            before=int(counted.last_mail.timestamp()),
        )


def retract_record(db: sqlite3.Connection, counted: Counted) -> None:
    """The mail did not leave, but the try counts for its address as a mail does."""
    from newsfeed.store.queries import queries

    queries.retract_mailed(
        db,
        subscriber_id=counted.subscriber_id,
        at=int(counted.consent.at.timestamp()),
        message_id=counted.consent.message_id,
    )


def tries(db: sqlite3.Connection, subscriber_id: int) -> int:
    """How often the mail to a person was put off since one left."""
    from newsfeed.store.queries import queries

    return int(queries.confirmation_tries(db, subscriber_id=subscriber_id) or 0)


def put_off(db: sqlite3.Connection, subscriber_id: int, due: datetime, tries: int) -> None:
    """None to a person is tried before `due`; it was put off `tries` times."""
    from newsfeed.store.queries import queries

    queries.put_off_confirmation(
        db, subscriber_id=subscriber_id, due=int(due.timestamp()), tries=tries
    )


def end_wait(db: sqlite3.Connection, subscriber_id: int) -> None:
    """The mail to a person left, or was refused for good."""
    from newsfeed.store.queries import queries

    queries.end_confirmation_wait(db, subscriber_id=subscriber_id)
