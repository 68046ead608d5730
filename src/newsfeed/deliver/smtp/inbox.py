"""What the lines tell between two ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from newsfeed.deliver.smtp.parcel import Result

if TYPE_CHECKING:
    from newsfeed.deliver.smtp.line import Line

_SPACE = 64 * 1024  # bytes


class Inbox:
    """What happened on the lines since it was last emptied.

    `ready` are lines whose next body may begin, `hungry` those that could take an envelope, in the
    order in which they became so. `wake` is called for all of these, but not for lines that become
    hungry as they are told to do something.
    """

    __slots__ = ("gone", "hungry", "ready", "results", "space", "wake")

    def __init__(self, wake: Callable[[], None]) -> None:
        self.results: list[Result] = []
        self.ready: list[Line] = []
        self.hungry: dict[Line, None] = {}
        self.gone: list[Line] = []
        self.wake = wake
        self.space = memoryview(bytearray(_SPACE))  # one for all: what is read is used at once

    def add(self, result: Result) -> None:
        """Keep what became of a parcel."""
        self.results.append(result)
        self.wake()
