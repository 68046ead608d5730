"""Feeds that somebody else wrote, read."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.feedfile import NoFeedError, read_feed
from newsfeed.model import ReadEntry

WHEN = datetime(2026, 11, 22, 23, tzinfo=UTC)
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>x</title>
<atom:link rel="self" href="https://example.org/feed.xml"/>
<item><title>말 &amp;lt;과&amp;gt; 글</title><guid isPermaLink="false">q</guid>
<link>https://example.org/a/</link><pubDate>Mon, 23 Nov 2026 08:00:00 +0900</pubDate>
<category>소식</category></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><id>urn:x</id>
<link rel="self" href="https://example.org/feed.xml"/>
<entry><title type="html">말 &amp;lt;과&amp;gt; 글</title><id>q</id>
<link href="https://example.org/a/"/><published>2026-11-22T23:00:00Z</published>
<updated>2026-11-23T00:00:00Z</updated><category term="소식"/></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "x",
"feed_url": "https://example.org/feed.xml", "items": [{"id": "q", "url": "https://example.org/a/",
"title": "말 <과> 글", "date_published": "2026-11-23T08:00:00+09:00",
"date_modified": "2026-11-23T00:00:00Z", "tags": ["소식"]}]}"""


def test_a_date_of_the_year_one_is_none() -> None:
    """Hugo writes it for a page without a date."""
    data = RSS.replace("Mon, 23 Nov 2026 08:00:00 +0900", "Mon, 01 Jan 0001 00:00:00 +0000")
    assert read_feed(data.encode(), "x").entries[0].published is None


@pytest.mark.parametrize(("text", "kind"), [(RSS, "rss"), (ATOM, "atom"), (JSON, "json")])
def test_the_three_formats_say_the_same(text: str, kind: str) -> None:
    """One article in RSS, Atom and JSON Feed is read as one entry; RSS knows no second date."""
    found = read_feed(text.encode(), "feed")
    updated = None if kind == "rss" else datetime(2026, 11, 23, tzinfo=UTC)
    assert (found.format, found.self_url) == (kind, "https://example.org/feed.xml")
    assert found.entries == (
        ReadEntry(
            id="q",
            url="https://example.org/a/",
            title="말 <과> 글",
            published=WHEN,
            updated=updated,
            categories=("소식",),
        ),
    )


def test_signs_in_a_title_that_is_no_markup_are_signs() -> None:
    """In Atom a title without a type is text; elsewhere only what begins as a tag is one."""
    rss = RSS.replace("말 &amp;lt;과&amp;gt; 글", "3 &lt; 4 > 2 &lt;b>is&lt;/b> &amp;amp; so")
    atom = ATOM.replace(
        '<title type="html">말 &amp;lt;과&amp;gt; 글', "<title>3 &lt; &lt;b> &amp;amp;"
    )
    assert read_feed(rss.encode(), "feed").entries[0].title == "3 < 4 > 2 is & so"
    assert read_feed(atom.encode(), "feed").entries[0].title == "3 < <b> &amp;"


def test_a_category_has_the_name_that_readers_show() -> None:
    """Atom's label is for people; feeds without one have their name in the term."""
    labelled = ATOM.replace('term="소식"', 'term="news" label="소식"')
    assert read_feed(labelled.encode(), "feed").entries[0].categories == ("소식",)


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><body>404</body></html>", b"{", b'{"version": 1}', b"[1]", b"\xff\xfe\x00"],
)
def test_what_is_no_feed_is_named(data: bytes) -> None:
    """A page of a server that has no such feed is not an empty feed."""
    with pytest.raises(NoFeedError, match=r"^place: is no feed\. name "):
        read_feed(data, "place")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: b"<rss>" + t.encode()))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    """Bytes are a feed or none, and nothing else comes of them."""
    with contextlib.suppress(NoFeedError):
        read_feed(data, "place")
