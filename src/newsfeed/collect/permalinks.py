"""Permalink patterns -> the path part of an article's address.

The placeholders are Jekyll's (its documentation, "Permalinks"); plain folders use the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from newsfeed.errors import ArticleError
from newsfeed.text import clean

_UNFIT = re.compile(r"[\\\n\t?#]")
_PLACEHOLDER = re.compile(r":([a-z_]+)")
MAX_BYTES = 1024


def date_parts(date: datetime) -> dict[str, str]:
    """The placeholders that come from a date."""
    iso_year, iso_week, weekday = date.isocalendar()
    return {
        "year": f"{date.year:04}",
        "short_year": f"{date.year % 100:02}",
        "month": f"{date.month:02}",
        "i_month": str(date.month),
        "day": f"{date.day:02}",
        "i_day": str(date.day),
        "y_day": f"{date.timetuple().tm_yday:03}",
        "w_year": str(iso_year),
        "week": f"{iso_week:02}",
        "w_day": str(weekday),
        "hour": f"{date.hour:02}",
        "minute": f"{date.minute:02}",
        "second": f"{date.second:02}",
    }


def unknown_placeholder(pattern: str) -> str:
    """The first placeholder of a pattern that nothing can ever fill, or ""."""
    found = (name for name in _PLACEHOLDER.findall(pattern) if name not in _NAMES)
    return next(found, "")


def expand(pattern: str, values: Mapping[str, str]) -> str:
    """Fill the pattern and make it a path: one leading "/", no empty parts, NFC.

    Raises ArticleError for an unknown placeholder or a path that would leave the site.
    """

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ArticleError(
                f"the permalink pattern holds :{match[1]}, which this article cannot fill",
                remedy="give the article a date, or change the pattern",
            )
        return values[match[1]]

    return path(re.sub("/+", "/", _PLACEHOLDER.sub(fill, pattern)))


def path(text: str) -> str:
    """A permalink as a clean path. Raises ArticleError where it leaves the site."""
    text = clean(text).strip()
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", text):
        raise ArticleError(
            f"the permalink {text!r} is a whole address", remedy="give a path such as /news/one/"
        )
    parts = text.split("/")
    plain = re.sub("%2e", ".", text, flags=re.IGNORECASE) if "%" in text else text
    if not {".", ".."}.isdisjoint(plain.split("/")) or _UNFIT.search(text):
        raise ArticleError(
            f"the permalink {text!r} would leave the site or is not a path",
            remedy="give a path such as /news/one/",
        )
    joined = "/" + "/".join(part for part in parts if part)
    if len(joined.encode()) > MAX_BYTES or any(len(part.encode()) > 255 for part in parts):
        raise ArticleError("the permalink is too long", remedy="give the article a short `slug`")
    return joined + "/" if text.endswith("/") and joined != "/" else joined


_NAMES = frozenset(date_parts(datetime(2000, 1, 1))) | {  # noqa: DTZ001  # only the names count
    "categories",
    "output_ext",
    "path",
    "short_day",
    "slug",
    "slugified_categories",
    "title",
}
