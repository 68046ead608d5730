"""A small site on disk that tests publish, in this process or by the command line."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import feedparser

from newsfeed import config
from newsfeed.address import parse_address
from newsfeed.app import Project, make_plan, people, workshop
from newsfeed.flows.build import BuildOptions, BuildReport, Workshop
from newsfeed.flows.delivering import deliver
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan, Seams
from newsfeed.flows.publishing import PublishReport, publish

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)

LATER = 10_000_000_000
"""Nanoseconds that have passed since files were written, so that what was read of them is trusted.
"""

SETTINGS = """\
[site]
title = "한반도 브리핑"
url = "https://news.example.org"
language = "ko"
author = "편집실"
timezone = "Asia/Seoul"
[[sources]]
path = "posts"
"""

NEWSLETTER = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
schedule = "mon 08:00"
from = "한반도 브리핑 <news@example.org>"
"""


class Site:
    """A folder with newsfeed.toml and posts/."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.folder = folder
        self.posts = folder / "posts"
        self.output = folder / "public"
        self.posts.mkdir(parents=True)
        self.configure(settings)

    def copied(self, folder: Path) -> Site:
        """The same, store and all, in another folder."""
        shutil.copytree(self.folder, folder)
        twin = copy.copy(self)
        twin.folder, twin.posts, twin.output = folder, folder / "posts", folder / "public"
        return twin

    def configure(self, settings: str) -> None:
        """Replace the settings file."""
        (self.folder / "newsfeed.toml").write_text(settings, encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file below posts/."""
        path = self.posts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def post(self, name: str, body: str = "Text.", **fields: str) -> Path:
        """Write an article with front matter; a title is made up where none is given."""
        head = {"title": f"Title of {name}", **fields}
        lines = "".join(f"{key}: {value}\n" for key, value in head.items())
        return self.write(name, f"---\n{lines}---\n\n{body}\n")

    def plan(self) -> Plan:
        """The plan that the settings give."""
        file = self.folder / "newsfeed.toml"
        settings = config.load(file, {})
        return make_plan(Project(file=file, base=self.folder, settings=settings))

    def publish(
        self,
        now: datetime = NOW,
        *,
        workers: int = 1,
        allow_empty: bool = False,
        options: BuildOptions | None = None,
    ) -> PublishReport:
        """`newsfeed publish` in this process, with the clock at `now`."""
        seams = Seams(
            now=now,
            clock_ns=lambda: time.time_ns() + LATER,
            workers=workers,
            progress=lambda _what, _done: None,
        )
        with workshop(self.plan(), seams, allow_empty=allow_empty) as shop:
            return publish(shop, options or BuildOptions())

    def build(self, now: datetime = NOW, **options: bool) -> BuildReport:
        """The build's part of `publish`."""
        return self.publish(now, options=BuildOptions(**options)).build

    @contextmanager
    def shop(self, now: datetime = NOW) -> Iterator[Workshop]:
        """The open doors of a run, with the clock at `now`."""
        seams = Seams(
            now=now,
            clock_ns=lambda: time.time_ns() + LATER,
            workers=1,
            progress=lambda _what, _done: None,
        )
        with workshop(self.plan(), seams) as shop:
            yield shop

    @contextmanager
    def people(self, now: datetime = NOW) -> Iterator[People]:
        """The open store and keys, with the clock at `now`."""
        with people(self.plan(), now) as who:
            yield who

    def subscribe(
        self,
        *addresses: str,
        newsletter: str = "weekly",
        name: str = "",
        language: str = "",
        now: datetime = NOW,
    ) -> None:
        """Addresses that get a newsletter, with a stated consent."""
        with self.people(now) as who:
            for address in addresses:
                said = Enrolment(
                    name=name or None, language=language or None, consent="asked at the counter"
                )
                add(who, parse_address(address), newsletter, said)

    def deliver(self, now: datetime = NOW) -> list[Delivered] | None:
        """Deliver what is released, with the clock at `now`."""
        with self.people(now) as who:
            return deliver(who, clock=lambda: now)

    def round(self, now: datetime = NOW) -> PublishReport:
        """`newsfeed publish` as a whole: build, decide, release, deliver."""
        report = self.publish(now)
        self.deliver(now)
        return report

    def outbox(self, edition: str = "") -> dict[str, bytes]:
        """The letters of an edition, or all, by path below the outbox."""
        root = self.folder / ".newsfeed" / "outbox"
        found = sorted((root / edition).rglob("*.eml"))
        return {str(path.relative_to(root)): path.read_bytes() for path in found}

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The real command line, in a process of its own, standing in the folder."""
        return subprocess.run(
            [sys.executable, "-m", "newsfeed", *words],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def read(self, path: str) -> str:
        """A file of the output folder."""
        return (self.output / path).read_text(encoding="utf-8")

    def feed(self, path: str = "feed.xml") -> feedparser.FeedParserDict:
        """A feed of the output folder as an independent reader sees it."""
        return feedparser.parse((self.output / path).read_bytes())

    def titles(self, path: str = "feed.xml") -> list[str]:
        """The titles of a feed's items."""
        return [entry.title for entry in self.feed(path).entries]

    def files(self) -> dict[str, bytes]:
        """Every file of the output folder."""
        found = (path for path in self.output.rglob("*") if path.is_file())
        return {str(p.relative_to(self.output)): p.read_bytes() for p in found}


def plain(mail: EmailMessage) -> str:
    """What a mail says in its text part, or as a whole where it is text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
