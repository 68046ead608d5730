"""Who keeps an id or an address that two articles claim."""

from __future__ import annotations

from datetime import UTC, datetime

from newsfeed.collect.conflicts import settle
from newsfeed.collect.entry import Entry
from newsfeed.store.articles import Identity

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _entry(path: str, url: str = "", guid: str = "", content: str = "") -> Entry:
    url = url or f"https://example.org/{path.removesuffix('.md')}/"
    return Entry(
        path=path,
        raw_path=path,
        url=url,
        default_id=url,
        guid=guid,
        content_hash=content or path,
    )


def _known(path: str, id_: str) -> Identity:
    return Identity(
        id=id_, source="s", path=path, url="", content_hash=path, first_seen=NOW, sequence=0
    )


def _left_out(entries: list[Entry], *known: Identity) -> list[str]:
    settled = settle({"s": entries}, known, lambda _: True, None)
    return [entry.path for entry in settled["s"] if entry.fault]


def test_the_id_of_a_published_article_cannot_be_taken_by_another() -> None:
    thief = _entry("0.md", guid="https://example.org/a/")
    known = _known("a.md", "https://example.org/a/")
    assert _left_out([thief, _entry("a.md")], known) == ["0.md"]
    assert _left_out([thief, _entry("a.md", content="edited")], known) == ["0.md"]


def test_a_renamed_article_takes_its_id_along() -> None:
    renamed = _entry("b.md", guid="urn:x:1")
    known = _known("a.md", "urn:x:1")
    assert _left_out([_entry("a.md", content="new"), renamed], known) == []
    assert _left_out([renamed], known) == []


def test_an_article_left_out_for_its_id_takes_no_address() -> None:
    one = _entry("a.md", guid="urn:x:1")
    second = _entry("b.md", "https://example.org/c/", guid="urn:x:1")
    assert _left_out([one, second, _entry("c.md")]) == ["b.md"]


def test_addresses_of_others_pages_are_compared_as_they_are() -> None:
    urls = ["https://example.org/A", "https://example.org/a", "https://example.org/a/"]
    entries = [_entry(f"{i}.md", url) for i, url in enumerate(urls)]
    assert _left_out(entries) == []
    assert _left_out([*entries, _entry("z.md", urls[0])]) == ["z.md"]
