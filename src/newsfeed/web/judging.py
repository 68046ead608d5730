"""A request for a file -> the status and what is sent of it (RFC 9110 section 13.2.2). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from newsfeed.web.conditional import byte_range, moment, preferred, tags
from newsfeed.web.servable import Entry

_READ = frozenset(
    {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range"}
)


class Verdict(NamedTuple):
    """What a request gets: for a 304 the validator that matched, else the coding, and for a 206
    the span of bytes.
    """

    status: int
    coding: str = ""
    etag: bytes = b""
    span: tuple[int, int] = (0, 0)


def judge(entry: Entry, method: str, headers: Iterable[tuple[bytes, bytes]], now: float) -> Verdict:
    """What GET or HEAD gets, from headers with names in lower case, at `now` (seconds)."""
    said: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _READ:
            said[name] = said[name] + b", " + value if name in said else value
    coding = _coding(entry, said.get(b"accept-encoding"))
    if b"if-none-match" in said:
        matched = _matched(entry, said[b"if-none-match"], coding)
        if matched:
            return Verdict(304, etag=matched)
    elif b"if-modified-since" in said and _is_old(entry, said[b"if-modified-since"], now):
        return Verdict(304, etag=entry.etags[coding or ""])
    if coding is None:
        return Verdict(406)
    if b"range" in said and method == "GET" and not entry.manner.packs:
        return _part(entry, said)
    return Verdict(200, coding)


def _coding(entry: Entry, accept: bytes | None) -> str | None:
    """The best coding for both; None where none is taken."""
    if accept is None:
        return ""
    return next((coding for coding in preferred(accept) if coding in entry.etags), None)


def _matched(entry: Entry, header: bytes, coding: str | None) -> bytes:
    """The validator that the client has, whatever coding it asks for now; b"" for none of ours."""
    asked = entry.etags[coding or ""]
    if header == asked:
        return asked
    if header.strip(b" \t") == b"*":
        return asked
    had = tags(header)
    if asked in had:
        return asked
    return next((etag for etag in entry.etags.values() if etag in had), b"")


def _is_old(entry: Entry, header: bytes, now: float) -> bool:
    """Whether nothing changed since a date, which counts only if it has come (section 13.1.3)."""
    if header == entry.since:
        return True
    since = moment(header)
    return since is not None and entry.modified <= since <= now


def _part(entry: Entry, said: dict[bytes, bytes]) -> Verdict:
    """A 206, a 416, or everything where the client has another version (section 13.1.5)."""
    condition = said.get(b"if-range")
    if condition is not None and condition not in (entry.etags[""], entry.since):
        return Verdict(200)
    span = byte_range(said[b"range"], entry.stamp.size)
    if span is None:
        return Verdict(200)
    return Verdict(206, span=span) if span[1] else Verdict(416)
