"""The real `newsfeed serve` on a free loopback port, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.web.kit import Desk
from tests.web.shelf_kit import Served

ANY_PORT = "127.0.0.1:0"


class Service:
    """A running service: where it listens, and what it says on stderr once it has ended."""

    def __init__(self, desk: Desk | Served, *words: str) -> None:
        self._said = desk.site.folder / "serve.log"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsfeed", "serve", *words],
                cwd=desk.site.folder,
                env={**os.environ, "NO_COLOR": "1"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    @property
    def said(self) -> str:
        """Everything that it wrote so far."""
        return self._said.read_text(encoding="utf-8")

    def url(self, patience: float = 30.0) -> str:
        """Where it listens, such as `http://127.0.0.1:43210`, as soon as it does."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            found = re.search(r"listening on (http://\S+)/\n", self.said)
            if found and "Ctrl-C" in self.said:
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"it does not listen: {self.said}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal; gives its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@contextmanager
def serving(desk: Desk | Served, *words: str) -> Iterator[Service]:
    """A service that is ended in the end, whatever happens."""
    service = Service(desk, *(words or ("--listen", ANY_PORT)))
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()
