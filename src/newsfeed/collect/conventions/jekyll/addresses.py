"""Addresses as Jekyll makes them: placeholders, slugs and what it mends of the result.

From Jekyll's documentation, "Permalinks", and from what Jekyll 4 does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from unicodedata import category

from newsfeed.collect.permalinks import date_parts
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import ArticleError

_PLACEHOLDER = re.compile(r":([a-z_]+)")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July")
_MONTHS += ("August", "September", "October", "November", "December")
_PRETTY = frozenset("._~!$&'()+,;=@")
"""What "pretty" slugs keep besides letters, marks and digits."""

_ENCODED = str.maketrans({"%": "%25", "#": "%23", "?": "%3F", "\\": "%5C"})


def words_of(date: datetime) -> dict[str, str]:
    """The placeholders that come from a date, in the zone of the date."""
    month, day = _MONTHS[date.month - 1], _DAYS[date.weekday()]
    return {
        **date_parts(date),
        "short_month": month[:3],
        "long_month": month,
        "short_day": day[:3],
        "long_day": day,
    }


def names_of(name: str, categories: Iterable[str]) -> dict[str, str]:
    """The placeholders that come from a slug, or a file's name, and the categories."""
    categories = tuple(categories)
    return {
        "title": slugify(name, _PRETTY),
        "slug": slugify(name).lower(),
        "categories": "/".join(dict.fromkeys(one.lower() for one in categories)),
        "slugified_categories": "/".join(dict.fromkeys(slugify(c).lower() for c in categories)),
    }


def address(pattern: str, values: Mapping[str, str]) -> str:
    """The path that a pattern gives. Raises ArticleError for a placeholder that is not known, and
    for a path that cannot be one.
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values and name.endswith("_"):  # ":month_:day"
            name = name[:-1]
        if name not in values:
            raise ArticleError(
                f"the permalink {pattern!r} holds :{match[1]}, which is no placeholder here",
                remedy="mend it; Jekyll's documentation lists them under Permalinks",
            )
        return values[name].translate(_ENCODED) + match[1][len(name) :]

    filled = _PLACEHOLDER.sub(fill, pattern)
    return permalink_path(re.sub("/+", "/", f"/{filled}".replace("..", "/").replace("./", "")))


def slugify(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Everything but letters, marks, digits and `kept` becomes a hyphen, runs of it one."""
    if text.isascii() and text.replace("-", "").isalnum():
        return re.sub("-+", "-", text).strip("-")
    spaced = (c if c in kept or _is_word(c) else " " for c in text)
    return "-".join("".join(spaced).split())


def _is_word(character: str) -> bool:
    kind = category(character)
    return kind[0] in "LM" or kind == "Nd"
