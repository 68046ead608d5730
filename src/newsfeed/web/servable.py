"""One file as it is served: its validators, its headers for each coding, and what is packed."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path
from typing import NamedTuple, Self

from newsfeed.web.conditional import CODINGS, http_date
from newsfeed.web.filetypes import Header, Manner

LEAST_PACKED = 256
"""Bytes from which on packing is worth it."""

_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5


class Stamp(NamedTuple):
    """What the disk says of a file; times in nanoseconds."""

    size: int
    mtime: int
    ctime: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """The stamp in a status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Entry:
    """A file below the output folder: `path` in NFC, `raw` as the disk spells it.

    `tag` is a hash of the bytes, or of the stamp where they are too many to read as a `whole`;
    `etags` are the strong validators that it has in each of its `codings` (RFC 9110 section
    8.8.3.3), "" being identity. `body` is None where it does not stay in memory. `packed` holds
    the body in other codings, as far as somebody asked and there was room.
    """

    __slots__ = (
        "_lines", "_not_modified", "body", "codings", "etags", "is_ours", "is_whole", "manner",
        "modified", "packed", "path", "raw", "root", "since", "stamp", "tag", "trusted",
    )  # fmt: skip

    def __init__(
        self,
        *,
        path: str,
        raw: str,
        root: Path,
        stamp: Stamp,
        trusted: bool,
        is_ours: bool,
        manner: Manner,
        body: bytes | None,
        modified: int,
    ) -> None:
        self.path = path
        self.raw = raw
        self.root = root
        self.stamp = stamp
        self.trusted = trusted
        self.is_ours = is_ours
        self.manner = manner
        self.body = body
        self.modified = modified
        self.since = http_date(modified)
        self.is_whole = body is not None
        known = body if body is not None else repr((stamp.size, stamp.mtime, stamp.inode)).encode()
        self.tag = hashlib.sha256(known).hexdigest()[:32]
        packs = manner.packs and body is not None and len(body) >= LEAST_PACKED
        self.codings = (*CODINGS, "") if packs else ("",)
        self.etags = {coding: self._etag(coding) for coding in self.codings}
        self.packed: dict[str, bytes] = {}
        self._not_modified: dict[bytes, list[Header]] = {}
        self._lines: dict[bytes | str, bytes] = {}

    @property
    def held(self) -> int:
        """Bytes of the body in memory."""
        return len(self.body) if self.body is not None else 0

    def is_still(self, raw: str, stamp: Stamp, *, is_ours: bool) -> bool:
        """Whether the file on the disk is this one."""
        return self.trusted and (self.raw, self.stamp, self.is_ours) == (raw, stamp, is_ours)

    def differs(self, other: Entry) -> bool:
        """Whether a client would notice."""
        mine = (self.tag, self.modified, self.manner)
        return mine != (other.tag, other.modified, other.manner)

    def without_body(self) -> Entry:
        """The same, to be read from the disk when it is asked for."""
        self.body = None
        self.packed.clear()
        return self

    def not_modified(self, etag: bytes) -> list[Header]:
        """The headers of a 304, which are those that a 200 would have (section 15.4.5)."""
        found = self._not_modified.get(etag)
        if found is None:
            found = self._not_modified[etag] = self._always(etag)
        return found

    def lines_of_304(self, etag: bytes) -> bytes:
        """The same as bytes, a line each."""
        found = self._lines.get(etag)
        if found is None:
            found = self._lines[etag] = _lines(self.not_modified(etag))
        return found

    def lines_of_200(self, coding: str, length: int) -> bytes:
        """The headers of a 200 as bytes, a line each; `length` is always that of the coding."""
        found = self._lines.get(coding)
        if found is None:
            found = self._lines[coding] = _lines(self.whole(coding, length))
        return found

    def whole(self, coding: str, length: int) -> list[Header]:
        """The headers of a 200, or of a 206 but for its range."""
        manner = self.manner
        return [
            *self._always(self.etags[coding]),
            (b"content-type", manner.content_type),
            (b"content-length", str(length).encode()),
            *([(b"content-encoding", coding.encode())] if coding else []),
            *([] if manner.packs else [(b"accept-ranges", b"bytes")]),
            *manner.whole,
        ]

    def _etag(self, coding: str) -> bytes:
        return f'"{self.tag}-{coding}"'.encode() if coding else f'"{self.tag}"'.encode()

    def _always(self, etag: bytes) -> list[Header]:
        return [
            (b"etag", etag),
            (b"last-modified", self.since),
            (b"cache-control", self.manner.cache),
            *([(b"vary", b"Accept-Encoding")] if self.manner.packs else []),
            (b"x-content-type-options", b"nosniff"),
            *self.manner.always,
        ]


def _lines(headers: list[Header]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


def pack(body: bytes, coding: str) -> bytes:
    """The body in a coding; the same bytes give the same bytes."""
    if coding == "gzip":
        return gzip.compress(body, _GZIP_LEVEL, mtime=0)
    if coding == "br":
        import brotli

        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return body
