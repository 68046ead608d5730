"""A Jekyll site with mistakes: each is named, and all else is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.collect.conventions.jekyll import GENERATOR
from tests.generators.jekyll.test_switch import newsfeed

CONFIG = "title: Hill\nurl: https://hill.example.org\nplugins: [jekyll-feed]\n"
GOOD = "---\ntitle: Good\n---\nText.\n"
MISTAKES = {
    "_posts/2024-01-01-open.md": ("---\ntitle: [\n", "2024-01-01-open.md:"),
    "_posts/2024-01-02-twice.md": ("---\ntitle: a\ntitle: b\n---\n", "2024-01-02-twice.md:3"),
    "_posts/2024-02-30-leap.md": (GOOD, "impossible date"),
    "_posts/2024-01-03-moment.md": ("---\ndate: 2024-01-03 25:61:00\n---\n", "does not exist"),
    "_posts/2024-01-04-never.md": ("---\ndate: soon\n---\n", "is not a date"),
    "_posts/2024-01-05-where.md": ("---\npermalink: /:moon/\n---\n", ":moon"),
    "_posts/2024-01-06-which.md": ("---\npermalink: [a]\n---\n", ""),
}
"""Files, and what is said of them; "" for what can be read after all."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "_posts/2024-03-01-good.md").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_settings_that_do_not_parse_are_named_and_the_layout_tells_the_generator(
    site: Path,
) -> None:
    """`init` goes on; what needs the rules does not, since they would be guessed."""
    (site / "_config.yml").write_text("title: [Hill\nurl: x", encoding="utf-8")
    done = newsfeed("init", folder=site)
    assert done.returncode == 0
    assert "_config.yml: cannot be read" in done.stderr
    assert 'generator = "jekyll"' in (site / "_newsfeed.toml").read_text(encoding="utf-8")
    done = newsfeed("build", folder=site)
    assert done.returncode == 2
    assert "_config.yml: cannot be read" in done.stderr


def test_a_zone_that_there_is_not_is_named(site: Path) -> None:
    with (site / "_config.yml").open("a", encoding="utf-8") as file:
        file.write("timezone: Moon/Tycho\n")
    done = newsfeed("init", folder=site)
    assert done.returncode == 2
    assert "Moon/Tycho" in done.stderr
    assert not (site / "_newsfeed.toml").exists()


def test_each_broken_post_is_named_and_all_others_are_published(site: Path) -> None:
    for name, (text, _) in MISTAKES.items():
        (site / name).write_text(text, encoding="utf-8")
    assert newsfeed("init", folder=site).returncode == 0
    done = newsfeed("build", folder=site)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    for name, (_, said) in MISTAKES.items():
        lines = [line for line in done.stderr.splitlines() if line.startswith(name)]
        assert (said in "".join(lines)) if said else not lines, name
    assert ">Good</title>" in (site / "_public/feed.xml").read_text(encoding="utf-8")


def test_a_post_with_unclosed_liquid_is_published_whole(site: Path) -> None:
    """One warning names the first tag and counts the others."""
    (site / "_posts/2024-04-01-liquid.md").write_text(
        GOOD + "{% raw %}One.\n\n{% if x %}Two.\n\n{{ three\n\n{% highlight ruby %}Four.\n",
        encoding="utf-8",
    )
    assert newsfeed("init", folder=site).returncode == 0
    assert newsfeed("build", folder=site).returncode == 0
    feed = (site / "_public/feed.xml").read_text(encoding="utf-8")
    assert all(word in feed for word in ("One.", "Two.", "three", "Four."))
    warning = newsfeed("check", folder=site).stderr
    assert "2024-04-01-liquid.md:5: {% raw %} (and 3 more) is not evaluated" in warning


def test_of_a_feed_in_the_folder_the_beginning_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: Hill\n", encoding="utf-8")
    with (tmp_path / "feed.xml").open("wb") as file:
        file.write(b"<feed>")
        file.truncate(1 << 40)  # with holes: it takes no room
    assert GENERATOR.about(tmp_path).feeds == {"atom": "feed.xml"}
