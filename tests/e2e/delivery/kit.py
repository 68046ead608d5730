"""A site whose letters leave by SMTP, and the real `newsfeed send` in processes of their own."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.kit import SETTINGS, Site
from tests.rigs.recording import Sink
from tests.rigs.servers import until

NEWSLETTER = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
from = "한반도 브리핑 <news@example.org>"
[server]
url = "http://127.0.0.1:8000"
"""

SUBSCRIBERS = int(os.environ.get("NEWSFEED_CRASH_SUBSCRIBERS", "2000"))
KILLS = int(os.environ.get("NEWSFEED_CRASH_KILLS", "8"))
SECONDS = float(os.environ.get("NEWSFEED_CRASH_SECONDS", "12"))
SEED = int(os.environ.get("NEWSFEED_CRASH_SEED", "4"))
"""How many get the edition, how often a process is killed, and how long quotas are watched."""

PATIENCE = 60 + SUBSCRIBERS // 100 + SECONDS
"""Seconds in which a sender has to end."""

TIMEOUT = 2 * PATIENCE + 10 * KILLS
"""Seconds in which a test has to."""


class Sender:
    """A `newsfeed send` that runs."""

    def __init__(self, folder: Path, log: Path, *words: str) -> None:
        self._log = log
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "newsfeed", "send", *words, "--yes"],
                cwd=folder,
                env={**os.environ, "NO_COLOR": "1", "PYTHONFAULTHANDLER": "1"},
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
        return self._process.poll() is None

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end (SIGTERM), and wait until it has."""
        self._process.terminate()
        self.end()

    def freeze(self) -> None:
        """Let it stand still, in the middle of whatever it does."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def end(self, patience: float = PATIENCE) -> int:
        """Its exit status, when it has ended by itself. Raises AssertionError where it does not,
        with what it was at.
        """
        try:
            return self._process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGABRT)
            self._process.wait()
            raise AssertionError(f"it does not end: {self.said}") from None


class Mailing:
    """A site with one new article, and subscribers of its newsletter who read three languages."""

    def __init__(self, folder: Path, port: int, subscribers: int, settings: str) -> None:
        self.site = Site(folder / "site", SETTINGS + NEWSLETTER + settings.format(port=port))
        self.site.post("one.md", "눈이 왔다. " * 200, date="2026-11-01", title="첫 글")
        self.addresses = [f"reader{n}@mail{n % 7}.example.org" for n in range(subscribers)]
        self.reads = dict(zip(self.addresses, itertools.cycle(("ko", "en", "ja")), strict=False))
        self._logs = folder
        self._senders: list[Sender] = []
        self._import()

    def _import(self) -> None:
        with (self.site.folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["Email", "Name", "Language", "Signed up"])
            rows.writerows(
                [one, "김서연", reads, "2025-03-01"] for one, reads in self.reads.items()
            )
        proof = ("--consent-source", "a form", "--consent-date-column", "Signed up")
        self.done("subscribers", "import", "people.csv", "--newsletter", "weekly", *proof)

    def done(self, *words: str) -> str:
        """What a command prints; it must succeed."""
        result = self.site.run(*words)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def send(self, *words: str) -> Sender:
        """Begin `newsfeed send weekly`: with an edition of its own if there is none yet."""
        log = self._logs / f"sender{len(self._senders)}.log"
        sender = Sender(self.site.folder, log, *(words or ("weekly",)))
        self._senders.append(sender)
        return sender

    def edition(self, *words: str) -> dict[str, Any]:
        """What `newsfeed status --json` says of the only edition that there is."""
        (found,) = json.loads(self.done("status", "--json", *words))["editions"]
        assert isinstance(found, dict)
        return found

    def close(self) -> None:
        """End every sender that still runs."""
        for sender in self._senders:
            if sender.runs:
                sender.kill()


@contextmanager
def mailing(
    folder: Path, sink: Sink, *, subscribers: int = SUBSCRIBERS, more: str = ""
) -> Iterator[Mailing]:
    """A site with so many subscribers, whose letters go to a recording server over 20 connections;
    `more` are further lines of [mail.smtp].
    """
    settings = (
        '[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\n'
        'security = "none"\nconnections = 20\n' + more
    )
    with closing(Mailing(folder, sink.port, subscribers, settings)) as found:
        yield found


def at_random(
    sink: Sink, sender: Sender, most: int, dice: random.Random, *, early: float = 0.25
) -> None:
    """Wait for a moment that nobody chose: after up to `most` further letters and some
    milliseconds; or, as often as `early` says, so soon that none may have left yet.
    """
    if dice.random() < early:
        time.sleep(dice.random())
        return
    goal = sink.count() + dice.randint(1, most)
    until(lambda: sink.count() >= goal or not sender.runs, f"{goal} letters", PATIENCE)
    time.sleep(dice.random() * 0.02)
