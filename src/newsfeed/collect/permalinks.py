"""Permalink patterns -> the path part of an article's address.

The placeholders are Jekyll's (its documentation, "Permalinks"); plain folders use the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from newsfeed.errors import ArticleError
from newsfeed.text import clean

DATE_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "year": lambda date: f"{date.year:04}",
    "short_year": lambda date: f"{date.year % 100:02}",
    "month": lambda date: f"{date.month:02}",
    "i_month": lambda date: str(date.month),
    "day": lambda date: f"{date.day:02}",
    "i_day": lambda date: str(date.day),
    "y_day": lambda date: f"{date.timetuple().tm_yday:03}",
    "w_year": lambda date: str(date.isocalendar().year),
    "week": lambda date: f"{date.isocalendar().week:02}",
    "w_day": lambda date: str(date.isoweekday()),
    "hour": lambda date: f"{date.hour:02}",
    "minute": lambda date: f"{date.minute:02}",
    "second": lambda date: f"{date.second:02}",
}
"""The placeholders that come from a date, in its zone."""

_NAMES = frozenset(DATE_PARTS) | {
    "categories",
    "output_ext",
    "path",
    "short_day",
    "slug",
    "slugified_categories",
    "title",
}
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_UNFIT = re.compile(r"[\\\n\t?#]")
_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
MAX_BYTES = 1024
_MAX_NAME_BYTES = 255


def unknown_placeholder(pattern: str) -> str:
    """The first placeholder of a pattern that nothing can ever fill, or ""."""
    found = (name for name in _PLACEHOLDER.findall(pattern) if name not in _NAMES)
    return next(found, "")


def expand(pattern: str, values: Mapping[str, str], date: datetime | None = None) -> str:
    """Fill the pattern and make it a path: one leading "/", no empty parts, NFC.

    Raises ArticleError for an unknown placeholder or a path that would leave the site.
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in values:
            return values[name]
        if date and name in DATE_PARTS:
            return DATE_PARTS[name](date)
        raise ArticleError(
            f"the permalink pattern holds :{name}, which this article cannot fill",
            remedy="give the article a date, or change the pattern",
        )

    return path(re.sub("/+", "/", _PLACEHOLDER.sub(fill, pattern)))


def path(text: str) -> str:
    """A permalink as a clean path. Raises ArticleError where it leaves the site."""
    text = clean(text).strip()
    if _WHOLE.match(text):
        raise ArticleError(
            f"the permalink {text!r} is a whole address", remedy="give a path such as /news/one/"
        )
    if _DOTS.search(text) or _UNFIT.search(text):
        raise ArticleError(
            f"the permalink {text!r} would leave the site or is not a path",
            remedy="give a path such as /news/one/",
        )
    parts = [part for part in text.split("/") if part]
    joined = "/" + "/".join(parts)
    size = len(joined.encode())
    if size > MAX_BYTES or (
        size > _MAX_NAME_BYTES and any(len(part.encode()) > _MAX_NAME_BYTES for part in parts)
    ):
        raise ArticleError("the permalink is too long", remedy="give the article a short `slug`")
    return joined + "/" if parts and text.endswith("/") else joined
