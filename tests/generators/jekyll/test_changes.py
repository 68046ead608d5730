"""What a post shows besides its own text: settings, and other posts. A change of it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generators.kit import command

CONFIG = """\
url: https://j.example.org
title: Cove
tide: high
timezone: Asia/Seoul
"""

SETTINGS = """\
[site]
title = "Cove"
url = "https://j.example.org"
[[sources]]
path = "."
generator = "jekyll"
[feeds]
output = "_public"
formats = ["rss"]
by = ["categories"]
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    posts = tmp_path / "_posts"
    posts.mkdir()
    (tmp_path / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "_newsfeed.toml").write_text(SETTINGS, encoding="utf-8")
    _write(posts / "2026-10-01-alpha.md", "category: News", "The tide is {{ site.tide }}.")
    _write(posts / "2026-10-02-beta.md", "category: Misc", "[It]({% post_url 2026-10-01-alpha %})")
    _built(tmp_path)
    return tmp_path


def _write(path: Path, more: str, text: str) -> None:
    front = f"title: A\ndate: {path.name[:10]} 09:00:00 +0900\n{more}"
    path.write_text(f"---\n{front}\n---\n{text}\n", encoding="utf-8")


def _built(site: Path, feed: str = "feed.xml") -> str:
    done = command(site, "build", "-c", "_newsfeed.toml")
    assert done.returncode == 0, done.stderr
    return (site / "_public" / feed).read_text(encoding="utf-8")


def test_a_setting_that_a_post_shows_is_shown_as_it_is_now(site: Path) -> None:
    (site / "_config.yml").write_text(CONFIG.replace("high", "low"), encoding="utf-8")
    assert "The tide is low." in _built(site)


def test_a_mark_of_excerpts_that_comes_later_counts(site: Path) -> None:
    post = site / "_posts/2026-10-01-alpha.md"
    _write(post, "category: News", "First.\n\n<!--more-->\n\nSecond.")
    assert "<description>First. Second.</description>" in _built(site)
    more = "excerpt_separator: '<!--more-->'\n"
    (site / "_config.yml").write_text(CONFIG + more, encoding="utf-8")
    assert "<description>First.</description>" in _built(site)


def test_a_link_follows_another_post_to_its_new_address(site: Path) -> None:
    """Also in a feed in which the other one is not."""
    feed = "categories/misc/feed.xml"
    assert "/2026/10/01/alpha.html" in _built(site, feed)
    _write(site / "_posts/2026-10-01-alpha.md", "category: News\npermalink: /other/", "Moved.")
    text = _built(site, feed)
    assert "https://j.example.org/other/" in text
    assert "alpha.html" not in text


def test_dates_are_in_the_zone_that_the_site_has_now(site: Path) -> None:
    assert "09:00:00 +0900" in _built(site)
    (site / "_config.yml").write_text(CONFIG.replace("Asia/Seoul", "UTC"), encoding="utf-8")
    text = _built(site)
    assert "00:00:00 +0000</pubDate>" in text
    assert "+0900" not in text
