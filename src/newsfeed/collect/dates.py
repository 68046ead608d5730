"""Dates as authors write them, to aware datetimes. What can be read in two ways is refused.

Everybody's general date parser guesses ("10" becomes a day of this month, "24.07.12" a year of its
choice), and a wrong date in a feed cannot be taken back.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FIRST_YEAR = 1900
LAST_YEAR = 9998

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Abbreviations that mean one offset all over the world; CST, IST and their like mean several.
_ABBREVIATIONS: dict[str, tzinfo] = {
    "Z": UTC,
    "UTC": UTC,
    "GMT": UTC,
    "KST": timezone(timedelta(hours=9), "KST"),
    "JST": timezone(timedelta(hours=9), "JST"),
}

# Each is tried at the start of the text; what follows must be one of the clocks, or nothing.
_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
        r"(?![0-9])\.?",
        r"(?P<year>[0-9]{4})\.\s+(?P<month>[0-9]{1,2})\.\s+(?P<day>[0-9]{1,2})(?![0-9])\.?",
        r"(?P<year>[0-9]{4})년\s*(?P<month>[0-9]{1,2})월\s*(?P<day>[0-9]{1,2})일",
        r"(?:[A-Za-z]{3},\s*)?(?P<day>[0-9]{1,2})\s+(?P<month>[A-Za-z]{3})\s+(?P<year>[0-9]{4})",
        rf"(?P<month>{_MONTH})\.?\s+(?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}})",
    )
)
# ISO 8601 also has weeks without a day, which are no dates.
_ISO_DAY = re.compile(r"[0-9]{8}(?![0-9])|[0-9]{4}(?:-W[0-9]{2}-|W[0-9]{2})[1-7]")
_WEEKDAY = r"(?:\s*\([월화수목금토일]\)|\s*[월화수목금토일]요일)?"
_HOUR = r"(?:[Tt]|\s+)(?:(?P<half>오전|오후)\s*)?(?P<hour>[0-9]{1,2})"
_CLOCKS = tuple(
    re.compile(_WEEKDAY + pattern)
    for pattern in (
        _HOUR + r":(?P<minute>[0-9]{2})"
        r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
        r"\s*(?P<zone>[A-Za-z]{1,5}|[-+][0-9]{2}(?::?[0-9]{2})?)?",
        _HOUR + r"시(?:\s*(?P<minute>[0-9]{1,2})분(?:\s*(?P<second>[0-9]{1,2})초)?)?",
        "",
    )
)
_FILE_NAME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})-(?P<rest>.+)", re.DOTALL
)


def parse_date(value: object, zone: ZoneInfo) -> datetime:
    """The aware datetime that `value` means; without a zone of its own, `zone` is meant.

    `value` is a datetime, a date (midnight), or text in one of these forms, the time left out or
    without seconds if so: ISO 8601, `2024-07-12 09:00:00 +0900` as Jekyll writes it (UTC, GMT,
    KST and JST may stand for the offset), `2024/07/12`, `2024.07.12`, `July 12, 2024`, `2024년 7월
    12일 오후 9시 30분`, `Fri, 12 Jul 2024 09:00:00 +0900`. A local time that a clock change skips
    or repeats is read as before the change (PEP 495, fold 0).

    Raises `ValueError`, in words for the author, for all else, for a day that does not exist and
    for a year before 1900 or after 9998.
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time())
    elif isinstance(value, str):
        moment = _read(value.strip())
    else:
        raise ValueError(f"{_shorten(repr(value))} is not a date")  # noqa: TRY004
    _check_year(moment.year)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def file_name_date(name: str) -> tuple[date | None, str]:
    """The date and the rest of a file's name as Jekyll reads it, without the extension.

    `2024-07-12-summit.md` gives 12 July 2024 and `summit`; without a date, None and the stem.
    Raises `ValueError` for a day that does not exist.
    """
    stem, dot, _ = name.rpartition(".")
    stem = stem if dot and stem else name
    match = _FILE_NAME.fullmatch(stem)
    if match is None:
        return None, stem
    _check_year(int(match["year"]))
    try:
        return _day(match), match["rest"]
    except ValueError:
        raise _impossible(stem[: match.start("rest") - 1]) from None


def _read(text: str) -> datetime:
    """The datetime in `text`, naive where it names no zone."""
    day = next((match for days in _DAYS if (match := days.match(text))), None)
    if day is None:
        return _read_iso(text)
    clock = next(
        (match for clocks in _CLOCKS if (match := clocks.fullmatch(text, day.end()))), None
    )
    if clock is None:
        raise _unreadable(text)
    parts = clock.groupdict("")
    zone = _zone(parts.get("zone", ""), text)
    _check_year(int(day["year"]))
    try:
        return datetime.combine(_day(day), _time(parts), zone)
    except ValueError:
        raise _impossible(text) from None


def _read_iso(text: str) -> datetime:
    """`text` in a form of ISO 8601 that the patterns do not know, such as `20240712T090000Z`."""
    if not _ISO_DAY.match(text):
        raise _unreadable(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable(text) from None


def _day(match: re.Match[str]) -> date:
    """The date in `match`; `ValueError` if there is none such."""
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return date(int(match["year"]), number, int(match["day"]))


def _time(parts: dict[str, str]) -> time:
    """The time in `parts`, which may count the hours twice to twelve; `ValueError` as above."""
    hour = int(parts.get("hour") or 0)
    if parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if parts["half"] == "오후" else 0)
    fraction = parts.get("fraction", "")[:6].ljust(6, "0")
    return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0), int(fraction))


def _zone(name: str, text: str) -> tzinfo | None:
    """The zone that `name`, an offset or abbreviation, means; None for ""."""
    if not name:
        return None
    if name[0] not in "+-":
        if zone := _ABBREVIATIONS.get(name.upper()):
            return zone
        raise ValueError(f'the time zone of "{_shorten(text)}" is unknown or can mean several')
    hours, minutes = int(name[1:3]), int(name[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise _impossible(text)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if name[0] == "-" else offset)


def _check_year(year: int) -> None:
    """Refuse years that only a slip gives, and those that a zone could push out of range."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"the year {year:04} is impossible (it must be from {FIRST_YEAR} to {LAST_YEAR})"
        )


def _impossible(text: str) -> ValueError:
    return ValueError(f'"{_shorten(text)}" is a day or time that does not exist')


def _unreadable(text: str) -> ValueError:
    return ValueError(f'"{_shorten(text)}" is not a date that can be read in only one way')


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
