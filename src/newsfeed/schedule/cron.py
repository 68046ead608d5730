"""Five cron fields -> rules: minute, hour, day of the month, month, weekday."""

from __future__ import annotations

import re

import msgspec

from newsfeed.schedule.rules import (
    ALL_DAYS,
    ALL_HOURS,
    ALL_MINUTES,
    ALL_MONTHS,
    ALL_WEEKDAYS,
    MONTHS,
    WEEKDAYS,
    Rule,
    weekday_set,
)

FIELDS = 5


class MisreadError(Exception):
    """A part of a schedule that cannot be read: what is wrong, and what to write instead."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def rules(fields: list[str]) -> tuple[Rule, ...]:
    """The rules of five `fields`; two where cron means "or".

    As in POSIX crontab, a day of the month and a weekday that are both given are alternatives;
    as in every cron at work, a field that begins with `*` does not count as given.
    """
    minute, hour, day, month, weekday = fields
    rule = Rule(
        minutes=_numbers(minute, ALL_MINUTES, "minute"),
        hours=_numbers(hour, ALL_HOURS, "hour"),
        days=_numbers(day, ALL_DAYS, "day"),
        months=_numbers(_months(month), ALL_MONTHS, "month"),
        weekdays=_weekdays(weekday, fields),
    )
    if not rule.possible:
        raise MisreadError(f"no month in `{month}` has a day `{day}`", "it would never be due")
    if day.startswith("*") or weekday.startswith("*"):
        return (rule,)
    return (
        msgspec.structs.replace(rule, weekdays=ALL_WEEKDAYS),
        msgspec.structs.replace(rule, days=ALL_DAYS),
    )


def _numbers(field: str, allowed: tuple[int, ...], name: str) -> tuple[int, ...]:
    """The numbers of a field: `*`, `5`, `1-5`, each perhaps with `/step`, and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?", part)
        if match is None:
            raise MisreadError(f"`{part}` is not a {name}", _examples(allowed))
        first = int(match[1]) if match[1] else allowed[0]
        last = int(match[2]) if match[2] else first if match[1] else allowed[-1]
        if match[3] and match[1] and not match[2]:
            last = allowed[-1]
        step = int(match[3]) if match[3] else 1
        if first not in allowed or last not in allowed or first > last or step < 1:
            raise MisreadError(f"`{part}` is not a {name}", _examples(allowed))
        found.update(range(first, last + 1, step))
    return tuple(sorted(found))


def _examples(allowed: tuple[int, ...]) -> str:
    low, high = allowed[0], allowed[-1]
    return f"write numbers from {low} to {high}, such as `{high // 2}`, `{low}-{high // 2}` or `*`"


def _months(field: str) -> str:
    """Names of months turned into numbers."""
    return re.sub(
        r"[a-z]+", lambda m: str(MONTHS.index(m[0]) + 1) if m[0] in MONTHS else m[0], field
    )


def _weekdays(field: str, fields: list[str]) -> tuple[int, ...]:
    """Names only: cron counts Sunday as 0, APScheduler Monday, and people disagree likewise."""
    if field == "*":
        return ALL_WEEKDAYS
    if "/" in field:
        raise MisreadError(f"`{field}`: weekdays have no steps", "write their names: `mon,wed,fri`")
    if re.search(r"[0-9]", field):
        named = re.sub(r"[0-7](?![0-9])", lambda m: WEEKDAYS[(int(m[0]) - 1) % 7], field)
        hint = " ".join([*fields[:-1], named]) if weekday_set(named) else "0 9 * * mon-fri"
        raise MisreadError(
            f"the weekday `{field}` is a number, and schedulers disagree whether 1 is "
            "Monday or Tuesday",
            f"write names: `{hint}`",
        )
    found = weekday_set(field)
    if found is None:
        raise MisreadError(f"`{field}` is not a weekday", f"write {', '.join(WEEKDAYS)}")
    return found
