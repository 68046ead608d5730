"""The real `newsfeed preview` in a process of its own, and a site to look at."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image

from tests.kit import NEWSLETTER, SETTINGS, Site
from tests.rigs.servers import until

PATIENCE = 30.0


class Preview:
    """A preview that runs."""

    def __init__(self, site: Site, *words: str, **environment: str) -> None:
        self.site = site
        self._log = site.folder.parent / f"preview-{time.monotonic_ns()}.log"
        with self._log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsfeed", "preview", "--listen", "127.0.0.1:0", *words],
                cwd=site.folder,
                env={**os.environ, **environment},
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

    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:43210`, as soon as it does."""
        until(lambda: "Ctrl-C ends it" in self.said or not self.runs, "it listens", PATIENCE)
        found = re.search(r"preview on (http://[^/\s]+)(\S*) \(", self.said)
        assert found, self.said
        return found[1]

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a path, as a program that is no browser."""
        return httpx.get(self.url() + path, headers=headers, timeout=PATIENCE)

    def end(self) -> int:
        """Press Ctrl-C; gives the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def preview(site: Site, *words: str, **environment: str) -> Iterator[Preview]:
    """A preview that is ended in the end, whatever happens."""
    found = Preview(site, *words, **environment)
    try:
        found.url()
        yield found
    finally:
        if found.runs:
            found.process.kill()
            found.process.wait()


def furnished(folder: Path) -> Site:
    """A site with two articles, one with an image, and a newsletter that somebody gets."""
    site = Site(folder / "site", SETTINGS + NEWSLETTER)
    Image.new("RGB", (700, 300), (30, 60, 90)).save(site.posts / "sea.png")
    site.post("one.md", "The first text.\n\n![A calm sea](sea.png)", title="First title")
    site.post("two.md", "The second text.", title="Second title")
    site.subscribe("kim@example.org", name="Kim Hana")
    return site
