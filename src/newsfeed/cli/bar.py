"""Progress of work whose size is known: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PATIENCE = 0.5
"""Seconds from which on there is something worth showing."""

_BETWEEN_LINES = 10.0


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A function that hears what is being done, and how much of how much (0: not known)."""
    shown = _Bar() if sys.stderr.isatty() else _Lines()
    try:
        yield shown.update
    finally:
        shown.close()


class _Lines:
    """For logs: what is done and how far, every ten seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def update(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= _BETWEEN_LINES:
            self._last = now
            share = f" {100 * done // total} %" if total else ""
            click.echo(f"{what}{share} ...", err=True)

    def close(self) -> None:
        """There is nothing to take away."""


class _Bar:
    """A bar of rich's, which is imported only where work takes its time."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._drawn: _Drawn | None = None

    def update(self, what: str, done: int, total: int) -> None:
        if self._drawn is None and time.monotonic() - self._begin >= PATIENCE:
            self._drawn = _Drawn(what, done, total)
        elif self._drawn:
            self._drawn.show(what, done, total)

    def close(self) -> None:
        if self._drawn:
            self._drawn.stop()


class _Drawn:
    def __init__(self, what: str, done: int, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(what, completed=done, total=total or None)
        self._progress.start()

    def show(self, what: str, done: int, total: int) -> None:
        self._progress.update(self._task, description=what, completed=done, total=total or None)

    def stop(self) -> None:
        self._progress.stop()
