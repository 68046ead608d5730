"""Checks of single values: addresses, ids and dates, without a locale and quick."""

from __future__ import annotations

import re
from datetime import datetime

_WEB_ADDRESS = re.compile(r"https?://[^/?#\s][!-~]*", re.IGNORECASE)
_ABSOLUTE_IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC822 = re.compile(
    rf"({'|'.join(_WEEKDAYS)}), (\d\d?) ({'|'.join(_MONTHS)}) (\d{{4}}) "
    r"(\d\d):(\d\d):(\d\d) (?:GMT|[+-](?:[01]\d|2[0-3])[0-5]\d)",
    re.ASCII,
)
_SHOWN_LENGTH = 80


def is_web_address(text: str) -> bool:
    """Whether `text` is an absolute http or https URL, all of it ASCII."""
    return _WEB_ADDRESS.fullmatch(text) is not None


def is_absolute_iri(text: str) -> bool:
    """Whether `text` has a scheme, as every Atom id must (RFC 4287 section 4.2.6)."""
    return _ABSOLUTE_IRI.fullmatch(text) is not None


def is_rfc3339(text: str) -> bool:
    """Whether `text` is a date of RFC 3339 that exists, with its zone."""
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_rfc822(text: str) -> bool:
    """Whether `text` is a date as RSS 2.0 wants it: one that exists, right weekday, zone."""
    found = _RFC822.fullmatch(text)
    if found is None:
        return False
    weekday, day, month, year, hour, minute, second = found.groups()
    try:
        moment = datetime(  # noqa: DTZ001 - only whether that day and time exist is asked
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second)
        )
    except ValueError:
        return False
    return _WEEKDAYS[moment.weekday()] == weekday


def shown(value: object) -> str:
    """`value` as a message quotes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def place(kind: str, number: int, name: str | None) -> str:
    """Where in a feed something is: "item 3", and what people know it by."""
    return f"{kind} {number} ({shown(name)})" if name else f"{kind} {number}"
