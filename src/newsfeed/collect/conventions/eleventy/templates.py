"""Templates as far as they can be told without running them: permalinks, and tags in bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from unicodedata import category, normalize

from newsfeed.collect.conventions.base import Dropped
from newsfeed.collect.conventions.eleventy.literals import UNKNOWN
from newsfeed.collect.conventions.lines import Lines
from newsfeed.errors import ArticleError

_OUTPUT = re.compile(r"\{\{-?((?:[^{}]|\{(?!\{)|\}(?!\}))*+)\}\}")
_PART = re.compile(r"""(?:[^|"']|"[^"]*"|'[^']*')++""")
_CALL = re.compile(r"""([A-Za-z_]\w*)\s*(?:[:(]\s*(?:"([^"]*)"|'([^']*)')\s*\)?)?""")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_QUOTED = re.compile(r""""([^"]*)"|'([^']*)'""")
_DIRECTIVE = re.compile(r"%([-_0^]?)([A-Za-z%])")
_OPEN = re.compile(r"\{\{|\{%")
_TAG = re.compile(r"-?\s*([A-Za-z_]\w*)")
_URL = re.compile(r"""-?\s*(?:"([^"]*)"|'([^']*)')\s*(\|\s*url\s*)?-?""")
_END = re.compile(r"\{%-?\s*end(raw|verbatim|comment)\s*-?%\}")
_ENCLOSING = frozenset({"raw", "verbatim", "comment"})
_SHOWN = 60
"""Characters of a dropped tag that are told."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LATIN = str.maketrans(
    {"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "æ": "ae"}
    | {"Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i", "ð": "d"}
    | {"Ð": "D", "þ": "th", "Þ": "TH"}
)
_WITHOUT_LATIN = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Hangul, kana and Han, which Eleventy's `slugify` leaves out."""


def filled(pattern: str, data: Mapping[str, object], date: datetime | None) -> str:
    """The permalink `pattern` with what its `{{ … }}` stand for in `data`.

    `date` is the article's, which templates know as `page.date`. Raises ArticleError for what only
    Eleventy itself could tell.
    """
    if "{%" in pattern or "{{" in _OUTPUT.sub("", pattern):
        raise _untold(pattern)

    def fill(match: re.Match[str]) -> str:
        try:
            return _output(match[1].removesuffix("-"), data, date)
        except LookupError:
            raise _untold(match[0]) from None

    return _OUTPUT.sub(fill, pattern)


def _untold(written: str) -> ArticleError:
    return ArticleError(
        f"its permalink holds {written[:80]}, which only Eleventy could tell",
        remedy="give the article a `permalink` as it is, or set `sources.permalink`",
    )


def _output(expression: str, data: Mapping[str, object], date: datetime | None) -> str:
    """One expression with its filters. Raises LookupError for what is not known here."""
    name, *calls = (part[0].strip() for part in _PART.finditer(expression))
    value: object
    if quoted := _QUOTED.fullmatch(name):
        value = quoted[1] or quoted[2] or ""
    elif name in ("page.date", "date"):
        value = date
    else:
        value = _looked_up(name, data)
    for written in calls:
        call = _CALL.fullmatch(written)
        if call is None:
            raise LookupError
        argument = call[2] or call[3] or ""
        if call[1] == "date" and isinstance(value, datetime):
            value = strftime(value.astimezone(UTC), argument)
        else:
            value = _FILTERS[call[1]](_text(value))
    return _text(value)


def _looked_up(name: str, data: Mapping[str, object]) -> object:
    if not _NAME.fullmatch(name):
        raise LookupError
    value: object = data
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is UNKNOWN:
        raise LookupError
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise LookupError


def strftime(moment: datetime, pattern: str) -> str:
    """The date as Liquid's `date` filter writes it, always in English. Raises LookupError."""
    if "%" not in pattern:
        raise LookupError
    return _DIRECTIVE.sub(lambda match: _directive(moment, match[1], match[2]), pattern)


def _directive(moment: datetime, flag: str, letter: str) -> str:
    if letter in _NUMBERS:
        number, width = _NUMBERS[letter](moment)
        padding = {"-": "", "_": " "}.get(flag, "0")
        if letter == "e" and not flag:
            padding = " "
        return str(number).rjust(width, padding) if padding else str(number)
    word = _WORDS[letter](moment)
    return word.upper() if flag == "^" else word


_NUMBERS: dict[str, Callable[[datetime], tuple[int, int]]] = {
    "Y": lambda m: (m.year, 4),
    "y": lambda m: (m.year % 100, 2),
    "m": lambda m: (m.month, 2),
    "d": lambda m: (m.day, 2),
    "e": lambda m: (m.day, 2),
    "j": lambda m: (m.timetuple().tm_yday, 3),
    "H": lambda m: (m.hour, 2),
    "M": lambda m: (m.minute, 2),
    "S": lambda m: (m.second, 2),
}
_WORDS: dict[str, Callable[[datetime], str]] = {
    "B": lambda m: _MONTHS[m.month - 1],
    "b": lambda m: _MONTHS[m.month - 1][:3],
    "A": lambda m: _DAYS[m.weekday()],
    "a": lambda m: _DAYS[m.weekday()][:3],
    "F": lambda m: f"{m.year:04}-{m.month:02}-{m.day:02}",
    "%": lambda _: "%",
}


def slugified(text: str) -> str:
    """`text` as Eleventy's `slugify` filter writes it: Latin letters and digits, and hyphens.

    Raises LookupError for letters of other alphabets, which it writes by tables of its own.
    """
    plain = normalize("NFKD", _WITHOUT_LATIN.sub(" ", normalize("NFC", text)).translate(_LATIN))
    plain = "".join(c for c in plain if category(c) != "Mn")
    if any(c.isalpha() and not c.isascii() for c in plain):
        raise LookupError
    plain = re.sub(r"([a-z0-9]+)'([ts])(\s|$)", r"\1\2\3", plain.lower(), flags=re.ASCII)
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")


def _slug(text: str) -> str:
    """The older `slug` filter, which keeps some marks: only where it does as `slugify` would."""
    if re.search("[^A-Za-z0-9 -]", text):
        raise LookupError
    return slugified(text)


_FILTERS: dict[str, Callable[[str], str]] = {
    "slugify": slugified,
    "slug": _slug,
    "downcase": str.lower,
    "lower": str.lower,
    "upcase": str.upper,
    "upper": str.upper,
    "strip": str.strip,
    "trim": str.strip,
    "safe": str,
}


def without_tags(
    text: str, base_path: str, *, comments: bool = False
) -> tuple[str, tuple[Dropped, ...]]:
    """`text` without the tags of Liquid and Nunjucks, and which these were.

    What is raw stays, comments go untold, and `{{ "/about/" | url }}` is its address. A tag
    without an end stays as it is written, and is told. With `comments`, `{# … #}` is one.
    """
    if comments and "{#" in text:
        text = _without_comments(text)
    if "{{" not in text and "{%" not in text:
        return text, ()
    walk = _Walk(text, base_path)
    walk.through()
    return "".join(walk.kept), tuple(walk.dropped)


def _without_comments(text: str) -> str:
    """`text` without `{# … #}`; their lines stay, so that others are still counted."""
    kept: list[str] = []
    at = 0
    while (start := text.find("{#", at)) >= 0 and (end := text.find("#}", start + 2)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 2
    return "".join((*kept, text[at:]))


class _Walk:
    """Goes through a body from tag to tag, each place once."""

    def __init__(self, text: str, base_path: str) -> None:
        self.kept: list[str] = []
        self.dropped: list[Dropped] = []
        self._text = text
        self._base_path = base_path
        self._missing: set[str] = set()
        self._lines = Lines(text)

    def through(self) -> None:
        """Fill `kept` and `dropped`."""
        text, at = self._text, 0
        while match := _OPEN.search(text, at):
            self.kept.append(text[at : match.start()])
            end = self._find("}}" if match[0] == "{{" else "%}", match.end())
            if end < 0:
                self.kept.append(match[0])
                self._drop(match.start(), match.start() + _SHOWN)
                at = match.end()
            elif match[0] == "{{":
                self._output(match.start(), end)
                at = end + 2
            else:
                at = self._tag(match.start(), end)
        self.kept.append(text[at:])

    def _output(self, start: int, end: int) -> None:
        url = _URL.fullmatch(self._text, start + 2, end)
        if url is None:
            self._drop(start, end + 2)
            return
        path = url[1] or url[2] or ""
        is_url = url[3] and path.startswith("/")
        self.kept.append(self._base_path + path if is_url else path)

    def _tag(self, start: int, end: int) -> int:
        """Where to go on after the tag, or after what it encloses."""
        tag = _TAG.match(self._text, start + 2, end)
        name = tag[1] if tag else ""
        if name in _ENCLOSING and name not in self._missing:
            close = next((m for m in _END.finditer(self._text, end + 2) if m[1] == name), None)
            if close:
                self.kept.append("" if name == "comment" else self._text[end + 2 : close.start()])
                return close.end()
            self._missing.add(name)
        self._drop(start, end + 2)
        return end + 2

    def _find(self, closing: str, start: int) -> int:
        end = -1 if closing in self._missing else self._text.find(closing, start)
        if end < 0:
            self._missing.add(closing)
        return end

    def _drop(self, start: int, end: int) -> None:
        written = " ".join(self._text[start : min(end, start + _SHOWN)].split())
        self.dropped.append(Dropped(written, self._lines.at(start)))
