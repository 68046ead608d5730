"""Liquid in a post's text: what stands for an address or a listing is resolved, the rest dropped.

Nothing is evaluated: no loop, no condition, no include. One pass over the text, in time that grows
with its length; what has no end is text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from newsfeed.collect.conventions.base import Dropped
from newsfeed.collect.conventions.jekyll.expressions import Scope, value_of
from newsfeed.collect.conventions.lines import Lines
from newsfeed.text import one_line

_START = re.compile(r"\{[{%]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_WORD = re.compile(r"\s*(\w*)")
_SPACE = re.compile(r"\s*")
_LANGUAGE = re.compile(r"[A-Za-z0-9.+#_-]*")
_MARK = re.compile(r"[\x00-\x1f!-/:-@\[-`{-\x7f]")
_SHOWN = 60


class Resolved(NamedTuple):
    """The text without Liquid, and what was dropped of it."""

    text: str
    dropped: tuple[Dropped, ...] = ()


class _Token(NamedTuple):
    """A tag or an output: what is in it, where it ends, and whether the space around it goes."""

    inside: str
    end: int
    trims_before: bool
    trims_after: bool


def resolve(source: str, scope: Scope) -> Resolved:
    """Take the Liquid out of `source`; `scope` answers for names and references."""
    return _Pass(source, scope).run()


class _Pass:
    """One reading of a text from its start to its end."""

    def __init__(self, source: str, scope: Scope) -> None:
        self._source = source
        self._scope = scope
        self._at = 0
        self._out: list[str] = []
        self._dropped: list[Dropped] = []
        self._listing: tuple[str, int, int] | None = None
        """Of the listing that is open: language, how much of `_out` is before it, where it is."""
        self._next: dict[str, int] = {}
        self._lines = Lines(source)

    def run(self) -> Resolved:
        """The whole text."""
        while found := _START.search(self._source, self._at):
            start = found.start()
            token = self._token(start)
            before = self._source[self._at : start]
            if token is None:
                self._out += before, found[0]
                self._at = start + 2
                self._drop(start, start + _SHOWN)
                continue
            self._out.append(before.rstrip() if token.trims_before else before)
            self._at = token.end
            if found[0] == "{{":
                self._output(token, start)
            else:
                self._tag(token, start)
            if token.trims_after and (space := _SPACE.match(self._source, self._at)):
                self._at = space.end()
        self._out.append(self._source[self._at :])
        if self._listing:
            self._drop(self._listing[2], self._listing[2] + _SHOWN)
        return Resolved("".join(self._out), tuple(self._dropped))

    def _token(self, start: int) -> _Token | None:
        """The tag or output that starts there; None where it has no end of its own.

        Another start or an empty line before the end tells that the end is of something else.
        """
        source = self._source
        closing = "}}" if source[start + 1] == "{" else "%}"
        end = self._find(closing, start + 2)
        if end < 0:
            return None
        other = _START.search(source, start + 2, end)
        if other or _BLANK_LINE.search(source, start + 2, end):
            return None
        inside = source[start + 2 : end]
        return _Token(
            inside.removeprefix("-").removesuffix("-"),
            end + 2,
            inside.startswith("-"),
            inside.endswith("-"),
        )

    def _find(self, text: str, start: int) -> int:
        """Where `text` stands next; -1 where nowhere. Each part of the source is searched once."""
        known = self._next.get(text, 0)
        if 0 <= known < start:
            known = self._next[text] = self._source.find(text, start)
        return known

    def _end_of(self, block: str) -> re.Match[str] | None:
        """The tag that ends a block whose inside is not read. Each part is searched once."""
        known = self._next.get(block, 0)
        if known < 0:
            return None
        found = re.compile(rf"\{{%-?\s*+end{block}\s*+-?%\}}").search(
            self._source, max(known, self._at)
        )
        self._next[block] = found.start() if found else -1
        return found

    def _output(self, token: _Token, start: int) -> None:
        value = value_of(token.inside, self._scope)
        if value is None:
            self._drop(start, token.end)
        else:
            self._out.append(value)

    def _tag(self, token: _Token, start: int) -> None:
        match = _WORD.match(token.inside)
        name, rest = (match[1], token.inside[match.end() :].strip()) if match else ("", "")
        if name in {"raw", "comment", "capture"} and (end := self._end_of(name)):
            if name == "raw":
                self._out.append(self._source[self._at : end.start()])
            elif name == "capture":
                self._drop(start, token.end)
            self._at = end.end()
        elif name == "highlight" and self._listing is None:
            language = _LANGUAGE.match(rest)
            self._listing = (language[0] if language else "", len(self._out), start)
        elif name == "endhighlight" and self._listing:
            self._list()
        elif name == "post_url":
            self._out.append(self._scope.post(rest))
        elif name == "link":
            self._out.append(self._scope.file(rest))
        else:
            self._drop(start, token.end)

    def _list(self) -> None:
        """Close the listing. Every mark in it is a reference, so that no markup is seen in it."""
        language, start, _ = self._listing or ("", 0, 0)
        code = "".join(self._out[start:]).strip("\r\n")
        shown = _MARK.sub(lambda mark: f"&#{ord(mark[0])};", code)
        self._out[start:] = [f'<pre><code class="language-{language}">{shown}</code></pre>']
        self._listing = None

    def _drop(self, start: int, end: int) -> None:
        line = self._lines.at(start)
        written = self._source[start : min(end, start + _SHOWN)]
        self._dropped.append(Dropped(one_line(written), line))
