"""Settings that are JavaScript or TypeScript: read as text for their literals, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions import sites
from newsfeed.text import one_line

Literal = str | int | bool

ZONE = ZoneInfo("UTC")
"""In which JavaScript reads a date without a zone."""

# One pass, each character once or twice: a string ends on its line, and without an end is skipped
# to its last escape; a comment that has no end is one to the end of the text.
_TOKEN = re.compile(
    r"""
      (?P<skipped> //[^\n]* | /\*(?s:.*?)(?:\*/|\Z) )
    | (?P<text> "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+' | `(?:[^`\\$]|\\.)*+` )
    | (?P<open> (?: "(?:[^"\\\n]*+\\.)++ | '(?:[^'\\\n]*+\\.)++ | `(?:[^`\\$]*+\\.)++ ) )
    | (?P<flag> \b(?:true|false)\b )
    | (?P<number> (?<![\w.])[0-9]{1,15}(?![\w.]) )
    | (?P<name> [A-Za-z_$][\w$]*+ )
    | (?P<mark> [:={}\[\](),;?] )
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_VALUES = frozenset({"text", "number", "flag"})
_SKIPPED = frozenset({"skipped", "open"})
MAX_DEPTH = 40
"""Brackets around a literal that is of use."""

_OPEN, _CLOSE = "{[(", "}])"


def read(folder: Path, names: tuple[str, ...]) -> dict[str, Literal]:
    """The literals in the first of the files `names` that is in `folder`; none without one.

    Raises SettingsError where it cannot be read.
    """
    path = sites.first(folder, names)
    return literals(sites.read_text(path)) if path else {}


def literals(script: str) -> dict[str, Literal]:
    """Every literal by the dotted path of its keys, such as "blog.feedOptions.limit"; members of
    lists are numbered from 0. The first at a path is kept; what is computed is not there.
    """
    found: dict[str, Literal] = {}
    trail: list[str] = []
    counts = [0]
    key = previous = ""
    for kind, token in _tokens(script):
        if token in _OPEN:
            trail.append(key or (str(counts[-1]) if len(counts) > 1 and previous != ")" else ""))
            counts.append(0)
            key = ""
        elif token in _CLOSE:
            if trail:
                trail.pop()
                counts.pop()
            key = ""
        elif token in (",", ";"):
            counts[-1] += 1
            key = ""
        elif token in (":", "="):
            key = previous
        elif kind in _VALUES:
            name = key or (str(counts[-1]) if previous in ("[", ",") else "")
            if name and len(trail) <= MAX_DEPTH and previous in (":", "=", "[", ","):
                path = ".".join(part for part in (*trail, name) if part)
                found.setdefault(path, _value(kind, token))
        previous = _unquoted(token) if kind == "text" else token
    return found


def at(values: Mapping[str, Literal], *keys: str) -> Literal | None:
    """The value at the first of `keys` that has one, at the shortest path that ends in the key."""
    for key in keys:
        paths = [path for path in values if path == key or path.endswith("." + key)]
        if paths:
            return values[min(paths, key=lambda path: path.count("."))]
    return None


def text_at(values: Mapping[str, Literal], *keys: str) -> str:
    """As `at`, where it is text, on one line; else ""."""
    value = at(values, *keys)
    return one_line(value) if isinstance(value, str) else ""


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup not in _SKIPPED:
            yield match.lastgroup, match[0]


def _value(kind: str, token: str) -> Literal:
    if kind == "text":
        return _unquoted(token)
    return int(token) if kind == "number" else token[0] == "t"


def _unquoted(token: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        return _CONTROLS.get(code, code)

    return _ESCAPE.sub(plain, token[1:-1])
