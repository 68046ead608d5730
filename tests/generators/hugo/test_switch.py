"""From Hugo's feeds to ours without a reader noticing, beside the real Hugo."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import feedparser
import pytest

from newsfeed.collect.feedfile import read_feed
from newsfeed.model import ReadFeed
from tests.generators.hugo.kit import SITE, Require, hugo
from tests.generators.kit import command, contents


@pytest.fixture(scope="module")
def switched(tmp_path_factory: pytest.TempPathFactory, require: Require) -> Path:
    """A copy of the site that Hugo has built, and then we, without an edit."""
    folder = tmp_path_factory.mktemp("hugo") / "cove"
    shutil.copytree(SITE, folder)
    hugo(require, folder)
    for word in ("init", "build"):
        done = command(folder, word)
        assert done.returncode == 0, done.stderr
    return folder


def feed(path: Path) -> ReadFeed:
    return read_feed(path.read_bytes(), path.name)


def test_hugos_feeds_have_the_posts_that_conventions_make(switched: Path) -> None:
    """What is compared is not empty: sixty and more, and none of those that are to stay out."""
    main, korean = (feed(switched / "public" / name) for name in ("index.xml", "ko/index.xml"))
    assert len(main.entries) + len(korean.entries) >= 60
    titles = {entry.title for entry in (*main.entries, *korean.entries)}
    assert not titles & {"Unfinished", "Glue", "Soup", "The rake", "The lamp in the year 2099"}
    assert not titles & {"Prices at the June market", "Taken back", "Not for now"}


@pytest.mark.parametrize("name", ["index.xml", "ko/index.xml"])
def test_a_reader_notices_nothing_of_the_switch(switched: Path, name: str) -> None:
    """Neither titles, links, ids, dates and order nor the place of the feed are different."""
    done = command(switched, "check", "--against", f"public/{name}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["index.xml", "ko/index.xml"])
def test_articles_stand_where_hugo_puts_them(switched: Path, name: str) -> None:
    """Those with a weight first, and of one date by title."""
    ours, theirs = (feed(switched / place / name) for place in ("newsfeed-public", "public"))
    assert [one.id for one in ours.entries] == [one.id for one in theirs.entries]
    assert len({one.published for one in theirs.entries}) < len(theirs.entries)


def test_no_language_gets_the_articles_of_the_other(switched: Path) -> None:
    """Neither in feeds nor in newsletters, of which there is one in each."""
    ours = feed(switched / "newsfeed-public/index.xml")
    assert not any("/ko/" in entry.url for entry in ours.entries)
    command(switched, "publish")
    letters = sorted(path.name for path in (switched / ".newsfeed/preview").glob("*.txt"))
    assert letters == ["weekly-en.txt", "weekly-ko.txt"]
    english = (switched / ".newsfeed/preview/weekly-en.txt").read_text(encoding="utf-8")
    korean = (switched / ".newsfeed/preview/weekly-ko.txt").read_text(encoding="utf-8")
    assert "Kelp on the doorstep" in english
    assert "Kelp on the doorstep" not in korean
    assert "도서관 시계" in korean
    assert "도서관 시계" not in english


@pytest.mark.parametrize("name", ["index.xml", "ko/index.xml"])
def test_the_feed_of_each_language_is_called_as_hugos(switched: Path, name: str) -> None:
    ours, theirs = (
        feedparser.parse((switched / place / name).read_bytes())
        for place in ("newsfeed-public", "public")
    )
    assert ours.feed.title == theirs.feed.title


def test_the_newsletter_of_each_language_has_its_title(switched: Path) -> None:
    settings = tomllib.loads((switched / "newsfeed.toml").read_text(encoding="utf-8"))
    assert {one["name"]: one["title"] for one in settings["newsletters"]} == {
        "weekly-en": "Lantern Cove",
        "weekly-ko": "등대 마을",
    }


def test_hugo_builds_the_same_as_before(switched: Path, require: Require) -> None:
    """Nothing of ours is published by Hugo, and nothing of Hugo's is changed by us."""
    before = contents(switched / "public")
    command(switched, "build")
    assert contents(switched / "public") == before
    shutil.rmtree(switched / "public")
    hugo(require, switched)
    assert contents(switched / "public") == before


def test_no_file_of_the_site_is_changed(switched: Path) -> None:
    now, before = contents(switched), contents(SITE)
    assert before.items() <= now.items()
    ours = {name.split("/")[0] for name in now.keys() - before.keys()}
    assert ours == {"newsfeed.toml", "newsfeed-public", "public", ".newsfeed", ".hugo_build.lock"}


def test_bodies_say_what_hugo_shows(switched: Path, tmp_path: Path) -> None:
    """Org, HTML and Markdown; links between articles lead to their addresses."""
    folder = shutil.copytree(switched, tmp_path / "whole")
    settings = folder / "newsfeed.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('content = "excerpt"', 'content = "full"'), encoding="utf-8")
    command(folder, "build")
    found = _texts(folder / "newsfeed-public/index.xml")
    assert "<em>warm</em> coat and <strong>patience</strong>" in found["Watching the moon"]
    assert "<td>6.1</td>" in found["Watching the moon"]
    assert "Depths are in <em>fathoms</em>" in found["A chart, in HTML"]
    assert (
        'href="https://lantern.example.org/journal/2023/01/ice-on-the-slip/"'
        in (found['What the lamp "eats"'])
    )
    assert "journal/2023/01/first-light-of-the-year/" in found['What the lamp "eats"']
    assert 'print(hour, "&lt;", high)' in found["A tide table in nine lines"]
    assert "{{&lt; tide &gt;}}" in found["A tide table in nine lines"]
    assert "Low water was at <strong>16:05</strong>." in found["Ice on the slip"]
    assert "youtube.com/watch?v=abcDEF12345" in found["The lighthouse on film"]
    assert "<figcaption>The harbour, <em>in April</em></figcaption>" in found["Mending nets"]
    assert "journal/letters/storm/barometer.png" in found["A letter about the storm"]


def _texts(path: Path) -> dict[str, str]:
    """The HTML of each article of a feed by its title."""
    entries = feedparser.parse(path.read_bytes(), sanitize_html=False).entries
    return {entry.title: entry.content[0].value for entry in entries}


def test_what_was_dropped_is_told_with_its_place(switched: Path) -> None:
    done = command(switched, "check")
    assert 'content/letters/2023-10-01-harvest/index.md:6: {{< boat name="Marigold" >}}' in (
        done.stderr
    )
    assert "lamp-oil" not in done.stderr


def test_the_guide_s_commands_do_what_it_says(tmp_path: Path, root: Path, require: Require) -> None:
    """Typed in a copy of the site in the order in which they stand there."""
    folder = shutil.copytree(SITE, tmp_path / "cove")
    guide = (root / "docs/guides/hugo.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    lines = [shlex.split(line) for line in block.splitlines()]
    assert [words[0] for words in lines] == ["hugo", "newsfeed", "newsfeed", "newsfeed", "cp"]
    hugo(require, folder)
    for words in lines[1:4]:
        done = command(folder, *words[1:])
        assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert lines[4] == ["cp", "-r", "newsfeed-public/.", "public/"]
    theirs = contents(folder / "public")
    shutil.copytree(folder / "newsfeed-public", folder / "public", dirs_exist_ok=True)
    ours, now = contents(folder / "newsfeed-public"), contents(folder / "public")
    assert ours.keys() & theirs.keys() >= {"index.xml", "ko/index.xml"}
    assert ours.items() <= now.items()
    assert {path: now[path] for path in theirs if path not in ours}.items() <= theirs.items()
