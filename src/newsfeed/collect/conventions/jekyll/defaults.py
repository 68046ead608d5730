"""Front matter as Jekyll reads it: the settings' `defaults` below it, values in Jekyll's shapes.

From Jekyll's documentation, "Front Matter Defaults", and from what Jekyll 4 does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache

from newsfeed.collect.conventions.jekyll.config import Default

_WITHOUT_ZONE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|\s+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
)
"""What YAML takes for a time, and so for one in UTC (YAML 1.1, "timestamp")."""


def defaults_of(path: str, kind: str, defaults: Iterable[Default]) -> dict[str, object]:
    """The values that `defaults` give to the file at `path`, of type `kind`.

    Of two scopes the one with the longer path wins, then the one that names a type, then the later.
    """
    values: dict[str, object] = {}
    strongest: Default | None = None
    for one in defaults:
        if one.type not in (None, kind) or not _applies(one.path, path):
            continue
        if strongest is None or _rank(one) >= _rank(strongest):
            values, strongest = merged(values, one.values), one
        else:
            values = merged(one.values, values)
    return values


def _rank(default: Default) -> tuple[int, bool]:
    return len(default.path.removeprefix("/")), default.type is not None


def _applies(scope: str, path: str) -> bool:
    """Whether the path begins with the scope's, in which * stands for a part of a name."""
    if "*" not in scope:
        return path.startswith(scope)
    return _pattern(scope).match(path) is not None


@cache
def _pattern(scope: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*|\?)", scope.strip("/"))
    shown = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(shown.get(part, re.escape(part)) for part in parts) + "(?:/|$)")


def merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """`above` over `below`: mappings are merged, categories joined, and null says nothing."""
    values = dict(below)
    for key, value in above.items():
        known = values.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            values[key] = merged(known, value)
        elif key == "categories":
            values[key] = [*words(known), *words(value)]
        elif value is not None or key not in values:
            values[key] = value
    return values


def words(value: object) -> list[object]:
    """A list as it is, without nulls; text split at white space, as Jekyll does at plural keys."""
    if isinstance(value, str):
        return list(value.split())
    return [one for one in listed(value) if one is not None]


def listed(value: object) -> list[object]:
    """A list flattened; anything else as a list of it, and nothing for null."""
    if not isinstance(value, list):
        return [] if value is None else [value]
    return [inner for one in value for inner in listed(one)]


def in_utc(value: object, written: str) -> object:
    """A time without a zone is in UTC where YAML takes it for a time; text in quotes is text.

    `written` is the line that it stands on.
    """
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    if not isinstance(value, str) or not _WITHOUT_ZONE.fullmatch(value.strip()):
        return value
    quoted = written.partition(":")[2].lstrip().startswith(("'", '"'))
    return value if quoted else f"{value.strip()}Z"
