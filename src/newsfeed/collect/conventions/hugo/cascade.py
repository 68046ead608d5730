"""Front matter that sections and settings give to the pages below them (`cascade`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from newsfeed.collect.conventions.hugo.settings import Values, table

_TARGETS = ("_target", "target")
_LONGEST = 300


class Target(NamedTuple):
    """A page as `_target` may mean it. `paths` are the names that it goes by below the content
    folder, such as /posts/one.md.
    """

    paths: tuple[str, ...]
    kind: str
    language: str
    environment: str


def cascaded(levels: Iterable[Iterable[Values]], page: Target) -> Values:
    """What the page gets: of `levels`, the nearest first, and of the entries of one, the first."""
    found: Values = {}
    for entry in (entry for level in levels for entry in level):
        target: Values = {}
        for key in _TARGETS:
            target = target or table(entry, key)
        if _meant(target, page):
            for key, value in entry.items():
                if key not in _TARGETS:
                    found.setdefault(key, value)
    return found


def _meant(target: Mapping[str, object], page: Target) -> bool:
    asked = {
        "path": page.paths,
        "kind": (page.kind,),
        "lang": (page.language,),
        "environment": (page.environment,),
    }
    for key, names in asked.items():
        pattern = str(target.get(key) or "")
        if pattern and not any(_glob(pattern.lower()).fullmatch(name.lower()) for name in names):
            return False
    return True


@lru_cache(256)
def _glob(pattern: str) -> re.Pattern[str]:
    """A pattern of Hugo's: `*` within a folder, `**` across them, `?`, and `{one,other}`."""
    parts: list[str] = []
    braces = 0
    for piece in re.findall(r"\*+|\[[^\[\]/]{1,80}\]|.", pattern[:_LONGEST], re.DOTALL):
        if piece[0] == "*":
            parts.append(".*" if len(piece) > 1 else "[^/]*")
        elif piece == "?":
            parts.append("[^/]")
        elif piece == "{":
            braces += 1
            parts.append("(?:")
        elif piece == "}" and braces:
            braces -= 1
            parts.append(")")
        elif piece == "," and braces:
            parts.append("|")
        else:
            parts.append(re.escape(piece))
    return re.compile("".join(parts) + ")" * braces, re.DOTALL)
