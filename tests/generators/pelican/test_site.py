"""A site that Pelican builds and newsfeed reads: the switch of feeds is one that nobody sees."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import feedparser
import msgspec
import pytest

from tests.generators.kit import command, contents

SITE = Path(__file__).parent / "site"
ARTICLES = 68


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of the site with Pelican's output, and how to build it again."""

    folder: Path
    build: Callable[[], None]

    def feed(self, name: str) -> Path:
        return self.folder / "output/feeds" / name


@pytest.fixture(scope="module")
def pelican(require: Callable[[str], str]) -> Callable[[Path], None]:
    """Builds the site in a folder."""
    words = [require("pelican"), "content", "-s", "publishconf.py", "-o", "output", "-q"]

    def build(folder: Path) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder.parent)}
        subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)

    return build


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, pelican: Callable[[Path], None]) -> Path:
    """The site, built once for all tests."""
    folder = tmp_path_factory.mktemp("pelican") / "allotment"
    shutil.copytree(SITE, folder)
    pelican(folder)
    return folder


@pytest.fixture
def built(tmp_path: Path, first: Path, pelican: Callable[[Path], None]) -> Built:
    folder = tmp_path / "allotment"
    shutil.copytree(first, folder)
    return Built(folder=folder, build=lambda: pelican(folder))


@pytest.mark.parametrize("name", ["all.atom.xml", "all.rss.xml"])
def test_nothing_in_the_feed_is_different_and_no_setting_needs_a_change(
    built: Built, name: str
) -> None:
    """Titles, links, tag URIs, dates, order and categories of 68 articles are Pelican's."""
    assert len(feedparser.parse(built.feed(name).read_bytes()).entries) == ARTICLES
    assert command(built.folder, "init").returncode == 0
    assert command(built.folder, "build").returncode == 0
    done = command(built.folder, "check", "--against", str(built.feed(name)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_pelican_reads_and_writes_stays_byte_for_byte(built: Built) -> None:
    """Ours lies beside it, and Pelican makes nothing of it."""
    before = contents(built.folder)
    command(built.folder, "init")
    command(built.folder, "publish")
    ours = {path for path in contents(built.folder) if path not in before}
    assert "public/feeds/all.atom.xml" in ours
    assert {path.partition("/")[0] for path in ours} == {"newsfeed.toml", "public", ".newsfeed"}
    built.build()
    after = contents(built.folder)
    assert {path: after[path] for path in after if path not in ours} == before


def test_links_to_articles_and_files_lead_where_pelican_s_do(built: Built) -> None:
    """`{filename}`, `{static}`, `{attach}` and `{category}` in Markdown and reST."""
    command(built.folder, "init")
    command(built.folder, "build")
    theirs, ours = (
        feedparser.parse((built.folder / place / "feeds/all.atom.xml").read_bytes())
        for place in ("output", "public")
    )
    found = {entry.id: _addresses(entry.content[0].value) for entry in ours.entries}
    assert found == {entry.id: _addresses(entry.content[0].value) for entry in theirs.entries}
    assert sum(map(len, found.values())) == 5


def _addresses(html: str) -> list[str]:
    return re.findall(r'(?:href|src)="([^"]*)"', html)


def test_the_guide_s_commands_do_what_it_says(built: Built, root: Path) -> None:
    """Typed in the order in which they stand there."""
    guide = (root / "docs/guides/pelican.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    lines = block.splitlines()
    assert len(lines) == 4
    for line in lines:
        done = command(built.folder, *shlex.split(line)[1:])
        assert (done.returncode, "against" in line and done.stdout) in {(0, False), (0, "")}, line
