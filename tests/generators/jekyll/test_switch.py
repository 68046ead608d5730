"""From jekyll-feed to newsfeed without a reader noticing, beside the real Jekyll."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from newsfeed.collect.feedfile import read_feed
from newsfeed.model import ReadFeed

SITE = Path(__file__).parent / "site"
BUILT_AT = "\ntime: 2026-01-01 00:00:00 +0900\n"
"""So that two builds of Jekyll are the same, byte for byte."""

Require = Callable[[str], str]


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in `folder`, in a zone that is not the site's."""
    environment = {**os.environ, "TZ": "America/New_York", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def newsfeed(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "newsfeed", *words, folder=folder)


def jekyll(require: Require, folder: Path) -> None:
    """Build the site into its `_site`."""
    done = run(require("jekyll"), "build", "--quiet", folder=folder)
    assert done.returncode == 0, done.stderr


def contents(folder: Path) -> dict[str, str]:
    """What lies below a folder, without Jekyll's cache, by a hash of each file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and ".jekyll-cache" not in path.parts
    }


def copied(folder: Path, *changes: tuple[str, str]) -> Path:
    """The site in `folder`, with changes of its settings."""
    shutil.copytree(SITE, folder)
    config = folder / "_config.yml"
    text = config.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    config.write_text(text + BUILT_AT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory, require: Require) -> Path:
    """A copy of the site that Jekyll has built, and then we, without an edit."""
    folder = copied(tmp_path_factory.mktemp("jekyll") / "hillside")
    jekyll(require, folder)
    for command in ("init", "build"):
        done = newsfeed(command, folder=folder)
        assert done.returncode == 0, done.stderr
    return folder


def feed(path: Path) -> ReadFeed:
    return read_feed(path.read_bytes(), path.name)


def test_the_feed_of_jekyll_has_the_posts_that_conventions_make(switched: Path) -> None:
    """What is compared is not empty: sixty posts and more, none of those that are to stay out."""
    theirs = feed(switched / "_site/feed.xml")
    assert len(theirs.entries) >= 60
    titles = " ".join(entry.title for entry in theirs.entries)
    assert not any(word in titles for word in ("Excluded", "Hidden", "draft", "future", "Pond"))


def test_a_reader_notices_nothing_of_the_switch(switched: Path) -> None:
    done = newsfeed("check", "--against", "_site/feed.xml", folder=switched)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_feed_of_a_category_is_taken_over(switched: Path) -> None:
    """It is compared with ours at its address, and the newest of the category are in it."""
    done = newsfeed("check", "--against", "_site/feed/sky.xml", folder=switched)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(feed(switched / "_public/feed/sky.xml").entries) == 5


def test_the_feed_lies_where_that_of_jekyll_does(switched: Path) -> None:
    ours, theirs = feed(switched / "_public/feed.xml"), feed(switched / "_site/feed.xml")
    assert ours.self_url == theirs.self_url == "https://hillside.example.org/notes/feed.xml"


def test_the_order_is_that_of_jekyll_also_where_dates_are_the_same(switched: Path) -> None:
    ours, theirs = feed(switched / "_public/feed.xml"), feed(switched / "_site/feed.xml")
    assert [one.id for one in ours.entries] == [one.id for one in theirs.entries]
    assert len({one.published for one in theirs.entries}) < len(theirs.entries)


def test_jekyll_builds_the_same_as_before(switched: Path, require: Require) -> None:
    """Nothing of ours is published by Jekyll, and nothing of Jekyll's is changed by us."""
    before = contents(switched / "_site")
    newsfeed("build", folder=switched)
    assert contents(switched / "_site") == before
    jekyll(require, switched)
    assert contents(switched / "_site") == before


def test_no_file_of_the_site_is_changed(switched: Path) -> None:
    now, before = contents(switched), contents(SITE)
    del before["_config.yml"]  # the copy has a line more
    assert before.items() <= now.items()
    ours = {name.split("/")[0] for name in now.keys() - before.keys()}
    assert ours == {"_config.yml", "_newsfeed.toml", "_public", "_site", ".newsfeed"}


def test_the_guide_s_commands_do_what_it_says(tmp_path: Path, root: Path, require: Require) -> None:
    """Typed in the order in which they stand there, after which our feed is in Jekyll's place."""
    guide = (root / "docs/guides/jekyll.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    folder = copied(tmp_path / "site")
    require("jekyll")
    for line in block.splitlines():
        words = shlex.split(line)
        if words[0] == "newsfeed":
            done = newsfeed(*words[1:], folder=folder)
        else:
            done = run(*words, folder=folder)
        assert done.returncode == 0, (line, done.stderr)
        assert "--against" not in line or done.stdout + done.stderr == ""
    ours = (folder / "_public/feed.xml").read_bytes()
    assert (folder / "_site/feed.xml").read_bytes() == ours


def test_posts_dated_ahead_are_there_where_the_site_shows_them(
    tmp_path: Path, require: Require
) -> None:
    folder = copied(tmp_path / "site", ("future: false", "future: true"))
    jekyll(require, folder)
    assert newsfeed("init", folder=folder).returncode == 0
    done = newsfeed("check", "--against", "_site/feed.xml", folder=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert feed(folder / "_site/feed.xml").entries[0].title == "From the future"


@pytest.mark.parametrize(
    "permalink",
    ["date", "weekdate", "none", "/:categories/:year/:short_month/:i_day/:slug:output_ext"],
)
def test_every_form_of_addresses_is_taken_over(
    permalink: str, tmp_path: Path, require: Require
) -> None:
    folder = copied(
        tmp_path / "site",
        ("permalink: /:categories/:year/:month/:day/:title/", f"permalink: {permalink}"),
        ("baseurl: /notes", "baseurl:"),
        ("posts_limit: 200", "posts_limit: 200\n  path: /news/atom.xml"),
    )
    jekyll(require, folder)
    assert newsfeed("init", folder=folder).returncode == 0
    done = newsfeed("check", "--against", "_site/news/atom.xml", folder=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_collection_is_a_source_of_its_own(tmp_path: Path, require: Require) -> None:
    """Its documents have their feed with jekyll-feed, and are not among the posts."""
    folder = copied(tmp_path / "site")
    jekyll(require, folder)
    kitchen = folder / "_kitchen"
    kitchen.mkdir()
    (kitchen / "newsfeed.toml").write_text(
        '[site]\ntitle = "Recipes"\nurl = "https://hillside.example.org/notes"\n'
        '[[sources]]\npath = "../_recipes"\n[feeds]\nformats = ["atom"]\n'
        '[feeds.paths]\natom = "feed/recipes.xml"\n',
        encoding="utf-8",
    )
    done = newsfeed("check", "--against", "../_site/feed/recipes.xml", folder=kitchen)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
