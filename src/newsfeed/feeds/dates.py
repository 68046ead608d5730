"""Moments as feeds write them, without the locale and to the second in every format."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

MINUTE = timedelta(minutes=1)


def rfc822(moment: datetime) -> str:
    """`moment` (aware) as RSS 2.0 and OPML write it: English names, year of four digits."""
    return format_datetime(expressible(moment))


def rfc3339(moment: datetime) -> str:
    """`moment` (aware) as Atom (RFC 4287 section 3.3) and JSON Feed write it."""
    return expressible(moment).isoformat()


def expressible(moment: datetime) -> datetime:
    """The same instant to the second, with an offset of whole minutes, as both formats demand.

    Zones had seconds in their offsets before they were standardised (Seoul: +08:27:52 until
    1908). Such an offset is rounded up: rounding down, like a way through UTC, would leave the
    calendar in the year 1.
    Raises ValueError for a naive datetime, since a guessed zone would be a wrong date.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"a date without a zone cannot be published: {moment.isoformat()}")
    moment = moment.replace(microsecond=0)
    if not offset % MINUTE:
        return moment
    whole = -(-offset // MINUTE) * MINUTE
    return moment.replace(tzinfo=timezone(whole)) + (whole - offset)
