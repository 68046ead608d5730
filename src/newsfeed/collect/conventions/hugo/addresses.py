"""Hugo's addresses: how it makes paths of titles and names, and fills the patterns of permalinks.

Rules are those of Hugo's documentation ("URL management") and of what Hugo writes.
"""

from __future__ import annotations

import posixpath
import re
from datetime import datetime
from unicodedata import category, normalize
from urllib.parse import quote, unquote

import msgspec

_KEPT = frozenset("./\\_#+~-@")
_TOKEN = re.compile(r":(\w+)(\[[^\]]{1,40}\])?")
_SLICE = re.compile(r"\[(?P<from>\d{1,4}|last)?(?P<colon>:)?(?P<to>\d{1,4}|last)?\]")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_ESCAPES = frozenset("!'()*[]")
_SAFE = "/:@$&+,;=-_.~"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How a site writes addresses: `ugly` with .html, `keep_case` as `disablePathToLower` says,
    `plain_letters` as `removePathAccents`.
    """

    ugly: bool = False
    keep_case: bool = False
    plain_letters: bool = False


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What an address is made of. `folder` is that of the page ("" or "posts/2024"), `name` that of
    its file, or of its folder where that is a bundle; `sections` are the folders with pages of
    their own that it lies in.
    """

    folder: str
    name: str
    title: str
    slug: str
    sections: tuple[str, ...]
    date: datetime | None


def path_of(text: str, style: Style) -> str:
    """`text` as Hugo makes a path of it: what is no letter, digit or mark goes, save some signs."""
    if style.plain_letters:
        bare = (c for c in normalize("NFD", text) if category(c) != "Mn")
        text = normalize("NFC", "".join(bare))
    found: list[str] = []
    space = False
    for place, character in enumerate(text):
        if _allowed(character, text, place):
            if space and character != "-":
                found.append("-")
            space = False
            found.append(character)
        elif character.isspace() and found and found[-1] != "-":
            space = True
    path = "".join(found)
    return path if style.keep_case else path.lower()


def _allowed(character: str, text: str, place: int) -> bool:
    if character.isascii():
        letter = character.isalnum() or character in _KEPT
        return letter or (character == "%" and bool(_HEX.match(text, place + 1)))
    kind = category(character)
    return kind[0] in "LM" or kind == "Nd"


def link(names: Names, pattern: str, style: Style) -> str:
    """The path of a page's address, by a `pattern` of permalinks, or "" by its folders."""
    if pattern:
        whole = expand(pattern, names, style)
    else:
        whole = posixpath.join(names.folder, names.slug or names.name)
    # The whole path at once: a space at a name's end is one before the slash.
    return _tidy(path_of(whole.strip("/") + (".html" if style.ugly else "/"), style))


def own_link(url: str, prefix: str) -> str:
    """The path for an address that a page gives itself; `prefix` is before one without a slash."""
    whole = url if url.startswith("/") else f"{prefix}/{url}"
    return _tidy(whole if "." in whole else whole + "/")


def _tidy(path: str) -> str:
    """The path with one slash wherever there are several, and one at its beginning."""
    return re.sub("/+", "/", f"/{path}")


def expand(pattern: str, names: Names, style: Style) -> str:
    """A pattern of permalinks with everything filled in; what cannot be filled is empty."""

    def fill(match: re.Match[str]) -> str:
        part = _part(match[1], match[2] or "", names)
        return match[0] if part is None else path_of(part, style)

    return _TOKEN.sub(fill, pattern)


def _part(token: str, chosen: str, names: Names) -> str | None:
    """What stands for one placeholder; None for one that Hugo does not know."""
    plain = {
        "section": names.sections[0] if names.sections else "",
        "sections": "/".join(_sliced(names.sections, chosen)),
        "title": names.title,
        "slug": names.slug or names.title,
        "slugorfilename": names.slug or names.name,
        "slugorcontentbasename": names.slug or names.name,
        "filename": names.name,
        "contentbasename": names.name,
    }
    if token in plain:
        return plain[token]
    return _of_date(token, names.date or datetime(1, 1, 1))  # noqa: DTZ001  # Hugo's zero date


def _of_date(token: str, date: datetime) -> str | None:
    month, weekday = _MONTHS[date.month - 1], _DAYS[date.isoweekday() % 7]
    parts = {
        "year": f"{date.year}",
        "month": f"{date.month:02}",
        "monthname": month,
        "day": f"{date.day:02}",
        "weekday": str(date.isoweekday() % 7),
        "weekdayname": weekday,
        "yearday": str(date.timetuple().tm_yday),
        # Go's own way to write the form of a date
        "2006": f"{date.year:04}",
        "06": f"{date.year % 100:02}",
        "01": f"{date.month:02}",
        "1": str(date.month),
        "January": month,
        "Jan": month[:3],
        "02": f"{date.day:02}",
        "2": str(date.day),
        "Monday": weekday,
        "Mon": weekday[:3],
        "15": f"{date.hour:02}",
        "04": f"{date.minute:02}",
        "05": f"{date.second:02}",
    }
    return parts.get(token)


def _sliced(sections: tuple[str, ...], chosen: str) -> tuple[str, ...]:
    """The sections that `[1:]`, `[last]` and the like choose, written as in Go."""
    match = _SLICE.fullmatch(chosen) if chosen else None
    if match is None:
        return sections

    def number(text: str) -> int:
        return len(sections) - 1 if text == "last" else int(text)

    start = number(match["from"]) if match["from"] else 0
    if not match["colon"]:
        return sections[start : start + 1] if start >= 0 else ()
    end = number(match["to"]) if match["to"] else len(sections)
    return sections[max(start, 0) : max(end, 0)]


def escaped(path: str) -> str:
    """The path percent-encoded as Go does it, which is not how everybody does."""
    whole = unquote(path, errors="surrogateescape") if "%" in path else path
    strict = quote(whole, safe=_SAFE, errors="surrogateescape")
    if path.isascii() and all(c.isalnum() or c in _SAFE or c in _ESCAPES or c == "%" for c in path):
        return path
    return strict
