"""What a client has and what it takes: validators, codings and ranges of RFC 9110. Pure."""

from __future__ import annotations

import re
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache

CODINGS = ("br", "gzip")
"""Those that we pack in, the better first."""

_TAG = re.compile(rb'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_TAGS = re.compile(rb'[ \t,]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))+')
_RANGE = re.compile(
    rb"bytes[ \t]*=[ \t]*([0-9]{0,18})[ \t]*-[ \t]*([0-9]{0,18})[ \t]*", re.IGNORECASE
)
_QVALUE = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def http_date(seconds: int) -> bytes:
    """A time as in `Last-Modified` (RFC 9110 section 5.6.7)."""
    return formatdate(seconds, usegmt=True).encode()


@lru_cache(maxsize=512)
def tags(header: bytes) -> tuple[bytes, ...]:
    """The entity tags of `If-None-Match` without their `W/`, quotes kept; () where it is none.

    They are compared weakly (section 13.1.2).
    """
    return tuple(_TAG.findall(header)) if _TAGS.fullmatch(header) else ()


@lru_cache(maxsize=512)
def moment(header: bytes) -> float | None:
    """The time that a date of HTTP says; None where it is none."""
    try:
        return parsedate_to_datetime(header.decode("ascii")).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


@lru_cache(maxsize=512)
def preferred(header: bytes) -> tuple[str, ...]:
    """The codings that `Accept-Encoding` takes, the best for both first; "" is identity.

    Of those that the client likes equally, the smallest goes first (section 12.5.3).
    """
    weights: dict[str, float] = {}
    for part in header.decode("latin-1").split(","):
        name, _, parameters = part.partition(";")
        name = name.strip().lower()
        if name:
            weights.setdefault(_NAMES.get(name, name), _weight(parameters))
    anything = weights.get("*", 0.0)
    liked = {coding: weights.get(coding, anything) for coding in CODINGS}
    # identity is taken unless it is refused by name, or by `*` without its name
    liked[""] = weights.get("identity", anything if "*" in weights else _LEAST)
    order = [*CODINGS, ""]
    return tuple(
        sorted((c for c in order if liked[c] > 0), key=lambda c: (-liked[c], order.index(c)))
    )


_NAMES = {"x-gzip": "gzip"}
_LEAST = 0.0001


def _weight(parameters: str) -> float:
    """The q value; what cannot be read says nothing."""
    for parameter in parameters.split(";"):
        if match := _QVALUE.fullmatch(parameter.strip()):
            return float(match[1])
    return 1.0


def byte_range(header: bytes, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last that `Range` asks for; None to give everything.

    (0, 0) where nothing of it is there. Several ranges at once are given as everything, as are
    units that nobody knows (section 14.2).
    """
    match = _RANGE.fullmatch(header)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        last = min(int(match[2]), size)
        return (size - last, size) if last else (0, 0)
    begin, end = int(match[1]), int(match[2]) + 1 if match[2] else size
    if end <= begin and match[2]:
        return None
    return (begin, min(end, size)) if begin < size else (0, 0)
