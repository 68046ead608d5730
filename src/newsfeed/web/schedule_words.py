"""How often a newsletter comes, in the words of a page: schedule and words in, a phrase out."""

from __future__ import annotations

import msgspec

from newsfeed.catalogues import weekday_names
from newsfeed.schedule.rules import ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS, Rule
from newsfeed.schedule.words import Schedule
from newsfeed.web.words import Words

_MOST_TIMES = 3
_WORKDAYS = (0, 1, 2, 3, 4)


def schedule_words(schedule: Schedule | None, words: Words) -> str:
    """Such as `every Monday at 08:00`; a schedule too odd for a phrase is one of its own times."""
    if schedule is None:
        return words.when_never
    first = schedule.rules[0]
    times = sorted({(h, m) for rule in schedule.rules for h in rule.hours for m in rule.minutes})
    alike = all(_days_of(rule) == _days_of(first) for rule in schedule.rules)
    days = _days(first, words)
    if not alike or not days or len(times) > _MOST_TIMES:
        return words.when_other
    written = ", ".join(f"{hour:02}:{minute:02}" for hour, minute in times)
    return _filled(words.when_time, days=days, times=written)


def _days_of(rule: Rule) -> Rule:
    return msgspec.structs.replace(rule, hours=(0,), minutes=(0,))


def _days(rule: Rule, words: Words) -> str:
    """The days of a rule, or "" where no phrase says them."""
    every_day = rule.days == ALL_DAYS
    if rule.months != ALL_MONTHS:
        return ""
    if not every_day:
        if rule.weekdays != ALL_WEEKDAYS or rule.weeks != 1:
            return ""
        days = [_filled(words.when_day, day=str(day)) for day in rule.days]
        days += [words.when_last] * rule.last
        return _filled(words.when_monthly, days=", ".join(days))
    names = weekday_names(words.language)
    weekdays = ", ".join(names[number] for number in rule.weekdays)
    if rule.weeks != 1:
        return _filled(words.when_weeks, weeks=str(rule.weeks), days=weekdays)
    if rule.weekdays == ALL_WEEKDAYS:
        return words.when_daily
    if rule.weekdays == _WORKDAYS:
        return words.when_weekdays
    return _filled(words.when_weekly, days=weekdays)


def _filled(pattern: str, **values: str) -> str:
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", value)
    return pattern
