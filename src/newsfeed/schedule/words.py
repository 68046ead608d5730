"""A schedule as people write it -> rules. Words such as `mon 08:00`, or five cron fields."""

from __future__ import annotations

import difflib
import re

import msgspec

from newsfeed.errors import SettingsError
from newsfeed.schedule import cron
from newsfeed.schedule.rules import LONG_WEEKDAYS, Rule, ordinal, weekday_set

FORMS = (
    "`mon 08:00`, `daily 07:30`, `weekdays 08:00`, `1st 09:00`, `last 18:00`, "
    "`every 2 weeks fri 17:00`, or five cron fields"
)

_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "daily 00:00",
    "@midnight": "daily 00:00",
    "@weekly": "sun 00:00",
    "@monthly": "1st 00:00",
    "@yearly": "0 0 1 jan *",
    "@annually": "0 0 1 jan *",
}
_MOST_WEEKS = 52
_EVERY_MONTH_HAS = 28


class Schedule(msgspec.Struct, frozen=True):
    """When a newsletter is due: whenever one of `rules` says so. `text` is what was written."""

    text: str
    rules: tuple[Rule, ...]


def parse_schedule(text: str, *, where: str = "") -> Schedule:
    """The schedule that `text` means; `where` (file and key) is for the message.

    Raises SettingsError with the nearest right form.
    """
    words = re.sub(r"\s*,\s*", ",", text.strip().lower()).split()
    try:
        rules = _rules(words)
    except cron.MisreadError as fault:
        raise SettingsError(
            f"the schedule `{text}` cannot be read: {fault.problem}",
            where=where,
            remedy=fault.remedy or f"known are {FORMS}",
        ) from None
    return Schedule(text=text, rules=rules)


def _rules(words: list[str]) -> tuple[Rule, ...]:
    if not words:
        raise cron.MisreadError("it is empty")
    if words[0] in _NICKNAMES:
        raise cron.MisreadError(
            f"`{words[0]}` is not used here", f"write `{_NICKNAMES[words[0]]}` instead"
        )
    if words[0] == "every":
        return _every(words)
    if len(words) == cron.FIELDS and ":" not in words[-1]:
        return cron.rules(words)
    if len(words) == cron.FIELDS + 1 and ":" not in words[-1]:
        raise cron.MisreadError(
            "six fields", "five are used, minutes first: leave the seconds or the year out"
        )
    return _days_and_times(words)


def _every(words: list[str]) -> tuple[Rule, ...]:
    """`every N weeks DAYS TIMES`."""
    match words:
        case [_, number, "week" | "weeks", days, times] if number.isascii() and number.isdigit():
            weeks = int(number)
        case _:
            raise cron.MisreadError(
                "after `every` come a number, `weeks`, a weekday and a time",
                "write `every 2 weeks fri 17:00`",
            )
    if not 1 <= weeks <= _MOST_WEEKS:
        raise cron.MisreadError(f"`{number}` weeks", f"1 to {_MOST_WEEKS} are possible")
    weekdays = weekday_set(days)
    if weekdays is None:
        raise cron.MisreadError(f"`{days}` is not a weekday", _near(days, LONG_WEEKDAYS))
    return tuple(
        Rule(weekdays=weekdays, weeks=weeks, hours=(hour,), minutes=(minute,))
        for hour, minute in _times(times)
    )


def _days_and_times(words: list[str]) -> tuple[Rule, ...]:
    """`DAYS TIMES`: daily, weekdays, names of weekdays, or ordinals of days of the month."""
    days = _days(words[0])
    if len(words) == 1:
        raise cron.MisreadError("the time is missing", f"write `{words[0]} 08:00`")
    if len(words) > 2:
        raise cron.MisreadError(f"`{' '.join(words[2:])}` after the time", "")
    return tuple(
        msgspec.structs.replace(days, hours=(hour,), minutes=(minute,))
        for hour, minute in _times(words[1])
    )


def _days(word: str) -> Rule:
    """The days that `word` names, as a rule without a time."""
    if "" in word.split(","):
        raise cron.MisreadError(f"`{word}` has a comma too many", "leave it out")
    if word == "daily":
        return Rule()
    weekdays = weekday_set("mon-fri" if word == "weekdays" else word)
    if weekdays is not None:
        return Rule(weekdays=weekdays)
    parts = word.split(",")
    numbers = [_day_of_month(part) for part in parts if part != "last"]
    return Rule(days=tuple(sorted(set(numbers))), last="last" in parts)


def _day_of_month(word: str) -> int:
    match = re.fullmatch(r"([0-9]{1,2})(st|nd|rd|th)", word)
    if match is None:
        raise cron.MisreadError(
            f"`{word}` is not a day", _near(word, (*LONG_WEEKDAYS, "daily", "weekdays", "last"))
        )
    day = int(match[1])
    if day > _EVERY_MONTH_HAS:
        raise cron.MisreadError(
            f"not every month has a {ordinal(day)}", "write `last` for the last day of the month"
        )
    if day < 1 or word != ordinal(day):
        raise cron.MisreadError(f"`{word}` is not a day", f"write `{ordinal(max(day, 1))}`")
    return day


def _times(text: str) -> list[tuple[int, int]]:
    """Hours and minutes of a list such as `08:00,18:30`."""
    return sorted({_time(word) for word in text.split(",")})


def _time(word: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", word)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return int(match[1]), int(match[2])
    remedy = f"write `{_nearest_time(word)}`, 24 hours a day"
    raise cron.MisreadError(f"`{word}` is not a time", remedy)


def _nearest_time(word: str) -> str:
    """What somebody meant who wrote `8am`, `0800` or `8.30pm`; 08:00 where that is not plain."""
    match = re.fullmatch(r"([0-9]{1,2})[:.h]?([0-9]{2})?(?::[0-9]{2})?(am|pm)?", word)
    if match is None:
        return "08:00"
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return f"{hour % 24:02}:{minute:02}" if hour <= 24 and minute < 60 else "08:00"


def _near(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""
