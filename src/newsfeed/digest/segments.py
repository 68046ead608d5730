"""A part of a message cut into base64 that all copies share and what each copy has of its own.

A base64 line of 76 characters holds 57 bytes. Around each placeholder lies a window: it begins at
the last border of such a line and ends at a line end, before which spaces fill it up to a whole
number of lines. So what follows keeps its borders, and is encoded once for all copies.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from functools import cache
from struct import Struct
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

CRLF = b"\r\n"

_OCTETS = 57
_LINE = 76
_NEAR = 600
"""Octets to an empty line that each copy may encode for itself."""

_FILLS = [b" " * count + CRLF for count in range(_OCTETS)]

# What may hold a line end that is more than white space: comments, elements whose text is shown or
# read as it is, and tags, whose attributes may have any character.
_HTML_TOKENS = re.compile(
    rb"""<!--.*?-->|<(pre|style|script|textarea|title)\b.*?</\1\s*>|<(?:[^"'>]|"[^"]*"|'[^']*')*>""",
    re.DOTALL | re.IGNORECASE,
)


class Window(msgspec.Struct, frozen=True):
    """Lines that every copy encodes for itself; a placeholder stands as `%(name)b`."""

    pattern: bytes


class Body(msgspec.Struct, frozen=True):
    """Lines before the first window, the windows' patterns, and the lines after each of them.

    Lines have no line end after the last; there may be none between two windows.
    """

    first: bytes
    patterns: tuple[bytes, ...]
    following: tuple[bytes, ...]


def canonical(content: str) -> bytes:
    """`content` in UTF-8 with CRLF as its line ends (RFC 2046 section 4.1.1), one at its end."""
    lines = re.sub(r"\r\n?", "\n", content).removesuffix("\n").split("\n")
    return "\r\n".join([*lines, ""]).encode()


def line_ends(content: bytes) -> list[int]:
    """Where lines of `content` end."""
    return [match.start() for match in re.finditer(CRLF, content)]


def text_ends(content: bytes) -> list[int]:
    """Where spaces are not seen in plain text: on its empty lines, and at the ends of lines after
    which no empty one is near. There they could make a line too wide.
    """
    found: list[int] = []
    empty = -1
    for end in reversed(line_ends(content)):
        if empty < 0 or content[max(end - len(CRLF), 0) : end] in {b"", CRLF}:
            empty = end
        if end == empty or empty - end > _NEAR:
            found.append(end)
    return found[::-1]


def html_ends(content: bytes) -> list[int]:
    """Where lines of `content` end in running text: not in a tag, a comment or a `<pre>`.

    White space after the whole document is harmless as well.
    """
    masked = _HTML_TOKENS.sub(lambda match: b"x" * len(match[0]), content.removesuffix(CRLF))
    return [*line_ends(masked), len(masked)]


def pieces(
    content: bytes, ends: Sequence[int], placeholders: Mapping[bytes, bytes]
) -> Iterator[bytes | Window]:
    """Cut `content` (canonical) at the `placeholders` (their text -> their name in patterns).

    `ends` are line ends before which spaces do no harm, the last one that of the content.
    """
    anywhere = re.compile(b"|".join(map(re.escape, placeholders)))
    start = 0
    while match := anywhere.search(content, start):
        border = start + (match.start() - start) // _OCTETS * _OCTETS
        end = next(end for end in ends if end >= match.end())
        yield encoded(content[start:border])
        yield Window(_pattern(content[border:end], placeholders))
        start = end + len(CRLF)
    yield encoded(content[start:])


def arranged(found: Iterable[bytes | Window]) -> Body:
    """The body of `found` lines and windows, with neighbouring lines joined."""
    lines: list[list[bytes]] = [[]]
    patterns = []
    for piece in found:
        if isinstance(piece, Window):
            patterns.append(piece.pattern)
            lines.append([])
        elif piece:
            lines[-1].append(piece)
    first, *following = map(CRLF.join, lines)
    return Body(first, tuple(patterns), tuple(following))


def _pattern(window: bytes, placeholders: Mapping[bytes, bytes]) -> bytes:
    pattern = window.replace(b"%", b"%%")
    for text, name in placeholders.items():
        pattern = pattern.replace(text.replace(b"%", b"%%"), b"%%(%b)b" % name)
    return pattern


def encoded(octets: bytes) -> bytes:
    """Base64 lines of 76 characters, the last one perhaps shorter and without its line end."""
    pieces = (octets[at : at + _OCTETS] for at in range(0, len(octets), _OCTETS))
    return CRLF.join(b2a_base64(piece, newline=False) for piece in pieces)


def filled(body: Body, values: Mapping[bytes, bytes]) -> list[bytes]:
    """The lines of `body` with `values` in its windows, to be joined by CRLF.

    The windows are encoded in one go, which takes a few microseconds.
    """
    windows = [
        (window := pattern % values) + _FILLS[-(len(window) + 2) % _OCTETS]
        for pattern in body.patterns
    ]
    octets = b"".join(windows)
    lines = _splitter(len(octets) // _OCTETS)(b2a_base64(octets, newline=False))
    found = [body.first] if body.first else []
    start = 0
    for window, following in zip(windows, body.following, strict=True):
        end = start + len(window) // _OCTETS
        found += lines[start:end]
        if following:
            found.append(following)
        start = end
    return found


@cache
def _splitter(count: int) -> Callable[[bytes], tuple[bytes, ...]]:
    """A function that splits base64 into `count` lines; none is quicker."""
    return Struct(f"{_LINE}s" * count).unpack
