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


@pytest.fixture(scope="module")
def eleventy(require: Callable[[str], str]) -> Callable[[Path], None]:
    """Builds the site in a folder, which gets the packages that it needs."""
    packages = Path(os.environ.get("NODE_PATH", ""))
    if not (packages / "@11ty/eleventy-plugin-rss").is_dir():
        missing("the npm package @11ty/eleventy-plugin-rss (in NODE_PATH)")
    words = [require("node"), "node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]

    def build(folder: Path) -> None:
        if not (folder / "node_modules").exists():
            (folder / "node_modules").symlink_to(packages)
        environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "HOME": str(folder.parent)}
        subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)

    return build


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory,
    require: Callable[[str], str],
    eleventy: Callable[[Path], None],
) -> Path:
    """The site, built once for all tests."""
    folder = tmp_path_factory.mktemp("eleventy") / "tidemill"
    shutil.copytree(SITE, folder)
    _commit_twice(folder, require("git"))
    eleventy(folder)
    return folder


@pytest.fixture
def built(tmp_path: Path, first: Path, eleventy: Callable[[Path], None]) -> Built:
    folder = tmp_path / "tidemill"
    shutil.copytree(first, folder, symlinks=True)
    return Built(folder=folder, build=lambda: eleventy(folder))


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
    """`newsfeed init` in the folder of articles finds the settings above it, and says so."""
    folder = built.folder / "content/posts/essays"
    done = command(folder, "init")
    assert "the folder belongs to eleventy (eleventy.config.js" in done.stdout
    assert done.stderr.startswith(f"{built.folder}: content/posts/essays/ is part of this site")
    command(folder, "build")
    links = {
        entry.link for entry in feedparser.parse((folder / "public/feed.xml").read_bytes()).entries
    }
    assert "https://tidemill.example.org/essays/2023/09/on-labels/" in links


FEED = """\
---
permalink: feed/feed.xml
eleventyExcludeFromCollections: true
metadata:
  title: Loose leaves
  url: https://leaves.example.org/
---
<feed xmlns="http://www.w3.org/2005/Atom"><title>{{ metadata.title }}</title>
<link href="{{ permalink | absoluteUrl(metadata.url) }}" rel="self"/>
{%- for post in collections.leaf | reverse %}
{%- set url = post.url | absoluteUrl(metadata.url) %}
<entry><title>{{ post.data.title }}</title><link href="{{ url }}"/>
<updated>{{ post.date | dateToRfc3339 }}</updated><id>{{ url }}</id>
</entry>{%- endfor %}</feed>
"""
PLAIN = """\
import rss from "@11ty/eleventy-plugin-rss";
export default (config) => { config.addPlugin(rss); };
"""


def test_a_site_without_folders_of_its_own_is_left_alone_too(
    tmp_path: Path, eleventy: Callable[[Path], None]
) -> None:
    """Eleventy's usual input is the whole folder, in which we write; a template is its feed."""
    folder = tmp_path / "leaves"
    folder.mkdir()
    (folder / "eleventy.config.js").write_text(PLAIN, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "feed.njk").write_text(FEED, encoding="utf-8")
    for day in ("01", "02", "02b"):
        text = f"---\ntitle: Leaf {day}\ndate: 2024-05-{day[:2]}\ntags: leaf\n---\n\nGreen."
        (folder / f"{day}.md").write_text(text, encoding="utf-8")
    eleventy(folder)
    before = contents(folder)
    assert "Wrote .eleventyignore: eleventy shall not read" in command(folder, "init").stdout
    assert command(folder, "publish").returncode == 0
    done = command(folder, "check", "--against", "_site/feed/feed.xml")
    assert (done.returncode, done.stdout) == (0, "")
    eleventy(folder)
    after = contents(folder)
    new = {path for path in after if path not in before}
    names = {"newsfeed.toml", "public", ".newsfeed", ".eleventyignore"}
    assert {path.partition("/")[0] for path in new} == names
    assert {path: after[path] for path in after if path not in new} == before
