"""What a schedule consists of: sets of minutes, hours, days, months and weekdays."""

from __future__ import annotations

import msgspec

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

ALL_MINUTES = tuple(range(60))
ALL_HOURS = tuple(range(24))
ALL_DAYS = tuple(range(1, 32))
ALL_MONTHS = tuple(range(1, 13))
ALL_WEEKDAYS = tuple(range(7))

_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Due at every minute that all sets hold. Weekdays count from Monday = 0, months from 1.

    `last` adds the last day of the month to `days`. With `weeks` = n only every n-th week
    counts, from the week of Monday 1970-01-05.
    """

    minutes: tuple[int, ...] = (0,)
    hours: tuple[int, ...] = (0,)
    days: tuple[int, ...] = ALL_DAYS
    months: tuple[int, ...] = ALL_MONTHS
    weekdays: tuple[int, ...] = ALL_WEEKDAYS
    last: bool = False
    weeks: int = 1

    @property
    def possible(self) -> bool:
        """Whether some month has one of the days: the 30th of February never comes."""
        return self.last or any(
            day <= _LONGEST_MONTHS[month - 1] for month in self.months for day in self.days
        )


def weekday_set(text: str) -> tuple[int, ...] | None:
    """The weekdays of `mon,thu`, `monday` or `fri-mon`; None if any of them has no such name."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = weekday(first), weekday(last if dash else first)
        if start is None or end is None:
            return None
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return tuple(sorted(found))


def weekday(name: str) -> int | None:
    """The number of a weekday's short or long English name, in lower case."""
    for names in (WEEKDAYS, LONG_WEEKDAYS):
        if name in names:
            return names.index(name)
    return None


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st …"""
    teen = 10 < number % 100 < 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
