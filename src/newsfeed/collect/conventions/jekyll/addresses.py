"""Addresses as Jekyll makes them: placeholders, slugs and what it mends of the result.

From Jekyll's documentation, "Permalinks", and from what Jekyll 4 does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from unicodedata import category

from newsfeed.collect.permalinks import DATE_PARTS
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import ArticleError

_PLACEHOLDER = re.compile(r":([a-z_]+)")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July")
_MONTHS += ("August", "September", "October", "November", "December")
_PRETTY = frozenset("._~!$&'()+,;=@")
"""What "pretty" slugs keep besides letters, marks and digits."""

_ENCODED = str.maketrans({"%": "%25", "#": "%23", "?": "%3F", "\\": "%5C"})


class Names(NamedTuple):
    """What an address is made of besides its date: the slug, or the file's name, as the author
    wrote it, categories, and the file's own name, path and ending.
    """

    slug: str
    categories: tuple[str, ...]
    collection: str
    name: str
    path: str
    ending: str


_NAME_PARTS: Mapping[str, Callable[[Names], str]] = {
    "title": lambda names: slugify(names.slug, _PRETTY),
    "slug": lambda names: slugify(names.slug).lower(),
    "categories": lambda names: "/".join(dict.fromkeys(c.lower() for c in names.categories)),
    "slugified_categories": lambda names: "/".join(
        dict.fromkeys(slugify(c).lower() for c in names.categories)
    ),
    "collection": lambda names: names.collection,
    "name": lambda names: slugify(names.name).lower(),
    "path": lambda names: names.path,
    "output_ext": lambda names: names.ending,
}
_DATE_PARTS: Mapping[str, Callable[[datetime], str]] = {
    **DATE_PARTS,
    "short_month": lambda date: _MONTHS[date.month - 1][:3],
    "long_month": lambda date: _MONTHS[date.month - 1],
    "short_day": lambda date: _DAYS[date.weekday()][:3],
    "long_day": lambda date: _DAYS[date.weekday()],
}


def address(pattern: str, names: Names, date: datetime | None) -> str:
    """The path that a pattern gives; `date` is in the site's zone. Raises ArticleError for a
    placeholder that is not known, and for a path that cannot be one.
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        value = _value(name, names, date)
        if value is None and name.endswith("_"):  # ":month_:day"
            name = name[:-1]
            value = _value(name, names, date)
        if value is None:
            raise ArticleError(
                f"the permalink {pattern!r} holds :{match[1]}, which is no placeholder here",
                remedy="mend it; Jekyll's documentation lists them under Permalinks",
            )
        return value.translate(_ENCODED) + match[1][len(name) :]

    filled = _PLACEHOLDER.sub(fill, pattern)
    return permalink_path(re.sub("/+", "/", f"/{filled}".replace("..", "/").replace("./", "")))


def _value(name: str, names: Names, date: datetime | None) -> str | None:
    """What a placeholder stands for; None where nothing fills it."""
    if name in _NAME_PARTS:
        return _NAME_PARTS[name](names)
    return _DATE_PARTS[name](date) if date and name in _DATE_PARTS else None


def slugify(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Everything but letters, marks, digits and `kept` becomes a hyphen, runs of it one."""
    if text.isascii() and text.replace("-", "").isalnum():
        return re.sub("-+", "-", text).strip("-")
    spaced = (c if c in kept or _is_word(c) else " " for c in text)
    return "-".join("".join(spaced).split())


def _is_word(character: str) -> bool:
    kind = category(character)
    return kind[0] in "LM" or kind == "Nd"
