"""YAML's syntax errors in plain words: which line, what is wrong with it, and how to write it."""

from __future__ import annotations

import re

import yaml

from newsfeed.collect.frontmatter.limits import refuse_depth, shorten
from newsfeed.errors import ArticleError

_PAIR = re.compile(r"(?:- +)?(?P<key>[^\s:#'\"\[{][^:]*):(?:[ \t]+(?P<value>.+))?$")
_ITEM = re.compile(r"-[ \t]+(?P<value>.+)$")
_GLUED = re.compile(r"[\w-]+:\S")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")
_BLOCK = re.compile(r"[|>][-+0-9]*(?:\s+#.*)?$")
_TOO_DEEP = "exceeded maximum nesting depth"  # PyYAML's own limit, behind which it reads nothing
_SPECIAL = "@`%!*&,]}|>?"
_GENERIC = 'write "key: value", indent what goes on from the line before, and quote special marks'


def explain(error: yaml.YAMLError, source: str, opening: int) -> ArticleError:
    """The complaint about `source`, whose first line is the line `opening` of the file; raised at
    once where it is nested too deeply.

    The parser often stops some lines after the cause, so the cause is looked for upwards.
    """
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ArticleError("the front matter is not YAML", remedy=_GENERIC, line=opening)
    lines = source.split("\n")
    mark = error.problem_mark
    if error.problem == _TOO_DEEP:
        refuse_depth(opening + min(mark.line, len(lines) - 1))
    if error.context == "while scanning a simple key" and error.context_mark is not None:
        mark = error.context_mark
    stopped = min(mark.line, len(lines) - 1)
    for place in range(stopped, -1, -1):
        line = lines[place]
        if (place == stopped or not line.startswith(" ")) and (
            found := _fault(line, lines[place + 1 : stopped])
        ):
            problem, remedy = found
            return ArticleError(problem, remedy=remedy, line=opening + place)
    return ArticleError("this line is not YAML", remedy=_GENERIC, line=opening + stopped)


def _fault(line: str, after: list[str]) -> tuple[str, str] | None:
    """What is wrong with `line`, and the remedy; None if it looks right.

    `after` are the lines that the parser could still read.
    """
    if line.lstrip(" ").startswith("\t"):
        return "the line is indented with a tab", "use spaces instead"
    line = line.strip()
    pair = _PAIR.match(line) or _ITEM.match(line)
    if pair is None:
        if _GLUED.match(line):
            return "the space after the colon is missing", 'write "key: value"'
        return None
    value = pair["value"] or ""
    reason = _reason(value, after)
    return (reason, _quoted(pair.groupdict().get("key"), value)) if reason else None


def _reason(value: str, after: list[str]) -> str:
    """Why `value`, which the lines `after` may continue, cannot stand without quotes, or ""."""
    first = value[:1]
    if first in ("'", '"'):
        quoted = _QUOTED.match(value)
        if quoted is None:
            return f"the quote {first} is never closed"
        rest = value[quoted.end() :].strip()
        if rest and not rest.startswith("#"):
            return f"the value goes on after its closing quote {first}"
        return "there is an unknown backslash escape between double quotes" if "\\" in value else ""
    if first in ("[", "{"):
        close = "]" if first == "[" else "}"
        closed = close in "".join(after) if close not in value else value.endswith(close)
        return "" if closed else f'the value begins with "{first}" as lists do'
    if _BLOCK.match(value):
        return ""
    if first and (first in _SPECIAL or value.startswith("- ")):
        return f'the value begins with "{first}", which means something else to YAML'
    if ": " in value or value.endswith(":"):
        return 'the value holds ": ", which means a new key to YAML'
    return ""


def _quoted(key: str | None, value: str) -> str:
    """The remedy: the line as it should be written."""
    inner = value
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        inner = value[1:-1]
    text = shorten(inner)
    if "'" in text and '"' not in text and "\\" not in text:
        example = f'"{text}"'
    else:
        example = "'" + text.replace("'", "''") + "'"
    return f"put it in quotes: {key}: {example}" if key else f"put it in quotes: {example}"
