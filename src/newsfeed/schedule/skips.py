"""What is left out: days such as `2026-12-25` and `2026-09-24..2026-09-27`, or one slot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.errors import SettingsError

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FORM = re.compile(rf"({_DAY})(?:\s*\.\.\s*({_DAY}))?", re.ASCII)
_ALMOST = re.compile(r"([0-9]{4})[-./ ]+([0-9]{1,2})[-./ ]+([0-9]{1,2})(?![0-9])", re.ASCII)
_EXAMPLES = "`2026-12-25`, or `2026-09-24..2026-09-27` for several days"


class Skip(msgspec.Struct, frozen=True):
    """The days from `first` to `last`, both included, in the newsletter's zone."""

    first: date
    last: date

    def covers(self, slot: datetime, zone: ZoneInfo) -> bool:
        """Whether `slot` (aware) falls on one of the days where the newsletter is at home."""
        return self.first <= slot.astimezone(zone).date() <= self.last

    def last_moment(self, zone: ZoneInfo) -> datetime:
        """The second (UTC) before the day after these, whose first moment may be a slot."""
        midnight = datetime.combine(self.last + timedelta(days=1), time(), zone)
        return midnight.astimezone(UTC) - timedelta(seconds=1)


class SlotSkip(msgspec.Struct, frozen=True):
    """The one slot at `at` (UTC)."""

    at: datetime

    def covers(self, slot: datetime, zone: ZoneInfo) -> bool:  # noqa: ARG002  # as of a Skip
        """Whether it is this one."""
        return slot == self.at

    def last_moment(self, zone: ZoneInfo) -> datetime:  # noqa: ARG002
        """The slot itself: what is later is not covered."""
        return self.at


Skips = Sequence[Skip | SlotSkip]


def parse_skip(text: str, where: str = "") -> Skip:
    """The days that `text` means; `where` (file and key) is for the message.

    Raises SettingsError with the nearest right form.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise _unread(text, where)
    try:
        first = date.fromisoformat(match[1])
        last = date.fromisoformat(match[2]) if match[2] else first
    except ValueError:
        raise SettingsError(
            f"`{text}`: the calendar has no such day",
            where=where,
            remedy=f"write days like {_EXAMPLES}",
        ) from None
    if last < first:
        raise SettingsError(
            f"`{text}` ends before it begins", where=where, remedy=f"write `{last}..{first}`"
        )
    return Skip(first, last)


def parse_skips(texts: Iterable[str], where: str = "") -> tuple[Skip, ...]:
    """Every entry of a `skip` setting. Raises SettingsError."""
    return tuple(parse_skip(text, where) for text in texts)


def _unread(text: str, where: str) -> SettingsError:
    """The complaint, with what somebody meant who wrote `2026.9.24 - 2026.9.27`."""
    days = []
    for year, month, day in _ALMOST.findall(text):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            break
    meant = "..".join(map(str, sorted(days)))
    return SettingsError(
        f"`{text}` is not a day or a range of days",
        where=where,
        remedy=f"write `{meant}`" if 1 <= len(days) <= 2 else f"write {_EXAMPLES}",
    )
