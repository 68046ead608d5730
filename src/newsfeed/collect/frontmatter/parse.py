"""The one door to front matter: text in, values and body out.

What parses is imported with the first text: the rules of generators are imported by every run, and
texts are read only where they changed.
"""

from __future__ import annotations

import re

from newsfeed.collect.frontmatter.values import FrontMatter

_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")


def parse_front_matter(text: str) -> FrontMatter:
    """The front matter and body of `text`, which has been through `newsfeed.text.clean`.

    Without front matter, `values` is empty and the body is all there is. Raises `ArticleError`
    with line and remedy for front matter that is broken or passes the limits.
    """
    from newsfeed.collect.frontmatter.blocks import find_block

    block = find_block(text)
    if block is None:
        body, line = _body(text, 0)
        return FrontMatter(values={}, body=body, body_line=line, lines={}, syntax="")
    import frontmatter

    handler = block.handler(block.line)
    # Only the block is handed over: python-frontmatter would strip the body, and with it the
    # indentation of a code block at its start.
    values, _ = frontmatter.parse(text[block.start : block.end], handler=handler)
    body, line = _body(text, block.end)
    return FrontMatter(
        values=values,
        body=body,
        body_line=line,
        lines=handler.lines,
        syntax=handler.syntax,
        remarks=tuple(handler.remarks),
    )


def _body(text: str, after: int) -> tuple[str, int]:
    """What follows the index `after` without blank lines around it, and the line it starts on."""
    blank = _BLANK_LINES.match(text, after)
    start = blank.end() if blank else after
    return text[start:].rstrip(), text.count("\n", 0, start) + 1
