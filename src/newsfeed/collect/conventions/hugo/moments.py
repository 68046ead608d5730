"""Which dates a page has, by the site's own order of places (Hugo's `[frontmatter]`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import msgspec

_DEFAULTS = {
    "date": ("date", "publishdate", "pubdate", "published", "lastmod", "modified"),
    "publishdate": ("publishdate", "pubdate", "published", "date"),
    "lastmod": (":git", "lastmod", "modified", "date", "publishdate", "pubdate", "published"),
    "expirydate": ("expirydate", "unpublishdate"),
}
_ALIASES = {
    "publishdate": ("pubdate", "published"),
    "lastmod": ("modified",),
    "expirydate": ("unpublishdate",),
}
FILE_NAME = ":filename"
_DATED = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T-](?P<clock>\d{2}-\d{2}-\d{2})(?=\D|\Z))?", re.ASCII
)
_FLAGS = frozenset({"true", "false", "yes", "no", "on", "off"})


class Handlers(msgspec.Struct, frozen=True, kw_only=True):
    """Where the dates of a page are looked for, in order: keys of front matter, or `:filename`."""

    date: tuple[str, ...] = _DEFAULTS["date"]
    publishdate: tuple[str, ...] = _DEFAULTS["publishdate"]
    lastmod: tuple[str, ...] = _DEFAULTS["lastmod"]
    expirydate: tuple[str, ...] = _DEFAULTS["expirydate"]


class Named(NamedTuple):
    """A file's name that begins with a date: the date as text, and the rest, "" for nothing."""

    date: str
    rest: str


class Found(NamedTuple):
    """A date as it is written and the key or `:filename` that gave it; None and "" for none."""

    value: object
    key: str


def handlers(settings: Mapping[str, object]) -> Handlers:
    """The places for each date; `:default` stands for Hugo's own."""
    return Handlers(**{name: _places(name, settings.get(name)) for name in _DEFAULTS})


def _places(name: str, written: object) -> tuple[str, ...]:
    if isinstance(written, str):
        written = [written]
    if not isinstance(written, list):
        return _DEFAULTS[name]
    found: list[str] = []
    for place in (str(one).lower() for one in written):
        found += _DEFAULTS[name] if place == ":default" else (place, *_ALIASES.get(place, ()))
    return tuple(dict.fromkeys(found))


def name_date(name: str) -> Named | None:
    """The date with which a file's name begins, if the calendar has it."""
    match = _DATED.match(name)
    if match is None:
        return None
    try:
        date.fromisoformat(match["day"])
    except ValueError:
        return None
    clock = f" {match['clock'].replace('-', ':')}" if match["clock"] else ""
    return Named(match["day"] + clock, name[match.end() :].strip(" -_"))


def find(places: tuple[str, ...], values: Mapping[str, object], named: Named | None) -> Found:
    """The first date among `places`. Those that a checkout changes, such as the file's own time,
    are passed over.
    """
    for place in places:
        if place == FILE_NAME:
            if named:
                return Found(named.date, FILE_NAME)
            continue
        value = values.get(place)
        if value is None or isinstance(value, bool) or str(value).strip().lower() in {"", *_FLAGS}:
            continue
        return Found(value, place)
    return Found(None, "")
