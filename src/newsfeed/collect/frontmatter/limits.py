"""The limits that front matter keeps in every syntax (S-14), and the errors for passing them."""

from __future__ import annotations

import re
from typing import NoReturn

from newsfeed.errors import ArticleError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20
MAX_ALIASES = 50
# tomllib takes time in the square of a dotted key's parts, so too many are refused beforehand.
TOO_DEEP = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)""" + f"{{{MAX_DEPTH}}}"
)


def refuse_twice(key: str, line: int, first: int = 0) -> NoReturn:
    """Raise the error for a key that stands in the front matter twice."""
    before = f" (first in line {first})" if first else ""
    raise ArticleError(
        f'the key "{shorten(key)}" stands twice{before}', remedy="keep one of the two", line=line
    )


def refuse_depth(line: int) -> NoReturn:
    """Raise the error for values nested deeper than `MAX_DEPTH`."""
    raise ArticleError(
        f"the front matter is nested more than {MAX_DEPTH} levels deep",
        remedy="put brackets that belong to the text in quotes",
        line=line,
    )


def check_depth(values: dict[str, object], line: int) -> None:
    """Raise an `ArticleError` naming `line` if `values` is nested deeper than `MAX_DEPTH`."""
    level: list[object] = [values]
    for _ in range(MAX_DEPTH):
        level = [child for collection in level for child in _collections_in(collection)]
        if not level:
            return
    refuse_depth(line)


def shorten(text: str) -> str:
    """`text` short enough to be shown within a message."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def _collections_in(collection: object) -> list[object]:
    """The lists and mappings directly in `collection`."""
    if isinstance(collection, dict):
        collection = list(collection.values())
    if isinstance(collection, list):
        return [child for child in collection if isinstance(child, list | dict)]
    return []
