"""The values of front matter in the shapes that their keys may have, or an error with the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from newsfeed.collect.frontmatter.limits import shorten
from newsfeed.collect.frontmatter.values import FrontMatter, Remark
from newsfeed.errors import ArticleError
from newsfeed.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_YES = frozenset(["true", "yes", "on", "y"])
_NO = frozenset(["false", "no", "off", "n"])
_LARGEST = 2**63


class Values:
    """Looks up keys of one front matter. `remarks` are what was noticed in doing so."""

    def __init__(self, front: FrontMatter) -> None:
        self.remarks: list[Remark] = []
        self._values = front.values
        self._lines = front.lines

    def get(self, key: str) -> object:
        """The value of `key` as it is; None if there is none."""
        return self._values.get(key)

    def text(self, key: str) -> str:
        """The value of `key` on one line, "" if there is none."""
        value = self.get(key)
        return "" if value is None else one_line(self.scalar(key, value))

    def scalar(self, key: str, value: object) -> str:
        """`value`, which stands at `key` or within it, as text; None is ""."""
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, list | dict):
            kind = "list" if isinstance(value, list) else "mapping"
            self.fail(key, f'"{key}" holds a {kind} where text belongs', "write text, in quotes")
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int) and abs(value) >= _LARGEST:
            self.fail(key, f'the number in "{key}" is too large', "put it in quotes")
        return str(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """The value of `key` as true or false."""
        text = self.text(key)
        if text.lower() in _YES:
            return True
        if text.lower() in _NO:
            return False
        if text:
            self.fail(key, f'"{key}" is "{shorten(text)}"', "write true or false")
        return default

    def said(self, key: str) -> bool:
        """Whether `key` has a value other than false: true, or a name or anything else."""
        value = self.get(key)
        return bool(value) and not (isinstance(value, str) and value.strip().lower() in {"", *_NO})

    def fail(self, key: str, problem: str, remedy: str) -> NoReturn:
        """Raise the `ArticleError` with the line of `key`."""
        raise ArticleError(problem, remedy=remedy, line=self._lines.get(key, 0))

    def doubt(self, key: str, problem: str, remedy: str) -> None:
        """Note a remark with the line of `key`."""
        line = self._lines.get(key, 0)
        self.remarks.append(Remark(line=line, problem=problem, remedy=remedy))


def as_list(value: object) -> list[object]:
    """`value` if it is a list, else a list of it; empty for None."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """`texts` on one line each, in order, without empty and repeated ones."""
    return tuple(filter(None, dict.fromkeys(map(one_line, texts))))
