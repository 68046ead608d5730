"""YAML to plain values, from the parser's events: nothing is constructed and no type is guessed.

PyYAML's composer recurses in C, where deep nesting overflows the stack, and its constructors turn
`No`, `1_000`, `12:30:45` and `2024-01-02` into what the author did not write. Reading the events
has neither fault, sees every tag, alias and line, and is as fast.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import yaml

from newsfeed.collect.frontmatter.limits import (
    MAX_ALIASES,
    MAX_DEPTH,
    refuse_depth,
    refuse_twice,
    shorten,
)
from newsfeed.collect.frontmatter.values import Remark
from newsfeed.errors import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The values of these keys are text, whatever YAML makes of them: `title: [속보]` is no list.
TEXT_KEYS = frozenset(
    ["title", "excerpt", "summary", "description", "slug", "permalink", "guid", "id"]
)

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULLS = frozenset(["~", "null", "Null", "NULL"])
_TEXT_TAG = "tag:yaml.org,2002:str"
_COMMENT = re.compile(r"[ \t]+#")
_QUOTE = "put the whole value in quotes"


class YamlReader:
    """Reads the YAML `source` once; then `lines` and `remarks` tell about it.

    `opening` is the line of the file on which `source` begins. Raises `yaml.YAMLError` for
    characters that YAML forbids.
    """

    def __init__(self, source: str, opening: int) -> None:
        self.lines: dict[str, int] = {}
        self.remarks: list[Remark] = []
        self._source = source
        self._opening = opening
        self._events: Iterator[yaml.Event] = iter(_LOADER(source).get_event, None)
        self._anchors: dict[str, object] = {}
        self._unused: dict[str, int] = {}
        self._aliases = 0
        self._end = 0

    def read(self) -> object:
        """The value of the only document; {} where there is none.

        Raises `yaml.YAMLError` for bad syntax and `ArticleError` for all else.
        """
        value: object = {}
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                value = self._value(event, 1)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fail(event, 'a line within begins with "---"', "indent that line")
        for line in self._unused.values():
            self._doubt(line, 'the value begins with "&", so YAML drops its first word', _QUOTE)
        return value

    def _value(self, event: yaml.Event, depth: int) -> object:
        """The value that starts with `event`. The root is at `depth` 1."""
        value: object
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
            if event.tag is None and event.anchor is None:  # as nearly all are
                return value
        elif isinstance(event, yaml.CollectionStartEvent):
            if depth > MAX_DEPTH:
                refuse_depth(self._line(event))
            is_list = isinstance(event, yaml.SequenceStartEvent)
            value = self._list(depth) if is_list else self._mapping(depth)
        elif isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        else:
            self._fail(event, "this is not YAML", _QUOTE)
        if event.tag is not None and event.tag != _TEXT_TAG:
            self._fail(event, f'"{shorten(event.tag)}" is a YAML tag, not text', _QUOTE)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _list(self, depth: int) -> list[object]:
        items = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                self._end = _end(event)
                break
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, object]:
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key_event in self._events:
            if isinstance(key_event, yaml.MappingEndEvent):
                self._end = _end(key_event)
                break
            key = self._key(key_event, lines, depth)
            event = next(self._events)
            value = self._value(event, depth + 1)
            if depth == 1 and key in TEXT_KEYS:
                value = self._text(key, event, value)
            if isinstance(event, yaml.ScalarEvent) and not event.style and value in _NULLS:
                value = None
            values[key] = value
        if depth == 1:
            self.lines = lines
        return values

    def _key(self, event: yaml.Event, lines: dict[str, int], depth: int) -> str:
        """The key that `event` is, noted in `lines`."""
        key = self._value(event, depth + 1)
        line = self._line(event)
        if not isinstance(key, str):
            self._fail(event, "a key is a list or mapping", _QUOTE)
        if key == "<<":
            self._fail(event, 'the merge key "<<" is not supported', "write the merged keys out")
        if key in lines:
            refuse_twice(key, line, lines[key])
        lines[key] = line
        return key

    def _text(self, key: str, event: yaml.Event, value: object) -> object:
        """The author's text for `key`: brackets are part of it, and what YAML drops is told."""
        if isinstance(event, yaml.CollectionStartEvent):
            return self._source[_start(event) : self._end] if event.flow_style else value
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                self._unused[event.anchor] = self._line(event)
            if not event.style and _COMMENT.match(self._source, _end(event)):
                problem = f'" #" begins a comment, so the {key} is only "{shorten(event.value)}"'
                self._doubt(self._line(event), problem, f"if the # belongs to it, {_QUOTE}")
        return value

    def _alias(self, event: yaml.AliasEvent) -> object:
        name = event.anchor or ""
        if name not in self._anchors:
            self._fail(
                event, f'"*{shorten(name)}" is a YAML alias, and nothing has that name', _QUOTE
            )
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            self._fail(
                event, f"there are more than {MAX_ALIASES} YAML aliases", "write the values out"
            )
        self._unused.pop(name, None)
        return self._anchors[name]

    def _line(self, event: yaml.Event) -> int:
        return self._opening + (event.start_mark.line if event.start_mark else 0)

    def _fail(self, event: yaml.Event, problem: str, remedy: str) -> NoReturn:
        raise ArticleError(problem, remedy=remedy, line=self._line(event))

    def _doubt(self, line: int, problem: str, remedy: str) -> None:
        self.remarks.append(Remark(line=line, problem=problem, remedy=remedy))


def _start(event: yaml.Event) -> int:
    """The place in the source at which `event` starts, in characters from 0."""
    return event.start_mark.index if event.start_mark else 0


def _end(event: yaml.Event) -> int:
    """The place in the source at which `event` ends, in characters from 0."""
    return event.end_mark.index if event.end_mark else 0
