"""What feedparser, a reader that is not ours, gets out of our RSS and Atom."""

from __future__ import annotations

import html
from calendar import timegm
from datetime import UTC, datetime

import feedparser
import pytest
from feedparser import FeedParserDict

from newsfeed.feeds.atom import write_atom
from newsfeed.feeds.rss import write_rss
from tests.feeds.samples import AWKWARD, document, full_document, full_links, item, json_feed


def _read(data: bytes) -> FeedParserDict:
    feed = feedparser.parse(data)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.fixture(scope="module")
def feeds() -> tuple[FeedParserDict, FeedParserDict]:
    """The full document as feedparser reads it from RSS and from Atom."""
    feed, links = full_document(), full_links()
    return _read(write_rss(feed, links)), _read(write_atom(feed, links))


@pytest.mark.parametrize("field", ["id", "link", "title", "published_parsed", "tags"])
def test_both_formats_tell_the_same_of_each_entry(
    feeds: tuple[FeedParserDict, FeedParserDict], field: str
) -> None:
    """Ids, links, titles, dates and number of terms are equal, in the same order."""
    rss, atom = feeds
    if field == "tags":
        named = [[tag.term for tag in entry.tags] for entry in rss.entries]
        assert named == [[tag.label for tag in entry.tags] for entry in atom.entries]
    else:
        told = [entry[field] for entry in rss.entries]
        assert told == [entry[field] for entry in atom.entries]
        assert len(told) == len(AWKWARD)


def test_entries_are_those_of_the_document_in_its_order(
    feeds: tuple[FeedParserDict, FeedParserDict],
) -> None:
    """Newest first in, newest first out: feedgen alone would turn them round."""
    expected = full_document().items
    for feed in feeds:
        assert [entry.id for entry in feed.entries] == [found.id for found in expected]
        assert [entry.title for entry in feed.entries] == [found.title for found in expected]
        assert [entry.link for entry in feed.entries] == [found.url for found in expected]
        assert [timegm(entry.published_parsed) for entry in feed.entries] == [
            found.published.timestamp() for found in expected
        ]


def test_json_tells_the_same_as_the_others(feeds: tuple[FeedParserDict, FeedParserDict]) -> None:
    """A reader that changes formats sees no new items (F-X-10)."""
    items = json_feed(full_document(), full_links())["items"]
    for feed in feeds:
        assert [entry.id for entry in feed.entries] == [found["id"] for found in items]
        assert [entry.title for entry in feed.entries] == [found["title"] for found in items]
        assert [entry.link for entry in feed.entries] == [found["url"] for found in items]


def test_content_arrives_whole_in_both(feeds: tuple[FeedParserDict, FeedParserDict]) -> None:
    """The HTML of a body is the same to a reader of either format, emoji and all."""
    for feed in feeds:
        for entry, written in zip(feed.entries, full_document().items, strict=True):
            if written.content_html:
                assert entry.content[0].value == written.content_html
                assert entry.content[0].type == "text/html"


def test_summaries_show_the_same_text_in_both(feeds: tuple[FeedParserDict, FeedParserDict]) -> None:
    """Text in Atom and escaped HTML in RSS show as the text that was meant."""
    rss, atom = feeds
    for first, second, written in zip(
        rss.entries, atom.entries, full_document().items, strict=True
    ):
        assert html.unescape(first.summary) == written.summary
        assert second.summary == written.summary


def test_the_feed_itself_is_told_alike(feeds: tuple[FeedParserDict, FeedParserDict]) -> None:
    """Title, site, language, hub and archives are found whichever format is read."""
    for feed in feeds:
        assert feed.feed.title == "한반도 브리핑"
        assert feed.feed.link == "https://example.org/"
        assert feed.feed.language == "ko"
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["self"] == "https://example.org/feed.xml"
        assert links["hub"] == "https://hub.example.org/"
        assert links["prev-archive"] == "https://example.org/archive/2.xml"


def test_authors_and_pictures_are_found(feeds: tuple[FeedParserDict, FeedParserDict]) -> None:
    """What extensions add is read too."""
    for feed in feeds:
        second = feed.entries[1]
        assert [author.name for author in second.authors] == ["홍길동", "A & B"]
        assert second.media_thumbnail[0]["width"] == "640"
        enclosed = [[found.href for found in entry.enclosures] for entry in feed.entries[:2]]
        assert enclosed == [["https://example.org/media/lead.png"], []]


def test_a_date_in_the_first_year_is_read_as_written() -> None:
    """Odd dates of authors pass through, and no reader falls back to today."""
    old = datetime(1, 1, 1, 12, tzinfo=UTC)
    feed = document(item(published=old, updated=old))
    for data in (write_rss(feed, full_links()), write_atom(feed, full_links())):
        assert _read(data).entries[0].published_parsed[:3] == (1, 1, 1)
