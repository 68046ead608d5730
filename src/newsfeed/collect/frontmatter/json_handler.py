"""JSON front matter: an object at the start of the file."""

from __future__ import annotations

import json
import re

from newsfeed.collect.frontmatter.handler import Handler
from newsfeed.collect.frontmatter.limits import refuse_twice
from newsfeed.errors import ArticleError

_KEY = re.compile(r'^[ \t]*(?:\{[ \t]*)?"(?P<key>[^"\\\n]+)"[ \t]*:', re.MULTILINE)


class JsonHandler(Handler):
    """Numbers stay the author's text. The depth of nesting has been checked by `find_block`."""

    syntax = "json"
    how_to_close = "look for a missing } or quote"
    FM_BOUNDARY = re.compile(r"\{")

    def split(self, text: str) -> tuple[str, str]:
        """All of `text`: python-frontmatter's own split breaks on braces at a line's start."""
        return text, ""

    def load(self, fm: str) -> dict[str, object]:
        """The values in `fm`."""
        for match in _KEY.finditer(fm):
            self.lines.setdefault(match["key"], self.opening + fm.count("\n", 0, match.start()))
        try:
            values: dict[str, object] = json.loads(
                fm,
                parse_int=str,
                parse_float=str,
                parse_constant=str,
                object_pairs_hook=self._unique,
            )
        except json.JSONDecodeError as error:
            raise ArticleError(
                "the front matter is not JSON from this line on",
                remedy="look for a missing comma, quote or bracket",
                line=self.opening + error.lineno - 1,
            ) from None
        return values

    def _unique(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        """A mapping of `pairs`, whose keys must differ."""
        values: dict[str, object] = {}
        for key, value in pairs:
            if key in values:
                refuse_twice(key, self.lines.get(key, self.opening))
            values[key] = value
        return values
