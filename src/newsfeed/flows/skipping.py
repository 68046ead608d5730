"""A slot or a day is left out without an edit of the settings, or left out no more."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.errors import SettingsError, UsageError
from newsfeed.flows.editions import next_slot_of, skips_of, slot_after, zone_of
from newsfeed.flows.people import People
from newsfeed.flows.timetable import timetable
from newsfeed.schedule.skips import Skip, parse_skip
from newsfeed.settings import Newsletter
from newsfeed.store import database, editions, skips
from newsfeed.store.skips import Left

NEXT = "next"
_EXAMPLE = "write `next`, or a day such as `2026-12-25`"


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out now, or with `undone` no more. `changed` is False where it was so before.

    `day` is where it is a whole one, `slot` (in the newsletter's zone) where it is one slot.
    `following` is when a letter is due next.
    """

    newsletter: str
    day: date | None
    slot: datetime | None
    undone: bool
    changed: bool
    following: datetime | None


def skip(
    people: People, newsletter: Newsletter, what: str = NEXT, *, undo: bool = False
) -> Skipped:
    """Leave out a day, or the next slot that is not left out; or, with `undo`, no more.

    With `undo`, NEXT is the first slot to come that was left out by hand. Raises UsageError for
    what is no day, is past, or has no slot.
    """
    zone = zone_of(newsletter, people.plan.site.timezone)
    with database.transaction(people.db):
        if what.strip() == NEXT:
            left = _undone_next(people, newsletter, zone) if undo else _next(people, newsletter)
        else:
            day = _day(people, newsletter, what, zone)
            if not undo:
                _refuse_without_slot(people, newsletter, day, zone)
            left = Left(day=day.first)
        changed = (skips.drop if undo else skips.add)(people.db, newsletter.name, left)
        editions.touch(people.db)
    return Skipped(
        newsletter=newsletter.name,
        day=left.day,
        slot=left.slot and left.slot.astimezone(zone),
        undone=undo,
        changed=changed,
        following=_following(people, newsletter),
    )


def _next(people: People, newsletter: Newsletter) -> Left:
    slot = _following(people, newsletter)
    if slot is None:
        raise UsageError(
            "it has no schedule, so that there is no slot to leave out", where=newsletter.name
        )
    return Left(slot=slot.astimezone(UTC))


def _following(people: People, newsletter: Newsletter) -> datetime | None:
    """The next slot that is neither decided nor left out."""
    decided = timetable(people, newsletter, 0).decided_until
    after = max(decided or people.now, people.now)
    left_out = skips_of(newsletter, people.db)
    return next_slot_of(newsletter, people.plan.site.timezone, after, left_out)


def _undone_next(people: People, newsletter: Newsletter, zone: ZoneInfo) -> Left:
    today = people.now.astimezone(zone).date()
    to_come = [
        (one.slot.astimezone(zone).date() if one.slot else one.day, one)
        for one in skips.of(people.db, newsletter.name)
        if (one.slot and one.slot > people.now) or (one.day and one.day >= today)
    ]
    if not to_come:
        raise UsageError(
            "nothing to come is left out by hand",
            where=newsletter.name,
            remedy="days that the settings skip are changed there",
        )
    return min(to_come, key=lambda one: str(one[0]))[1]


def _day(people: People, newsletter: Newsletter, what: str, zone: ZoneInfo) -> Skip:
    """The day that a word on the command line means. Raises UsageError."""
    try:
        read = parse_skip(what)
    except SettingsError as error:
        raise UsageError(error.problem, where=newsletter.name, remedy=_EXAMPLE) from None
    if read.first != read.last:
        raise UsageError(
            f"`{what}` is more than a day",
            where=newsletter.name,
            remedy=f'skip one after another, or write `skip = ["{what}"]` in the settings',
        )
    if read.last < people.now.astimezone(zone).date():
        raise UsageError(f"{read.last} is past", where=newsletter.name, remedy=_EXAMPLE)
    return read


def _refuse_without_slot(people: People, newsletter: Newsletter, day: Skip, zone: ZoneInfo) -> None:
    """A day without a slot is a slip, of the pen or of a calendar."""
    midnight = datetime.combine(day.first, time(), zone).astimezone(UTC)
    slot = slot_after(newsletter, people.plan.site.timezone, midnight - timedelta(seconds=1))
    if slot is None or not day.covers(slot, zone):
        after = f"; the first after it is on {slot:%a %Y-%m-%d}" if slot else ""
        raise UsageError(
            f"no slot is on {day.first:%a %Y-%m-%d}{after}",
            where=newsletter.name,
            remedy=f"`newsfeed schedule {newsletter.name}` shows them",
        )
