"""What articles say of themselves: headers of Markdown, fields of reST, the head of HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec

from newsfeed.collect.conventions.pelican.slugs import plain
from newsfeed.errors import ArticleError

_BEGIN = re.compile(r"-{3}(?:\s.*)?")
_END = re.compile(r"(?:-{3}|\.{3})(?:\s.*)?")
_KEY = re.compile(r" {0,3}([A-Za-z0-9_-]+):\s*(.*)")
_MORE = re.compile(r" {4,}(.*)")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1+")
_FIELD = re.compile(r":((?:[^:\\\n]|\\.|:(?!\s|$))+):(?:\s+(.*)|$)")
_INLINE = re.compile(r"``(.+?)``|\*\*(.+?)\*\*|\*(.+?)\*|`([^`<]+?)(?:\s<[^<>`]*>)?`_{0,2}")
_BODY = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
MAX_HEAD = 64 * 1024
"""Characters in which an article says all that it says of itself."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The values by their keys in lower case, each with its lines; on which line of the file a key
    and the body begin, counted from 1.
    """

    values: dict[str, list[str]]
    lines: dict[str, int]
    body_line: int


def of_markdown(text: str) -> Header:
    """`Key: value` up to the first empty line, as Python-Markdown's Meta-Data extension has it."""
    rows = text.split("\n")
    found: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    key = ""
    at = 1 if _BEGIN.fullmatch(rows[0]) else 0
    while at < len(rows):
        row = rows[at]
        match, more = _KEY.match(row), _MORE.match(row)
        if not row.strip() or _END.fullmatch(row):
            at += 1
            break
        if match:
            key = match[1].lower()
            lines.setdefault(key, at + 1)
            found.setdefault(key, []).append(match[2].strip())
        elif more and key:
            found[key].append(more[1].strip())
        else:
            break
        at += 1
    return Header(values=found, lines=lines, body_line=at + 1 if found else 1)


def of_rest(text: str) -> Header:
    """The document's title and the list of fields below it, without docutils, which takes long."""
    rows = text.split("\n")
    at = _skip_blank(rows, 0)
    found: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    title, after = _rest_title(rows, at)
    if title:
        found["title"], lines["title"] = [title], at + 1
        at = after
    begin = _skip_blank(rows, at)
    key = ""
    while begin < len(rows):
        row = rows[begin]
        if match := _FIELD.fullmatch(row):
            key = match[1].lower()
            lines.setdefault(key, begin + 1)
            found.setdefault(key, []).append((match[2] or "").strip())
        elif key and row.startswith((" ", "\t")) and row.strip():
            found[key].append(row.strip())
        else:
            break
        begin += 1
        at = begin
    return Header(values=found, lines=lines, body_line=_skip_blank(rows, at) + 1)


def _skip_blank(rows: list[str], at: int) -> int:
    while at < len(rows) and not rows[at].strip():
        at += 1
    return at


def _rest_title(rows: list[str], at: int) -> tuple[str, int]:
    """The title that begins at the row `at`, and the row after it; "" where there is none."""
    here, below, last = (rows[i].rstrip() if i < len(rows) else "" for i in range(at, at + 3))
    if _ADORNMENT.fullmatch(here) and below and last == here:
        return _inline(below.strip()), at + 3
    if here and not here.startswith(" ") and _ADORNMENT.fullmatch(below):
        return _inline(here), at + 2
    return "", at


def _inline(title: str) -> str:
    """A title without reST's marks."""
    return _INLINE.sub(lambda match: next(filter(None, match.groups()), ""), title)


def of_html(text: str) -> Header:
    """The title and the `meta` elements of a page's head. Raises ArticleError."""
    body = _BODY.search(text)
    head = _Head()
    try:  # not closed: what the head breaks off in says nothing, and would be read again and again
        head.feed(text[: body.start() if body else MAX_HEAD])
    except AssertionError as error:  # of declarations that are none
        raise ArticleError(
            f"its head is broken: {str(error)[:80]}", remedy="mend the HTML", line=head.getpos()[0]
        ) from None
    line = text.count("\n", 0, body.start()) + 1 if body else 1
    return Header(values=head.values, lines=head.lines, body_line=line)


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.lines: dict[str, int] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a `meta` says."""
        self._in_title = tag == "title"
        named = dict(attrs)
        if tag == "meta" and named.get("name"):
            name = str(named["name"]).lower()
            self._note("tags" if name == "keywords" else name, named.get("content") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<meta … />` says the same."""
        self.handle_starttag(tag, attrs)
        self._in_title = False

    def handle_endtag(self, tag: str) -> None:
        """A title ends."""
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        """The title's text."""
        if self._in_title:
            self._note("title", data)

    def _note(self, name: str, value: str) -> None:
        self.lines.setdefault(name, self.getpos()[0])
        self.values.setdefault(name, []).append(value)


def title_of(header: Header) -> str:
    """The title without markup; "" where there is none."""
    return plain(" ".join(header.values.get("title", [])))
