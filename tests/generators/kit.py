"""What tests of generators' rules share."""

from __future__ import annotations

from newsfeed.collect.conventions.base import Convention, Place
from newsfeed.collect.fields import Fields
from newsfeed.collect.frontmatter import FrontMatter


def placed(
    rules: Convention, path: str, fields: Fields, *, heading: str = "", written: bool = True
) -> Place:
    """Where a file belongs whose front matter says `fields`; without `written` it has none."""
    front = FrontMatter(values={}, body="", body_line=1, lines={}, syntax="yaml" if written else "")
    return rules.place(path, front, fields, heading)
