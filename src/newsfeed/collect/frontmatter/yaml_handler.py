"""YAML front matter, between lines of `---`."""

from __future__ import annotations

import re

import yaml

from newsfeed.collect.frontmatter.handler import Handler
from newsfeed.collect.frontmatter.yaml_faults import explain
from newsfeed.collect.frontmatter.yaml_reader import YamlReader
from newsfeed.errors import ArticleError

YAML_FENCE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


class YamlHandler(Handler):
    """Every scalar is the author's text. The block may also end with `...`, as in Jekyll."""

    syntax = "yaml"
    how_to_close = "put a line of --- after the last key; if it is a horizontal rule, write ***"
    FM_BOUNDARY = YAML_FENCE

    def load(self, fm: str) -> dict[str, object]:
        """The values in `fm`, which begins with the end of the opening line."""
        try:
            reader = YamlReader(fm, self.opening)
            values = reader.read()
        except yaml.YAMLError as error:
            raise explain(error, fm, self.opening) from None
        if not isinstance(values, dict):
            raise ArticleError(
                'what follows the first "---" is not front matter',
                remedy='write "key: value" lines; if the --- is a horizontal rule, write ***',
                line=self.opening,
            )
        self.lines = reader.lines
        self.remarks = reader.remarks
        return values
