"""Feeds that are large are read in a process of their own, within bounds of time and memory.

A feed can be written that takes hours or all memory to read; what is small cannot take much.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import msgspec

from newsfeed.collect.feedfile import NoFeedError
from newsfeed.collect.remote.document import read_document
from newsfeed.collect.remote.item import Document

SMALL = 256_000
"""Bytes up to which a feed is read here: at worst that takes a second."""

_NO_FEED = 3
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from newsfeed.collect.remote import bounded; "
)
_PROGRAM += "bounded.main()"
_ROOT = str(Path(__file__).parents[3])


class TooMuchError(Exception):
    """The feed takes more than it may to be read."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a large feed may take: seconds of processor time and on the clock, bytes."""

    processor: int = 20
    clock: int = 40
    memory: int = 1 << 30


class _Request(msgspec.Struct, frozen=True):
    data: bytes
    url: str
    bounds: Bounds


BOUNDS = Bounds()


def read_bounded(data: bytes, url: str, bounds: Bounds = BOUNDS) -> Document:
    """As `read_document`. Raises NoFeedError, TooMuchError."""
    if len(data) <= SMALL:
        return read_document(data, url)
    try:
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-I", "-c", _PROGRAM, _ROOT],
            input=msgspec.msgpack.encode(_Request(data, url, bounds)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            process_group=0,  # Ctrl-C is for us, who may have to finish what is begun
            timeout=bounds.clock,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooMuchError from None
    if done.returncode == _NO_FEED:
        raise NoFeedError("is no feed", where=url, remedy="name a feed")
    if done.returncode:
        raise TooMuchError
    return msgspec.msgpack.decode(done.stdout, type=Document)


def main() -> None:
    """Read the request on standard input, and write the document to standard output."""
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=_Request)
    most = request.bounds
    resource.setrlimit(resource.RLIMIT_AS, (most.memory, most.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (most.processor, most.processor))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        document = read_document(request.data, request.url)
    except NoFeedError:
        sys.exit(_NO_FEED)
    sys.stdout.buffer.write(msgspec.msgpack.encode(document))
