"""Documents to write, and ways to look into what was written, for the tests of the feeds room."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from lxml import etree
from msgspec.structs import replace

from newsfeed.feeds.atom import write_atom
from newsfeed.feeds.json_feed import write_json
from newsfeed.feeds.names import ATOM, ATOM_NS, CONTENT_NS, DC_NS, HISTORY_NS, JSON, MEDIA_NS, RSS
from newsfeed.feeds.rss import write_rss
from newsfeed.model import FeedDocument, FeedItem, FeedLinks, Image, Term

SEOUL = timezone(timedelta(hours=9))
NEWEST = datetime(2026, 3, 1, 9, 0, tzinfo=SEOUL)

LINKS = FeedLinks(self_url="https://example.org/feed.xml", home_url="https://example.org/")

IMAGE = Image(
    url="https://example.org/media/lead.png",
    alt="항구의 배",
    width=640,
    height=480,
    length=12345,
    media_type="image/png",
)

WRITERS: dict[str, Callable[[FeedDocument, FeedLinks], bytes]] = {
    RSS: write_rss,
    ATOM: write_atom,
    JSON: write_json,
}

PREFIXES = {
    "atom": ATOM_NS,
    "content": CONTENT_NS,
    "dc": DC_NS,
    "fh": HISTORY_NS,
    "media": MEDIA_NS,
}

# What trips writers and readers: marks of XML and HTML, quotes, emoji of many parts, Hangul.
# Not a closed tag beside a bare `&`: as a title of RSS, feedparser takes that for sloppy HTML.
AWKWARD = [
    "AT&T <b> 굵게",
    "<b>&amp;amp;</b> 두 번 옮긴 글",
    "]]> 그리고 <![CDATA[",
    "“따옴표” 'single' \"double\" &quot;",
    "가족 👩‍👩‍👧‍👦 이모지 🇰🇷",
    "5 < 6 > 4 & 3",
]


def item(number: int = 0, **changes: object) -> FeedItem:
    """The item `number` of a feed, the newest being 0, with some fields changed."""
    moment = NEWEST - timedelta(days=number)
    url = f"https://example.org/posts/{number}/"
    plain = FeedItem(
        id=url,
        url=url,
        title=f"{number}번째 소식",
        summary=f"{number}번째 소식의 요약.",
        content_html=f'<p>{number}번째 <a href="https://example.org/a?b&amp;c">소식</a>.</p>\n',
        published=moment,
        updated=moment + timedelta(hours=1),
        language="ko",
    )
    return replace(plain, **changes)


def document(*items: FeedItem, **changes: object) -> FeedDocument:
    """A feed of `items`, or of three plain ones, with some fields changed."""
    found = items or (item(0), item(1), item(2))
    plain = FeedDocument(
        id="https://example.org/",
        title="한반도 브리핑",
        description="한반도 소식을 모은 곳",
        language="ko",
        author="편집실",
        updated=max(found_item.updated for found_item in found),
        items=found,
    )
    return replace(plain, **changes)


def full_document() -> FeedDocument:
    """A feed in which everything that can be given is given, awkward texts included."""
    terms = (Term(name="경제", slug="경제"), Term(name="R & D", slug="r-d"))
    items = [
        item(
            number,
            id=f"tag:example.org,2026:{number}" if number % 2 else f"urn:example:{number}",
            title=text,
            summary=f"요약: {text}",
            content_html=f"<p>{number} ]]&gt; &amp;amp; <b>글</b> 👩‍👩‍👧‍👦</p>" if number else "",
            authors=("홍길동", "A & B") if number % 2 else (),
            categories=terms,
            tags=(Term(name="tag", slug="tag"),),
            language="ko" if number % 3 else "en",
            image=replace(IMAGE, alt=text),
            image_in_content=bool(number % 2),
        )
        for number, text in enumerate(AWKWARD)
    ]
    return document(*items, icon_url="https://example.org/icon.png")


def full_links() -> FeedLinks:
    """Links of a feed with a hub and archives."""
    return replace(
        LINKS,
        hub="https://hub.example.org/",
        prev_archive="https://example.org/archive/2.xml",
    )


def root(data: bytes) -> etree._Element:
    """The root element of an XML document."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False))


def rss(feed: FeedDocument, links: FeedLinks = LINKS) -> etree._Element:
    """The channel that is written for `feed`."""
    channel = root(write_rss(feed, links)).find("channel")
    assert channel is not None
    return channel


def rss_item(changed: FeedItem, **changes: object) -> etree._Element:
    """The RSS item that is written for `changed`, in a feed with `changes`."""
    found = rss(document(changed, **changes)).find("item")
    assert found is not None
    return found


def atom(feed: FeedDocument, links: FeedLinks = LINKS) -> etree._Element:
    """The Atom feed that is written for `feed`."""
    return root(write_atom(feed, links))


def atom_entry(changed: FeedItem, **changes: object) -> etree._Element:
    """The Atom entry that is written for `changed`, in a feed with `changes`."""
    found = atom(document(changed, **changes)).find("atom:entry", PREFIXES)
    assert found is not None
    return found


def json_feed(feed: FeedDocument, links: FeedLinks = LINKS) -> dict[str, Any]:
    """The JSON Feed that is written for `feed`."""
    found = json.loads(write_json(feed, links))
    assert isinstance(found, dict)
    return found


def json_item(changed: FeedItem) -> dict[str, Any]:
    """The JSON Feed item that is written for `changed`."""
    found = json_feed(document(changed))["items"][0]
    assert isinstance(found, dict)
    return found


def texts(element: etree._Element, path: str) -> list[str]:
    """The texts of all that `path`, with the usual prefixes, finds under `element`."""
    return [found.text or "" for found in element.iterfind(path, PREFIXES)]


def attributes(element: etree._Element, path: str) -> list[dict[str, str]]:
    """The attributes of all that `path`, with the usual prefixes, finds under `element`."""
    return [
        {str(name): str(value) for name, value in found.attrib.items()}
        for found in element.iterfind(path, PREFIXES)
    ]
