"""`newsfeed sources`: what each source gives, and how remote feeds were read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.remote_kit import Blog, blog, entry, feed, remote_site
from tests.kit import Site


@pytest.fixture
def their() -> Iterator[Blog]:
    with blog() as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, their: Blog) -> Site:
    return remote_site(tmp_path / "site", their.url)


def _listed(site: Site, *words: str) -> list[dict[str, Any]]:
    done = site.run("sources", "--json", *words)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_each_source_is_counted(site: Site, their: Blog) -> None:
    """What is published of it and what is not, in the order of the settings."""
    site.post("2026-11-01-ours.md")
    site.post("2026-11-02-draft.md", draft="true")
    ours, theirs = _listed(site)
    assert (ours["kind"], ours["articles"], ours["left_out"]) == ("plain", 1, 1)
    assert (theirs["kind"], theirs["place"], theirs["articles"]) == ("feed", their.url, 2)
    assert theirs["answered"] < theirs["due"]


def test_a_feed_is_asked_before_its_time_where_somebody_says_so(site: Site, their: Blog) -> None:
    assert _listed(site)[1]["articles"] == 2
    their.show(feed(entry("a"), entry("b"), entry("c")))
    assert _listed(site)[1]["articles"] == 2
    assert _listed(site, "--ask")[1]["articles"] == 3
    assert len(their.asked) == 2


def test_what_is_wrong_with_a_feed_is_told(site: Site, their: Blog) -> None:
    """Why there is nothing new of it, and what it gave before stays."""
    site.run("sources")
    their.show("gone", status=410)
    said = site.run("sources", "--ask").stdout
    assert f"{their.url} (feed): 2 articles\n  read " in said
    assert "the feed is gone for good; what was known is kept. remove its [[sources]]" in said
    assert "asked again from" in said
