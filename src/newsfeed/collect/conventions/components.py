"""Markdown with components (MDX, Vue) -> Markdown: the text stays, what would run is dropped.

Nothing is evaluated. Code, fenced or in a span, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsfeed.collect.conventions.base import Dropped
from newsfeed.collect.conventions.lines import Lines

_TAG = re.compile(r"</?[A-Z]")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_MODULE = re.compile(r"(?:import|export)\s")
_CONTAINER = re.compile(
    r"[ \t]*:{3,}[ \t]*(?P<kind>[\w-]*)(?:\[(?P<label>[^\]\n]*)\]|[ \t]+(?P<title>.*))?$"
)
_PIECE = re.compile(
    r"""
      (?P<code> (`+)(?!`) )
    | (?P<comment> \{/\* | <!-- )
    | (?P<expression> \{ )
    | (?P<tag> </?[A-Z][\w.]*+ )
    | (?P<plain> </?[a-z][a-z0-9-]*+ )
    """,
    re.VERBOSE,
)
_BRACE = re.compile(r"[{}]")
_IN_TAG = re.compile(r"""["'{>]""")
_CODE_VALUE = re.compile(r"\s[\w:-]+=\{(?:[^{}]|\{[^{}]*\})*+\}")
_LONGEST = 2_000
"""Characters of a tag: what goes on longer is none."""

_MOST_VALUES = 64


def without_components(text: str, *, expressions: bool) -> tuple[str, tuple[Dropped, ...]]:
    """The text without modules, components' tags and comments; `expressions` tells that braces hold
    code as in MDX, and not only doubled ones as in Vue. And what was dropped.
    """
    if not _may_hold_any(text):
        return text, ()
    dropped: list[Dropped] = []
    out: list[str] = []
    for chunk, line, code in _chunks(text):
        out.append(chunk if code else _Prose(chunk, line, dropped, expressions=expressions).text())
    return "".join(out), tuple(dropped)


def _may_hold_any(text: str) -> bool:
    """Whether the text must be read at all. Plain searches, since most texts hold none."""
    return (
        "{" in text
        or ":::" in text
        or text.startswith(("import", "export"))
        or "\nimport" in text
        or "\nexport" in text
        or _TAG.search(text) is not None
    )


def _chunks(text: str) -> Iterator[tuple[str, int, bool]]:
    """Runs of lines with the number of their first, and whether they are fenced code.

    Module statements, from their first line to the next blank one, and the marks of containers
    (`:::tip`) are left out; a container's title stays as a paragraph in bold.
    """
    prose: list[str] = []
    start, fence, module = 1, "", False
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        opened = _FENCE.match(line)
        if fence:
            yield line, number, True
            if opened and opened[1].startswith(fence) and not line.strip(" \t\n>`~"):
                fence, start = "", number + 1
        elif opened and not module:
            yield "".join(prose), start, False
            prose, fence = [], opened[1]
            yield line, number, True
        else:
            module = bool(line.strip()) and (module or bool(_MODULE.match(line)))
            prose.append("\n" if module else _uncontained(line))
    yield "".join(prose), start, False


def _uncontained(line: str) -> str:
    match = _CONTAINER.match(line.rstrip("\n")) if ":::" in line else None
    if match is None:
        return line
    title = (match["label"] or match["title"] or match["kind"].capitalize()).strip()
    return f"\n**{title}**\n\n" if title else "\n"


class _Prose:
    """One pass over text that is no fenced code."""

    def __init__(self, text: str, line: int, dropped: list[Dropped], *, expressions: bool) -> None:
        self._source, self._lines, self._dropped = text, Lines(text, line), dropped
        self._expressions = expressions
        self._runs = {run[0]: run.start() for run in re.finditer(r"`+", text)}
        self._pairs = _brace_pairs(text)
        self._endless: set[str] = set()

    def text(self) -> str:
        """What is left."""
        source, out, after = self._source, [], 0
        while match := _PIECE.search(source, after):
            out.append(source[after : match.start()])
            after = self._piece(match, out)
        out.append(source[after:])
        return "".join(out)

    def _piece(self, match: re.Match[str], out: list[str]) -> int:
        """Where to go on after `match`; what stays of it is added to `out`."""
        source, start = self._source, match.start()
        if match["code"]:
            run = match[2]
            last = self._runs.get(run, start)
            end = source.find(run, match.end()) + len(run) if last > start else match.end()
        elif match["comment"]:
            return self._comment(match, out)
        elif match["plain"]:
            end = self._tag_end(match.end())
            out.append(_without_braces(source[start:end]) if end else match[0])
            return end or match.end()
        elif match["tag"]:
            return self._drop(match, self._tag_end(match.end()), out)
        else:
            return self._expression(match, out)
        out.append(source[start:end])
        return end

    def _comment(self, match: re.Match[str], out: list[str]) -> int:
        """One of HTML stays, since excerpts may end at it."""
        closing = "*/}" if match["comment"] == "{/*" else "-->"
        found = -1 if closing in self._endless else self._source.find(closing, match.end())
        if found < 0:
            self._endless.add(closing)  # nor is there one behind any later comment
            return self._kept(match, out)
        end = found + len(closing)
        out.append(self._source[match.start() : end] if closing == "-->" else "")
        return end

    def _expression(self, match: re.Match[str], out: list[str]) -> int:
        double = self._source.startswith("{{", match.start())
        if not (self._expressions or double):
            return self._kept(match, out)
        return self._drop(match, self._pairs.get(match.start(), 0), out)

    def _kept(self, match: re.Match[str], out: list[str]) -> int:
        out.append(match[0])
        return match.end()

    def _drop(self, match: re.Match[str], end: int, out: list[str]) -> int:
        """Leave out a piece that ends at `end`; one without an end (0) is text."""
        if not end:
            return self._kept(match, out)
        written = " ".join(self._source[match.start() : end].split())
        if not written.startswith("</"):
            shown = written if len(written) <= 60 else written[:59] + "…"
            self._dropped.append(Dropped(shown, self._lines.at(match.start())))
        return end

    def _tag_end(self, after: int) -> int:
        """Behind the ">" of a tag; values in quotes or braces may hold others. 0 for no end."""
        stop = min(len(self._source), after + _LONGEST)
        for _ in range(_MOST_VALUES):
            match = _IN_TAG.search(self._source, after, stop)
            if match is None:
                return 0
            if match[0] == ">":
                return match.end()
            if match[0] == "{":
                after = self._pairs.get(match.start(), 0)
            else:
                after = self._source.find(match[0], match.end(), stop) + 1
            if not after:
                return 0
        return 0


def _brace_pairs(text: str) -> dict[int, int]:
    """Behind which character the brace at each place is closed, for those that are."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            pairs[opened.pop()] = match.end()
    return pairs


def _without_braces(tag: str) -> str:
    """An HTML tag without the attributes whose values are code, such as `style={{…}}`."""
    return _CODE_VALUE.sub("", tag)
