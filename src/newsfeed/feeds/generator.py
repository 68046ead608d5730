"""feedgen, and the way round what it does wrong. No other module touches it.

What feedgen cannot write goes through its own door for extensions: an amendment is called with
the finished element of a feed or an entry and changes it in place.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

import feedgen.entry
import feedgen.feed

from newsfeed.feeds.dates import expressible
from newsfeed.feeds.items import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

    from newsfeed.model import FeedDocument, FeedItem, FeedLinks

EXTENSION = "newsfeed"


class Amendments(NamedTuple):
    """What one format adds to feedgen's work, and the namespaces (by prefix) that this needs."""

    namespaces: Mapping[str, str]
    feed: Callable[[etree._Element], None]
    item: Callable[[etree._Element, FeedItem], None]


class Extension:
    """An amendment in the form in which feedgen calls its extensions."""

    def __init__(
        self, amend: Callable[[etree._Element], None], namespaces: Mapping[str, str]
    ) -> None:
        self._amend = amend
        self._namespaces = namespaces

    def extend_ns(self) -> Mapping[str, str]:
        """The namespaces to declare on the root, by prefix."""
        return self._namespaces

    def extend_rss(self, element: etree._Element) -> None:
        """Amend the `rss` root before items are in it, or an `item`."""
        self._amend(element)

    def extend_atom(self, element: etree._Element) -> None:
        """Amend the `feed` root before entries are in it, or an `entry`."""
        self._amend(element)


def generator(
    document: FeedDocument, links: FeedLinks, media_type: str, amendments: Amendments
) -> feedgen.feed.FeedGenerator:
    """A FeedGenerator with what RSS and Atom share; items are added by `add_item`."""
    _keep_feedgen_off_the_locale()
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension(
        EXTENSION, lambda: Extension(amendments.feed, amendments.namespaces), None
    )
    feed.title(document.title)
    feed.language(document.language)
    feed.generator("newsfeed")
    feed.updated(expressible(document.updated))
    feed.link(href=links.self_url, rel="self", type=media_type)
    for relation, href in relations(document, links):
        feed.link(href=href, rel=relation)
    # The site comes last: feedgen takes the last link of all as RSS's channel link.
    feed.link(
        href=links.home_url,
        rel="alternate",
        type="text/html",
        **({"hreflang": document.language} if document.language else {}),
    )
    return feed


def relations(document: FeedDocument, links: FeedLinks) -> list[tuple[str, str]]:
    """Relation and address of the feed's links beside self and alternate.

    The hub is for subscription documents alone (F-G-05); the rest is of RFC 5005 section 4.
    """
    found = [
        ("hub", "" if document.archive else links.hub),
        ("current", links.current),
        ("prev-archive", links.prev_archive),
        ("next-archive", links.next_archive),
    ]
    return [(relation, href) for relation, href in found if href]


def add_item(
    feed: feedgen.feed.FeedGenerator, item: FeedItem, amendments: Amendments
) -> feedgen.entry.FeedEntry:
    """Append `item` with what RSS and Atom share, and return feedgen's entry of it."""

    def amend(element: etree._Element) -> None:
        amendments.item(element, item)

    entry = feed.add_entry(order="append")
    entry.register_extension(EXTENSION, lambda: Extension(amend, amendments.namespaces))
    entry.guid(item.id, permalink=item.id == item.url)
    entry.title(item.title)
    entry.link(href=item.url, rel="alternate")
    entry.published(expressible(item.published))
    entry.updated(expressible(item.updated))
    entry.category([{"term": term.slug, "label": term.name} for term in terms(item)])
    if item.content_html:
        # Not CDATA: in Atom feedgen makes an invalid content type of that.
        entry.content(item.content_html, type="html")
    return entry


def _keep_feedgen_off_the_locale() -> None:
    """Give feedgen a date formatter that leaves the process's locale alone.

    Its own one calls `setlocale` twice for every date, which other threads see and which can
    leave the whole process in the wrong locale. This is done when a feed is built, not on
    import, and never undone: with the same function set again and again, threads that build at
    the same time cannot meet the old one.
    """
    feedgen.feed.formatRFC2822 = format_datetime
    feedgen.entry.formatRFC2822 = format_datetime
