"""TOML front matter, between lines of `+++`, by the standard library."""

from __future__ import annotations

import re
import tomllib

from newsfeed.collect.frontmatter.handler import Handler
from newsfeed.collect.frontmatter.limits import TOO_DEEP, check_depth, refuse_depth
from newsfeed.errors import ArticleError

TOML_FENCE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"^(?:\[+[ \t]*)?[\"']?(?P<key>[\w-]+)", re.MULTILINE)
_PLACE = re.compile(r"at line (\d+)")


class TomlHandler(Handler):
    """Numbers with a point stay the author's text; the rest has TOML's own types."""

    syntax = "toml"
    how_to_close = "put a line of +++ after the last key"
    FM_BOUNDARY = TOML_FENCE

    def load(self, fm: str) -> dict[str, object]:
        """The values in `fm`, which begins with the end of the opening line."""
        if TOO_DEEP.search(fm):
            refuse_depth(self.opening)
        try:
            values: dict[str, object] = tomllib.loads(fm, parse_float=str)
        except RecursionError:
            refuse_depth(self.opening)
        except ValueError as error:
            raise self._explain(str(error), fm) from None
        check_depth(values, self.opening)
        for match in _KEY.finditer(fm):
            if match["key"] in values:
                line = self.opening + fm.count("\n", 0, match.start())
                self.lines.setdefault(match["key"], line)
        return values

    def _explain(self, message: str, fm: str) -> ArticleError:
        """tomllib's complaint in plain words, with the line of the file."""
        place = _PLACE.search(message)
        within = int(place[1]) - 1 if place else fm.rstrip().count("\n")
        if message.startswith("Cannot "):
            problem, remedy = "a key or table stands twice", "keep one of the two"
        elif message.startswith("Invalid date"):
            problem, remedy = "there is no such date", "write a day that the calendar has"
        else:
            problem, remedy = "this line is not TOML", 'write text as key = "value"'
        return ArticleError(problem, remedy=remedy, line=self.opening + within)
