"""Hugo's shortcodes without Hugo: the built-in ones as plain HTML, the text within others kept.

One pass from left to right, in linear time: a text of nothing but brackets is an ordinary text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import NamedTuple

Find = Callable[[str], str]
Write = Callable[[Mapping[str, str], str, Find], str | None]
"""From arguments, inner text and what finds other articles to HTML; None: it cannot be told."""

MAX_DEPTH = 20
"""Levels of shortcodes within each other; what lies deeper is kept and no longer looked at."""

_ARGUMENT = re.compile(
    r"\s*+(?:(?P<key>[\w-]{1,100})\s*+=\s*+)?"
    r'(?:"(?P<double>(?:[^"\\]|\\.)*+)(?:"|\\?\Z)|`(?P<raw>[^`]*+)(?:`|\Z)|(?P<bare>[^\s"`]++))',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LANGUAGE = re.compile(r"[^\w+#.-]+")
_SHOWN = 80


class Tag(NamedTuple):
    """One shortcode as it stands in `text[start:end]`; `kind` is "<" or "%"."""

    start: int
    end: int
    kind: str
    name: str
    arguments: str
    closes: bool
    whole: bool


class Left(NamedTuple):
    """A shortcode that was dropped: as it is written, and its line in the body, from 1."""

    written: str
    line: int


class _Open:
    """A shortcode whose inner text is being collected."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.parts: list[str] = []


def replace(text: str, find: Find) -> tuple[str, list[Left]]:
    """`text` with shortcodes written out, and those that were dropped.

    `find` gives the address of another article by Hugo's reference, or "".
    """
    if "{{" not in text:
        return text, []
    tags = list(_tags(text))
    ends = _pairs(tags)
    left: list[Left] = []
    lines = _Lines(text)
    stack: list[_Open] = []
    parts: list[str] = []
    position = 0
    for number, tag in enumerate(tags):
        parts.append(text[position : tag.start])
        position = tag.end
        if tag.name == "":  # a comment: the shortcode as text
            parts.append(tag.arguments)
        elif number in ends.openers and len(stack) < MAX_DEPTH:
            stack.append(_Open(tag))
            stack[-1].parts, parts = parts, stack[-1].parts
        elif tag.closes and stack and ends.closers.get(number) == stack[-1].tag.start:
            opened = stack.pop()
            inner = "".join(parts)
            parts = opened.parts
            parts.append(_written(opened.tag, inner, find, left, lines, text))
        elif not tag.closes:
            parts.append(_written(tag, "", find, left, lines, text))
    parts.append(text[position:])
    return "".join(parts), sorted(left, key=lambda one: one.line)


def _tags(text: str) -> Iterator[Tag]:
    """Every shortcode from left to right; what is never closed by brackets is text."""
    position = text.find("{{")
    ends = {"<": 0, "%": 0}
    closing = {"<": ">}}", "%": "%}}"}
    while position >= 0:
        kind = text[position + 2 : position + 3]
        start = position + 3
        if kind in ends and kind:
            if 0 <= ends[kind] < start:
                ends[kind] = text.find(closing[kind], start)
            end = ends[kind]
            if end >= 0:
                yield _tag(text, position, end, kind)
                position = text.find("{{", end + 3)
                continue
            if max(ends.values()) < 0:
                return
        position = text.find("{{", position + 2)


def _tag(text: str, start: int, end: int, kind: str) -> Tag:
    inner = text[start + 3 : end].strip()
    closing = ">}}" if kind == "<" else "%}}"
    if inner.startswith("/*"):
        literal = f"{{{{{kind} {inner.removeprefix('/*').removesuffix('*/').strip()} {closing}"
        return Tag(start, end + 3, kind, "", literal, closes=False, whole=True)
    whole = inner.endswith("/") and not inner.startswith("/")
    inner = inner.removesuffix("/").rstrip() if whole else inner
    closes = inner.startswith("/")
    name, arguments, *_ = [*inner.removeprefix("/").split(None, 1), "", ""]
    return Tag(start, end + 3, kind, name or "?", arguments, closes=closes, whole=whole)


class _Pairs(NamedTuple):
    """Which tags have an end, by number; and for each end, where its beginning stands."""

    openers: frozenset[int]
    closers: dict[int, int]


def _pairs(tags: list[Tag]) -> _Pairs:
    """Each end belongs to the nearest beginning of its name; those between have none."""
    waiting: list[int] = []
    names: dict[str, int] = {}
    openers: set[int] = set()
    closers: dict[int, int] = {}
    for number, tag in enumerate(tags):
        if not tag.name or tag.whole:
            continue
        if not tag.closes:
            waiting.append(number)
            names[tag.name] = names.get(tag.name, 0) + 1
        elif names.get(tag.name):
            while True:
                opener = waiting.pop()
                names[tags[opener].name] -= 1
                if tags[opener].name == tag.name:
                    break
            openers.add(opener)
            closers[number] = tags[opener].start
    return _Pairs(frozenset(openers), closers)


class _Lines:
    """Counts lines; where they end is found when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: list[int] | None = None

    def at(self, position: int) -> int:
        """The line of a position, from 1."""
        if self._ends is None:
            self._ends = [match.start() for match in re.finditer("\n", self._text)]
        return bisect_left(self._ends, position) + 1


def _written(tag: Tag, inner: str, find: Find, left: list[Left], lines: _Lines, text: str) -> str:
    """What stands in the place of a shortcode."""
    write = _BUILT_IN.get(tag.name.lower())
    html = write(_arguments(tag.arguments), inner, find) if write else None
    if html is not None:
        return html
    left.append(Left(text[tag.start : tag.end][:_SHOWN], lines.at(tag.start)))
    return inner


def _arguments(written: str) -> dict[str, str]:
    """Named ones by name, others by number."""
    found: dict[str, str] = {}
    for match in _ARGUMENT.finditer(written):
        double = match["double"]
        value = _ESCAPED.sub(r"\1", double) if double is not None else match["raw"] or match["bare"]
        found[match["key"] or str(len(found))] = value or ""
    return found


def _figure(values: Mapping[str, str], _inner: str, _find: Find) -> str | None:
    source = values.get("src", "")
    if not source:
        return None
    sizes = "".join(
        f' {name}="{escape(values[name])}"' for name in ("width", "height") if values.get(name)
    )
    alternative = values.get("alt") or values.get("caption", "")
    image = f'<img src="{escape(source)}" alt="{escape(alternative)}"{sizes}>'
    if values.get("link"):
        image = f'<a href="{escape(values["link"])}">{image}</a>'
    heading = f"<strong>{escape(values['title'])}</strong> " if values.get("title") else ""
    said = " ".join(filter(None, (_inline(values.get("caption", "")), _credit(values))))
    caption = f"<figcaption>{heading}{said}</figcaption>" if heading or said else ""
    return f"\n\n<figure>{image}{caption}</figure>\n\n"


def _credit(values: Mapping[str, str]) -> str:
    credit = escape(values.get("attr", ""))
    if credit and values.get("attrlink"):
        return f'<a href="{escape(values["attrlink"])}">{credit}</a>'
    return credit


def _inline(source: str) -> str:
    """A caption's Markdown as it stands within a line of HTML."""
    if not source:
        return ""
    from newsfeed.collect.markup.markdown import to_html

    html = to_html(" ".join(source.split()), kramdown=False).strip()
    return html.removeprefix("<p>").removesuffix("</p>")


def _highlight(values: Mapping[str, str], inner: str, _find: Find) -> str:
    language = _LANGUAGE.sub("", values.get("0", ""))
    name = f' class="language-{escape(language)}"' if language else ""
    code = escape(inner.strip("\n"), quote=False)
    return f"\n\n<pre><code{name}>{code}\n</code></pre>\n\n"


def _reference(values: Mapping[str, str], _inner: str, find: Find) -> str:
    """The address, "" where there is no such article: Hugo itself refuses to build then."""
    path, hash_sign, anchor = (values.get("path") or values.get("0", "")).partition("#")
    url = find(path) if path else ""
    return url + hash_sign + anchor if url else hash_sign + anchor


def _linked(address: str) -> Write:
    """A link in the place of what another site would show; `{}` stands for the arguments."""

    def write(values: Mapping[str, str], _inner: str, _find: Find) -> str | None:
        parts = [values[key] for key in ("user", "id", "0", "1") if values.get(key)]
        parts = parts[: address.count("{}")]
        if len(parts) < address.count("{}"):
            return None
        url = escape(address.format(*("".join(part.split()) for part in parts)))
        return f'<a href="{url}">{url}</a>'

    return write


_BUILT_IN: dict[str, Write] = {
    "figure": _figure,
    "gist": _linked("https://gist.github.com/{}/{}"),
    "highlight": _highlight,
    "instagram": _linked("https://www.instagram.com/p/{}/"),
    "ref": _reference,
    "relref": _reference,
    "tweet": _linked("https://twitter.com/{}/status/{}"),
    "twitter": _linked("https://twitter.com/{}/status/{}"),
    "vimeo": _linked("https://vimeo.com/{}"),
    "x": _linked("https://x.com/{}/status/{}"),
    "youtube": _linked("https://www.youtube.com/watch?v={}"),
}
