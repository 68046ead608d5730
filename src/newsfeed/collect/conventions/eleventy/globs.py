"""Globs as Eleventy's settings and ignore files have them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}/]*\}|\[[^\]/]+\]|.", re.DOTALL)
_RANGE = re.compile(r"(.)-(.)|.", re.DOTALL)
_STARS = re.compile(r"(\*\*/)(?:\*\*/)+")
_LONGEST = 500


class Globs:
    """Whether a path below the site fits one of several globs."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(pattern for pattern in patterns if len(pattern) <= _LONGEST)
        joined = "|".join(f"(?:{_expression(pattern)})" for pattern in self.patterns)
        self._expression = re.compile(joined, re.DOTALL) if joined else None

    def __repr__(self) -> str:
        return f"Globs({self.patterns!r})"

    def match(self, path: str) -> bool:
        """Whether `path`, or for an ignored folder what lies in it, fits."""
        return self._expression is not None and self._expression.fullmatch(path) is not None


def ignore_patterns(text: str, folder: str) -> list[str]:
    """The globs of an ignore file in `folder` ("" or "content/"): each line and all below it."""
    found: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith(("#", "!")):
            bare = folder + line.removeprefix("./").strip("/")
            found += [bare, f"{bare}/**"]
    return found


def _expression(pattern: str) -> str:
    """A glob as a regular expression; of stars in a row one says the same and takes less time."""
    plain = _STARS.sub(r"\1", pattern.removeprefix("./"))
    return "".join(_translated(match[0]) for match in _PART.finditer(plain))


def _translated(part: str) -> str:
    if part == "**/":
        return "(?:.*/)?"
    if part == "**":
        return ".*"
    if part == "*":
        return "[^/]*"
    if part == "?":
        return "[^/]"
    if part[0] == "{" and len(part) > 1:
        return "(?:" + "|".join(re.escape(one) for one in part[1:-1].split(",")) + ")"
    if part[0] == "[" and len(part) > 1:
        negated = "^" if part[1] in "!^" and len(part) > 3 else ""
        return f"[{negated}{_RANGE.sub(_range, part[2 if negated else 1 : -1])}]"
    return re.escape(part)


def _range(match: re.Match[str]) -> str:
    """One character of a class, or two and what lies between them, in whatever order."""
    if match[1]:
        return "-".join(map(re.escape, sorted((match[1], match[2]))))
    return re.escape(match[0])
