"""Hugo's addresses: how it makes paths of titles and names, and fills the patterns of permalinks.

Rules are those of Hugo's documentation ("URL management") and of what Hugo writes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from datetime import UTC, datetime
from unicodedata import category, normalize
from urllib.parse import quote, unquote

import msgspec

_KEPT = frozenset("./\\_#+~-@")
_TOKEN = re.compile(r":(\w+)(\[[^\]]{1,40}\])?")
_SLICE = re.compile(r"\[(?P<from>\d{1,4}|last)?(?P<colon>:)?(?P<to>\d{1,4}|last)?\]")
_PLAIN = re.compile(r"[A-Za-z0-9._/~+@-]*")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_WRITTEN = re.compile(r"[A-Za-z0-9/:@$&+,;=._~!'()*\[\]%-]*")
_SAFE = "/:@$&+,;=-_.~"
_ZERO = datetime(1, 1, 1, tzinfo=UTC)
"""The date of what has none."""

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
    if _PLAIN.fullmatch(text):
        return text if style.keep_case else text.lower()
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


def _part(name: str, chosen: str, names: Names) -> str | None:
    """What stands for one placeholder; None for one that Hugo does not know."""
    if name == "section":
        return names.sections[0] if names.sections else ""
    if name == "sections":
        return "/".join(_sliced(names.sections, chosen))
    if name in _OF_NAMES:
        return _OF_NAMES[name](names)
    form = _OF_DATE.get(name)
    return form(names.date or _ZERO) if form else None


_OF_NAMES: dict[str, Callable[[Names], str]] = {
    "title": lambda names: names.title,
    "slug": lambda names: names.slug or names.title,
    "slugorfilename": lambda names: names.slug or names.name,
    "slugorcontentbasename": lambda names: names.slug or names.name,
    "filename": lambda names: names.name,
    "contentbasename": lambda names: names.name,
}
_OF_DATE: dict[str, Callable[[datetime], str]] = {
    "year": lambda date: str(date.year),
    "month": lambda date: f"{date.month:02}",
    "monthname": lambda date: _MONTHS[date.month - 1],
    "day": lambda date: f"{date.day:02}",
    "weekday": lambda date: str(date.isoweekday() % 7),
    "weekdayname": lambda date: _DAYS[date.isoweekday() % 7],
    "yearday": lambda date: str(date.timetuple().tm_yday),
    # Go's own way to write the form of a date
    "2006": lambda date: f"{date.year:04}",
    "06": lambda date: f"{date.year % 100:02}",
    "01": lambda date: f"{date.month:02}",
    "1": lambda date: str(date.month),
    "January": lambda date: _MONTHS[date.month - 1],
    "Jan": lambda date: _MONTHS[date.month - 1][:3],
    "02": lambda date: f"{date.day:02}",
    "2": lambda date: str(date.day),
    "Monday": lambda date: _DAYS[date.isoweekday() % 7],
    "Mon": lambda date: _DAYS[date.isoweekday() % 7][:3],
    "15": lambda date: f"{date.hour:02}",
    "04": lambda date: f"{date.minute:02}",
    "05": lambda date: f"{date.second:02}",
}


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
    if _WRITTEN.fullmatch(path):
        return path
    whole = unquote(path, errors="surrogateescape") if "%" in path else path
    return quote(whole, safe=_SAFE, errors="surrogateescape")
