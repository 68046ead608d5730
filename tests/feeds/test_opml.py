"""Promises about the list of feeds."""

from __future__ import annotations

from lxml import etree

from newsfeed.feeds.check import problems
from newsfeed.feeds.names import ATOM, OPML, RSS
from newsfeed.feeds.opml import FeedListing, write_opml
from tests.feeds.samples import NEWEST, attributes, root

LISTINGS = [
    FeedListing(
        title='따옴표 "둘" & <셋>',
        xml_url="https://example.org/feed.xml",
        html_url="https://example.org/",
        language="ko",
        description="소식\x00 모음",
        media_type=RSS,
    ),
    FeedListing(
        title="경제",
        xml_url="https://example.org/categories/경제/atom.xml",
        html_url="https://example.org/categories/",
        media_type=ATOM,
    ),
]


def _read() -> etree._Element:
    return root(write_opml("한반도 & 브리핑", LISTINGS, NEWEST))


def test_the_head_has_title_and_date() -> None:
    """OPML 2.0 with the title and the date that were given, in RFC 822 form (F-O-01)."""
    opml = _read()
    assert opml.get("version") == "2.0"
    assert opml.findtext("head/title") == "한반도 & 브리핑"
    assert opml.findtext("head/dateCreated") == "Sun, 01 Mar 2026 09:00:00 +0900"


def test_every_feed_is_an_outline_that_readers_subscribe_to() -> None:
    """With text, type rss whatever the format, and both addresses; order is kept (F-O-01)."""
    assert attributes(_read(), "body/outline") == [
        {
            "type": "rss",
            "text": '따옴표 "둘" & <셋>',
            "title": '따옴표 "둘" & <셋>',
            "version": "RSS",
            "xmlUrl": "https://example.org/feed.xml",
            "htmlUrl": "https://example.org/",
            "language": "ko",
            "description": "소식 모음",
        },
        {
            "type": "rss",
            "text": "경제",
            "title": "경제",
            "xmlUrl": "https://example.org/categories/경제/atom.xml",
            "htmlUrl": "https://example.org/categories/",
        },
    ]


def test_the_check_reads_it() -> None:
    """Our own check finds what is good good, and what is not named by its place."""
    good = write_opml("목록", LISTINGS[:1], NEWEST)
    assert problems(good, OPML) == []
    bad = write_opml("", [*LISTINGS[:1], FeedListing(title="", xml_url="/a", html_url="")], NEWEST)
    assert problems(bad, OPML) == [
        "head: has no title",
        "outline 2: xmlUrl is not an absolute http(s) address: '/a'",
        "outline 2: htmlUrl is not an absolute http(s) address: ''",
    ]
    assert problems(good.replace(b'"2.0"', b'"1.0"'), OPML) == ["is not OPML 2.0"]
    assert problems(good.replace(b"Sun, 01", b"Mon, 01"), OPML) == [
        "head: dateCreated is not a date with a zone: 'Mon, 01 Mar 2026 09:00:00 +0900'"
    ]
    assert problems(good.replace(b"text=", b"txet="), OPML) == ["outline 1: has no text"]


def test_the_same_values_give_the_same_bytes() -> None:
    """The date is a value, not the clock."""
    assert write_opml("a", LISTINGS, NEWEST) == write_opml("a", LISTINGS, NEWEST)
