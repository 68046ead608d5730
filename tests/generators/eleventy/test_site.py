"""A site that Eleventy builds and newsfeed reads: the switch of feeds is one that nobody sees."""

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

from tests.conftest import missing
from tests.generators.kit import command, contents

SITE = Path(__file__).parent / "site"
ARTICLES = 74


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of the site with Eleventy's output, and how to build it again."""

    folder: Path
    build: Callable[[], None]

    @property
    def feed(self) -> Path:
        return self.folder / "_site/feed.xml"


@pytest.fixture
def built(tmp_path: Path, require: Callable[[str], str]) -> Built:
    folder = tmp_path / "tidemill"
    shutil.copytree(SITE, folder)
    _commit_twice(folder, require("git"))
    packages = Path(os.environ.get("NODE_PATH", ""))
    if not (packages / "@11ty/eleventy-plugin-rss").is_dir():
        missing("the npm package @11ty/eleventy-plugin-rss (in NODE_PATH)")
    (folder / "node_modules").symlink_to(packages)
    words = [require("node"), "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]

    def build() -> None:
        environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "HOME": str(tmp_path)}
        subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)

    build()
    return Built(folder=folder, build=build)


def _commit_twice(folder: Path, git: str) -> None:
    """A history in which two articles, which are dated by it, changed after they had been added."""

    def run(*words: str, date: str = "") -> None:
        names = ("-c", "user.name=n", "-c", "user.email=n@example.invalid")
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **dates}
        subprocess.run(
            [git, *names, *words], cwd=folder, env=environment, check=True, capture_output=True
        )

    run("init", "-q")
    run("add", "-A")
    run("commit", "-qm", "one", date="2024-07-10T10:00:00Z")
    for name in ("added-with-git.md", "changed-with-git.md"):
        with (folder / "content/posts" / name).open("a", encoding="utf-8") as file:
            file.write("\nAnd a word more.\n")
    run("commit", "-qam", "two", date="2024-07-12T10:00:00Z")


def test_nothing_in_the_feed_is_different_and_no_setting_needs_a_change(built: Built) -> None:
    """Titles, links, ids, dates, order and categories of 74 articles are those of its plugin."""
    assert len(feedparser.parse(built.feed.read_bytes()).entries) == ARTICLES
    assert command(built.folder, "init").returncode == 0
    assert command(built.folder, "build").returncode == 0
    done = command(built.folder, "check", "--against", str(built.feed))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_guide_s_commands_do_what_it_says(built: Built, root: Path) -> None:
    """Typed in the order in which they stand there."""
    guide = (root / "docs/guides/eleventy.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    lines = block.splitlines()
    assert len(lines) == 4
    for line in lines:
        done = command(built.folder, *shlex.split(line)[1:])
        assert (done.returncode, "against" in line and done.stdout) in {(0, False), (0, "")}, line


def test_what_eleventy_reads_and_writes_stays_byte_for_byte(built: Built) -> None:
    """Ours lies beside it, and Eleventy makes nothing of it."""
    before = contents(built.folder)
    command(built.folder, "init")
    command(built.folder, "publish")
    ours = {path for path in contents(built.folder) if path not in before}
    assert "public/feed.xml" in ours
    assert {path.partition("/")[0] for path in ours} == {"newsfeed.toml", "public", ".newsfeed"}
    built.build()
    after = contents(built.folder)
    assert {path: after[path] for path in after if path not in ours} == before


def test_a_folder_of_the_site_is_read_by_the_site_s_rules(built: Built) -> None:
    """`newsfeed init` in the folder of articles finds the settings above it."""
    folder = built.folder / "content/posts/essays"
    said = command(folder, "init").stdout
    assert "the folder belongs to eleventy (eleventy.config.js" in said
    command(folder, "build")
    links = {
        entry.link for entry in feedparser.parse((folder / "public/feed.xml").read_bytes()).entries
    }
    assert "https://tidemill.example.org/essays/2023/09/on-labels/" in links
