"""Progress of long work: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FROM = 200
"""Steps of one kind from which on there is something worth showing."""


@contextmanager
def progress() -> Iterator[Callable[[str, int], None]]:
    """A function that hears what is being done and how many are done."""
    if not sys.stderr.isatty():
        yield lambda _what, _done: None
        return
    shown = _Shown()
    try:
        yield shown.update
    finally:
        shown.close()


class _Shown:
    """A line of rich's, made only once there is enough to show."""

    def __init__(self) -> None:
        self._status: _Status | None = None

    def update(self, what: str, done: int) -> None:
        if done >= FROM and done % 50 == 0:
            if self._status is None:
                self._status = _Status()
            self._status.show(f"{what} {done:,}")

    def close(self) -> None:
        if self._status:
            self._status.stop()


class _Status:
    def __init__(self) -> None:
        from rich.console import Console

        self._status = Console(stderr=True).status("")
        self._status.start()

    def show(self, text: str) -> None:
        self._status.update(text)

    def stop(self) -> None:
        self._status.stop()
