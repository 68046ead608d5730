"""What a reader of one feed would notice of another in its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from newsfeed.feeds.compare import Difference, compared
from newsfeed.model import ReadEntry, ReadFeed

DAY = datetime(2026, 11, 20, tzinfo=UTC)


def entry(number: int) -> ReadEntry:
    return ReadEntry(
        id=f"https://example.org/{number}/",
        url=f"https://example.org/{number}/",
        title=f"Title {number}",
        published=DAY - timedelta(days=number),
        updated=DAY,
        categories=("News", "Seoul"),
    )


def feed(*entries: ReadEntry, kind: str = "rss") -> ReadFeed:
    return ReadFeed(format=kind, self_url="", entries=entries)


ENTRIES = st.lists(
    st.builds(
        ReadEntry,
        id=st.sampled_from(["", "a", "b", "c"]),
        url=st.sampled_from(["", "a", "b", "c"]),
        title=st.text(max_size=3),
        published=st.sampled_from([None, DAY]),
    ),
    max_size=6,
)


@given(ENTRIES)
def test_a_feed_with_entries_that_can_be_told_apart_is_as_itself(entries: list[ReadEntry]) -> None:
    """Two copies of one feed have no difference, whatever stands in it twice."""
    named = [entry for entry in entries if entry.id or entry.url]
    assert compared(feed(*named), feed(*map(replace, named))) == ()


@given(ENTRIES, ENTRIES)
def test_every_entry_is_matched_once_missing_or_extra(
    theirs: list[ReadEntry], ours: list[ReadEntry]
) -> None:
    """No entry is forgotten: what both feeds share is the same number on both sides."""
    kinds = [one.kind for one in compared(feed(*theirs), feed(*ours))]
    assert len(theirs) - kinds.count("missing") == len(ours) - kinds.count("extra")


@pytest.mark.parametrize(
    ("change", "kind", "theirs", "ours"),
    [
        ({"id": "tag:1"}, "id", "https://example.org/1/", "tag:1"),
        ({"url": "/other/"}, "link", "https://example.org/1/", "/other/"),
        ({"title": "Other"}, "title", "Title 1", "Other"),
        ({"published": DAY}, "published", "2026-11-19T00:00:00+00:00", "2026-11-20T00:00:00+00:00"),
        ({"updated": DAY - timedelta(1)}, "updated", DAY.isoformat(), "2026-11-19T00:00:00+00:00"),
        ({"categories": ("News",)}, "categories", "News, Seoul", "News"),
    ],
)
def test_a_change_of_one_thing_is_one_difference(
    change: dict[str, object], kind: str, theirs: str, ours: str
) -> None:
    """Entries are found again by what did not change, and the change is named."""
    found = compared(feed(entry(0), entry(1)), feed(entry(0), replace(entry(1), **change)))
    assert found == (Difference(kind=kind, entry="Title 1", theirs=theirs, ours=ours),)  # type: ignore[arg-type]


def test_categories_in_another_order_are_the_same() -> None:
    """No reader shows in which order they stood."""
    turned = replace(entry(1), categories=("Seoul", "News", "News"))
    assert compared(feed(entry(1)), feed(turned)) == ()


def test_what_one_feed_does_not_say_is_no_difference() -> None:
    """RSS has one date, Atom two."""
    assert compared(feed(entry(1)), feed(replace(entry(1), updated=None))) == ()


def test_missing_extra_format_and_order_are_named() -> None:
    """What a reader would lose, get as new, or find elsewhere."""
    found = compared(
        feed(entry(1), entry(2), entry(3)), feed(entry(3), entry(2), entry(4), kind="atom")
    )
    assert [(one.kind, one.entry) for one in found] == [
        ("format", ""),
        ("missing", "Title 1"),
        ("extra", "Title 4"),
        ("order", "Title 2"),
    ]


def test_a_feed_without_any_category_says_nothing_of_them() -> None:
    """Some generators' feeds have none, and new ones in ours are no loss to a reader."""
    bare = [replace(entry(number), categories=()) for number in (1, 2)]
    ours = feed(entry(1), entry(2))
    assert compared(feed(*bare), ours) == ()
    assert [one.kind for one in compared(feed(bare[0], entry(2)), ours)] == ["categories"]


def test_a_link_is_the_same_however_it_is_written() -> None:
    """Percent-encoded or not, it leads to one page; an id is compared as it stands."""
    written = replace(entry(1), id="x", url="https://example.org/글/")
    encoded = replace(written, url="https://example.org/%EA%B8%80/")
    assert compared(feed(written), feed(encoded)) == ()
    other = replace(entry(1), id="https://example.org/글/")
    found = compared(feed(other), feed(replace(other, id="https://example.org/%EA%B8%80/")))
    assert [one.kind for one in found] == ["id"]
