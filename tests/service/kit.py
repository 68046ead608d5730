"""The real `newsfeed run` in processes of their own, and sites with something to do at once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.kit import SETTINGS, Site
from tests.rigs.servers import until

ANY_PORT = "127.0.0.1:0"
PATIENCE = 40.0

LIMIT = 25.0
"""Seconds in which it ends whatever happens, and with a failure where it had to be forced."""

WEEKLY = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
schedule = "mon 08:00"
from = "한반도 브리핑 <news@example.org>"
max_late = "30d"
"""
"""Late by weeks is not too late: what a test leaves due is due whenever it runs."""


class Running:
    """A `newsfeed run` that runs."""

    def __init__(self, folder: Path, log: Path, *words: str, **environment: str) -> None:
        self._log = log
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsfeed", "run", *words],
                cwd=folder,
                env={**os.environ, "NO_COLOR": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    @property
    def said(self) -> str:
        """Everything that it wrote so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    @property
    def leads(self) -> bool:
        """Whether it said that it leads."""
        return "this process leads" in self.said

    def hears(self, words: str, patience: float = PATIENCE) -> None:
        """Wait until it says something."""
        self.until(lambda: words in self.said, words, patience)

    def until(self, true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        """Wait for something. Raises AssertionError, with what it said, where it does not come."""
        try:
            until(lambda: true() or not self.runs, what, patience)
            assert true(), "it has ended"
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}: {self.said}") from None

    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:43210`, as soon as it does."""
        self.hears("Ctrl-C ends it")
        found = re.search(r"listening on (http://\S+)/\n", self.said)
        assert found, self.said
        return found[1]

    def end(self, number: signal.Signals = signal.SIGTERM, patience: float = PATIENCE) -> int:
        """Send it a signal; gives its exit status. Raises AssertionError, with what it said, where
        it does not end.
        """
        self.process.send_signal(number)
        return self.ended(patience)

    def ended(self, patience: float = PATIENCE) -> int:
        """Wait for its end; likewise."""
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end: {self.said}") from None


class Clock:
    """The clock of a service, as libfaketime sets it; what is measured in seconds goes its way."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"

    def set(self, moment: datetime) -> None:
        """Let it show a moment, and go on from there."""
        ahead = (moment - datetime.now(UTC)).total_seconds()
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{ahead:+.3f}\n")
        fresh.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to live by it."""
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


@contextmanager
def running(site: Site, *words: str, name: str = "run", **environment: str) -> Iterator[Running]:
    """A service that is ended in the end, whatever happens."""
    chosen = words or ("--listen", ANY_PORT)
    service = Running(site.folder, site.folder.parent / f"{name}.log", *chosen, **environment)
    try:
        yield service
    finally:
        if service.runs:
            service.process.kill()
            service.process.wait()


def due_site(folder: Path, *, subscribers: int = 0, more: str = "", settings: str = "") -> Site:
    """A site whose weekly newsletter is due as soon as anybody looks, since its clock began two
    weeks ago; with one article that was in no edition. `more` are lines of the newsletter.
    """
    site = Site(folder / "site", SETTINGS + WEEKLY + more + settings)
    site.post("one.md", "The first text.", date="2026-11-01")
    then = datetime.now(UTC) - timedelta(days=14)
    site.publish(then)
    if subscribers:
        site.subscribe(*addresses(subscribers), now=then)
    return site


def addresses(number: int) -> list[str]:
    """Readers at seven domains."""
    return [f"reader{n}@mail{n % 7}.example.org" for n in range(number)]


def editions(site: Site) -> list[dict[str, Any]]:
    """What `newsfeed status --json` says."""
    result = site.run("status", "--json")
    assert result.returncode == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["editions"]
    return found
