"""One article in several sources appears once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsfeed.collect.entry import Entry
from newsfeed.collect.remote.twins import part, same_address
from newsfeed.store.articles import Identity

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _entry(path: str, url: str, guid: str = "") -> Entry:
    return Entry(path=path, raw_path=path, url=url, default_id=url, guid=guid)


def _usable(entry: Entry) -> bool:
    return not entry.left_out


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a/?x=1",
        "https://www.example.org/a?x=1#top",
        "https://example.org:443/a/?utm_source=feed&x=1&fbclid=2",
    ],
)
def test_addresses_of_one_page_are_equal(url: str) -> None:
    assert same_address(url) == same_address("https://example.org/a?x=1")


@pytest.mark.parametrize("url", ["https://example.org/b?x=1", "https://example.org/a?x=2"])
def test_addresses_of_two_pages_are_not(url: str) -> None:
    assert same_address(url) != same_address("https://example.org/a?x=1")


def test_the_folder_wins_and_then_the_first_feed_of_the_settings() -> None:
    url = "https://example.org/a/"
    sources = {
        "one": [_entry("1", url), _entry("only one", "https://example.org/b/")],
        "two": [_entry("2", url), _entry("2b", "https://example.org/b")],
        "folder": [_entry("a.md", url)],
    }
    parted = part(sources, {"one", "two"}, [], _usable)
    assert {name: [e.path for e in es] for name, es in parted.entries.items()} == {
        "folder": ["a.md"],
        "one": ["only one"],
        "two": [],
    }
    assert parted.of == {
        ("folder", "a.md"): [("one", "1"), ("two", "2")],
        ("one", "only one"): [("two", "2b")],
    }
    assert parted.twins["two"][0].left_out == "it is in folder already, as a.md"


def test_one_id_at_two_addresses_is_one_article() -> None:
    sources = {
        "one": [_entry("1", "https://example.org/a/", "urn:1")],
        "two": [_entry("2", "https://example.com/b/", "urn:1")],
    }
    assert part(sources, {"one", "two"}, [], _usable).entries["two"] == []


def test_what_one_feed_gives_two_ids_is_two_articles() -> None:
    """A feed of links may well lead to one page twice."""
    url = "https://example.org/"
    sources = {"one": [_entry("1", url, "urn:1"), _entry("2", url, "urn:2")]}
    assert len(part(sources, {"one"}, [], _usable).entries["one"]) == 2


def test_a_file_that_is_broken_still_has_its_address() -> None:
    """Else its twin would be announced as another article."""
    known = Identity(
        id="urn:1",
        source="folder",
        path="a.md",
        url="https://example.org/a/",
        content_hash="",
        first_seen=NOW,
        sequence=0,
    )
    broken = Entry(path="a.md", raw_path="a.md", left_out="broken")
    sources = {"folder": [broken], "one": [_entry("1", "https://example.org/a/")]}
    assert part(sources, {"one"}, [known], _usable).entries["one"] == []


def test_folders_among_themselves_are_left_alone() -> None:
    sources = {name: [_entry("a", "https://example.org/a/")] for name in ("one", "two")}
    parted = part(sources, set(), [], _usable)
    assert parted.entries == sources
    assert parted.twins == {}
