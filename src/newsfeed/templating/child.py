"""The process in which an operator's templates run: bounded, without environment and disk.

It speaks to `guard` alone: first the shelf and the limits come in, which READY answers, then
requests, each answered; it ends when nothing comes any more.
"""

from __future__ import annotations

import resource
import struct
import sys
from math import ceil
from typing import IO, Any

import msgspec

from newsfeed.errors import TemplateError
from newsfeed.templating.engine import Engine
from newsfeed.templating.limits import Limits
from newsfeed.templating.shelf import Shelf

READY = b"ready"
"""The first answer, before any request."""

LENGTH = struct.Struct(">I")


class Start(msgspec.Struct, frozen=True):
    """What the child is given once."""

    shelf: Shelf
    limits: Limits


class Request(msgspec.Struct, frozen=True):
    """A template to fill; `values` are plain."""

    name: str
    values: dict[str, Any]
    escaped: bool


class Answer(msgspec.Struct, frozen=True):
    """What came out; or, where there is a `problem`, what a TemplateError says."""

    text: str = ""
    problem: str = ""
    remedy: str = ""
    where: str = ""


def main() -> None:
    """Answer requests on standard input until there are no more."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    start = msgspec.msgpack.decode(receive(source), type=Start)
    engine = Engine(start.shelf, start.limits.output)
    resource.setrlimit(resource.RLIMIT_AS, (start.limits.memory, start.limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    send(target, READY)
    while data := receive(source):
        _allow(start.limits.processor)
        request = msgspec.msgpack.decode(data, type=Request)
        send(target, msgspec.msgpack.encode(_answer(engine, request)))


def _answer(engine: Engine, request: Request) -> Answer:
    try:
        text = engine.filled(request.name, request.values, escaped=request.escaped)
    except TemplateError as error:
        return Answer(problem=error.problem, remedy=error.remedy, where=error.where)
    return Answer(text=text)


def _allow(seconds: float) -> None:
    """So much more processor time; the system ends a process that takes more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = ceil(usage.ru_utime + usage.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (wanted, most))


def send(target: IO[bytes], data: bytes) -> None:
    """One message: its length, then itself."""
    target.write(LENGTH.pack(len(data)))
    target.write(data)
    target.flush()


def receive(source: IO[bytes]) -> bytes:
    """One message; b"" at the end."""
    head = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
