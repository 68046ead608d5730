"""How many connections there is room for, and what is said where more come.

Whatever else the service does needs descriptors too: its store, its jobs, the files that it gives.
"""

from __future__ import annotations

import errno
import logging
import resource
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_EVERY = 60.0
_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = logging.getLogger("newsfeed.web")


class Room(NamedTuple):
    """Of connections: how many may be open, and how many are accepted before the next look."""

    open: int
    at_once: int


def room(descriptors: int | None = None) -> Room:
    """For a process of so many descriptors; else for this one.

    A large file takes one beside its connection's, and a third of all is for everything else.
    """
    if descriptors is None:
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if descriptors == resource.RLIM_INFINITY:
            descriptors = 1 << 20
    return Room(max(descriptors // 3, 1), min(max(descriptors // 16, 1), 128))


class Seldom:
    """A warning that is said once in a minute, however often there is reason to."""

    def __init__(self, said: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._said = said
        self._clock = clock
        self._again = 0.0

    def say(self) -> None:
        """Say it, unless it was just said."""
        now = self._clock()
        if now >= self._again:
            self._again = now + _EVERY
            log.warning("%s", self._said)


def say_seldom_when_full(loop: asyncio.AbstractEventLoop) -> None:
    """asyncio would say of each try to accept that there is no descriptor, many times a second."""
    full = Seldom("no more files can be opened; connections wait")

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if "socket" in context and isinstance(error, OSError) and error.errno in _FULL:
            full.say()
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
