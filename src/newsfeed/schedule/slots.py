"""Schedule, zone and instant -> slots, by the triggers of APScheduler."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger

from newsfeed.schedule import rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from newsfeed.schedule.rules import Rule
    from newsfeed.schedule.words import Schedule

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_FIRST_MONDAY = date(1970, 1, 5)


def next_slot(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first slot later than `after` (aware), in UTC; None if there is none up to year 9999.

    Every time that the schedule names is one slot, whatever the clocks do: one that falls into
    a gap comes as much later as the gap is long, one that comes twice counts the first time.
    """
    try:
        found = [_next(rule, zone, after) for rule in schedule.rules]
    except OverflowError:
        return None
    return min((slot for slot in found if slot is not None), default=None)


def latest_slot(
    schedule: Schedule, zone: ZoneInfo, after: datetime, until: datetime
) -> datetime | None:
    """The last slot in (`after`, `until`], in UTC; None if there is none.

    Halves the interval, so that a year of minutes costs as little as a day of hours.
    """
    found = next_slot(schedule, zone, after)
    if found is None or found > until:
        return None
    ceiling = until
    while ceiling - found >= _MINUTE:
        middle = found + (ceiling - found) / 2
        later = next_slot(schedule, zone, middle)
        if later is not None and later <= until:
            found = later
        else:
            ceiling = middle
    return found


def _next(rule: Rule, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Walk along the wall clock and turn its times into instants.

    Within a gap these two orders differ (02:30, pushed to 03:30, comes after 03:15), so the
    walk starts as early as a gap could reach and ends at the first time outside of one.
    """
    best: datetime | None = None
    start = after.astimezone(zone).replace(tzinfo=None) - _lost(zone, after)
    for wall in _walls(rule, start):
        slot = wall.replace(tzinfo=zone).astimezone(UTC)
        if slot > after:
            best = slot if best is None else min(best, slot)
            if slot.astimezone(zone).replace(tzinfo=None) == wall:
                break
    return best


def _lost(zone: ZoneInfo, instant: datetime) -> timedelta:
    """How far the clocks of `zone` were put forward in the day before `instant`."""
    now = instant.astimezone(zone).utcoffset() or timedelta()
    then = (instant - _DAY).astimezone(zone).utcoffset() or timedelta()
    return max(now - then, timedelta())


def _walls(rule: Rule, start: datetime) -> Iterator[datetime]:
    """The rule's wall-clock times from `start` on, without a zone.

    APScheduler runs in UTC here, where no clock ever changes: its own answers at clock
    changes (a repeated hour fires twice) are not ours.
    """
    trigger = _trigger(rule)
    now = start.replace(tzinfo=UTC)
    wall: datetime | None = trigger.get_next_fire_time(None, now)
    while wall is not None:
        if (wall.date() - _FIRST_MONDAY).days // 7 % rule.weeks == 0:
            yield wall.replace(tzinfo=None)
        wall = trigger.get_next_fire_time(wall, wall)


def _trigger(rule: Rule) -> CronTrigger:
    days = _expression(rule.days, rules.ALL_DAYS)
    return CronTrigger(
        minute=_expression(rule.minutes, rules.ALL_MINUTES),
        hour=_expression(rule.hours, rules.ALL_HOURS),
        day=",".join(part for part in (days, "last" if rule.last else "") if part),
        month=_expression(rule.months, rules.ALL_MONTHS),
        day_of_week=_expression(rule.weekdays, rules.ALL_WEEKDAYS),
        timezone=UTC,
    )


def _expression(numbers: tuple[int, ...], everything: tuple[int, ...]) -> str:
    return "*" if numbers == everything else ",".join(map(str, numbers))
