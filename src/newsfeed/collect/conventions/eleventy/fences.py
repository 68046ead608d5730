"""Front matter with a language behind its opening fence, as Eleventy knows it."""

from __future__ import annotations

import re

import msgspec

from newsfeed.collect.conventions.eleventy.literals import UNKNOWN, code_of, constants, value_at
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter
from newsfeed.errors import ArticleError

_FENCE = re.compile(r"---[ \t]*(yaml|toml|json|js|javascript|node)[ \t]*\n", re.IGNORECASE)
_CLOSE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_MARKS = {"yaml": "---", "toml": "+++", "json": ""}


def parse(text: str) -> FrontMatter:
    """The front matter and body of `text`. Raises ArticleError."""
    opening = _FENCE.match(text)
    if opening is None:
        return parse_front_matter(text)
    closing = _CLOSE.search(text, opening.end())
    if closing is None:
        raise ArticleError(
            "the front matter that begins here is never closed",
            remedy="close it with a line ---",
            line=1,
        )
    inside, rest = text[opening.end() : closing.start()], text[closing.end() :]
    mark = _MARKS.get(opening[1].lower())
    if mark is not None:
        return parse_front_matter(f"{mark}\n{inside}{mark}{rest}")
    # Blank lines stand for the block, so that lines are still counted from the file's first.
    front = parse_front_matter("\n" * (inside.count("\n") + 1) + rest)
    return msgspec.structs.replace(front, values=_script_values(inside), syntax="json")


def _script_values(script: str) -> dict[str, object]:
    """The values of an object that stands there as it is, or else of constants. Raises ArticleError
    where there are none.
    """
    code = code_of(script)
    start = len(code) - len(code.lstrip())
    value = value_at(script, start, {}) if code[start : start + 1] == "{" else UNKNOWN
    values = value if isinstance(value, dict) else constants(script, code)
    if not values:
        raise ArticleError(
            "the front matter is a program, which is not run", remedy="write it as YAML", line=1
        )
    return values
