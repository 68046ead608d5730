"""Where front matter begins and ends in a file."""

from __future__ import annotations

import re

import msgspec

from newsfeed.collect.frontmatter.handler import Handler
from newsfeed.collect.frontmatter.json_handler import JsonHandler
from newsfeed.collect.frontmatter.limits import MAX_BYTES, MAX_DEPTH, refuse_depth
from newsfeed.collect.frontmatter.toml_handler import TOML_FENCE, TomlHandler
from newsfeed.collect.frontmatter.yaml_handler import YAML_FENCE, YamlHandler
from newsfeed.errors import ArticleError

_FENCE = re.compile(r"(---|\+\+\+)[ \t]*(?:\n|\Z)")
_FENCED: dict[str, tuple[type[Handler], re.Pattern[str]]] = {
    "---": (YamlHandler, YAML_FENCE),
    "+++": (TomlHandler, TOML_FENCE),
}
_JSON_OPEN = re.compile(r'\{\s*["}]')
_JSON_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*+"|[{}\[\]]')


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The block `text[start:end]`, fences included; it opens on `line` of the file."""

    handler: type[Handler]
    start: int
    end: int
    line: int


def find_block(text: str) -> Block | None:
    """The front matter at the start of `text`, blank lines before it allowed; None without one.

    Raises `ArticleError` for a block that is never closed, too long, or nested too deep.
    """
    start = len(text) - len(text.lstrip())
    if start and text[start - 1] != "\n":
        return None
    line = text.count("\n", 0, start) + 1
    handler: type[Handler]
    if fence := _FENCE.match(text, start):
        handler, closing = _FENCED[fence[1]]
        close = closing.search(text, fence.end())
        end = close.end() if close else -1
    elif _JSON_OPEN.match(text, start):
        handler = JsonHandler
        end = _json_end(text, start)
    else:
        return None
    block = Block(handler=handler, start=start, end=end, line=line)
    _check(block, text)
    return block


def _json_end(text: str, start: int) -> int:
    """Where the object that opens at `start` ends; -1 if it does not within the size limit."""
    depth = 0
    for token in _JSON_TOKEN.finditer(text, start, start + MAX_BYTES):
        if token[0] in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                refuse_depth(text.count("\n", 0, token.start()) + 1)
        elif token[0] in "}]":
            depth -= 1
            if depth == 0:
                _check_rest_of_line(text, token.end())
                return token.end()
    return -1


def _check_rest_of_line(text: str, end: int) -> None:
    """Refuse a body that begins on the line on which the object ends."""
    if text[end:].partition("\n")[0].strip():
        raise ArticleError(
            "text follows the closing brace of the front matter",
            remedy="begin the article on a line of its own",
            line=text.count("\n", 0, end) + 1,
        )


def _check(block: Block, text: str) -> None:
    """Raise an `ArticleError` if `block` has no end or is longer than the limit."""
    remedy = block.handler.how_to_close
    if block.end < 0:
        problem = "the front matter that begins here is never closed"
    elif len(text[block.start : block.end].encode()) > MAX_BYTES:
        problem = f"the front matter is longer than {MAX_BYTES // 1024} KB"
        remedy = f"shorten it, or {remedy}"
    else:
        return
    raise ArticleError(problem, remedy=remedy, line=block.line)
