"""A document as RSS 2.0 (RSS Advisory Board 2.0.11 and its Best Practices Profile)."""

from __future__ import annotations

import html
import re
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from lxml import etree

from newsfeed.feeds.dates import expressible
from newsfeed.feeds.generator import Amendments, add_item, generator, relations
from newsfeed.feeds.items import enclosure
from newsfeed.feeds.media import add_media
from newsfeed.feeds.names import ATOM_NS, DC_NS, HISTORY_NS, MEDIA_NS, RSS
from newsfeed.feeds.origin import add_rss_source
from newsfeed.feeds.scrub import scrubbed

if TYPE_CHECKING:
    from newsfeed.model import FeedDocument, FeedItem, FeedLinks

NAMESPACES = {"dc": DC_NS, "fh": HISTORY_NS, "media": MEDIA_NS}
DOCS = "https://www.rssboard.org/rss-specification"
MINUTES_TO_LIVE = 60
IMAGE_SUFFIXES = (".gif", ".jpeg", ".jpg", ".png")

_TITLE = re.compile(rb"<title>[^<]*</title>")


def write_rss(document: FeedDocument, links: FeedLinks) -> bytes:
    """`document` as an RSS 2.0 file: UTF-8 with declaration, the same bytes for the same values.

    Raises ValueError for a date without a zone.
    """
    document = scrubbed(document)
    amendments = Amendments(
        NAMESPACES,
        partial(_amend_channel, document=document, links=links),
        partial(_amend_item, language=document.language),
    )
    feed = generator(document, links, RSS, amendments)
    feed.description(document.description)
    feed.docs(DOCS)
    feed.ttl(MINUTES_TO_LIVE)
    if document.items:
        feed.pubDate(expressible(max(item.published for item in document.items)))
    if urlsplit(document.icon_url).path.lower().endswith(IMAGE_SUFFIXES):
        feed.image(url=document.icon_url, title=document.title, link=links.home_url)
    for item in document.items:
        entry = add_item(feed, item, amendments)
        # Escaped here as HTML and by the serialiser as XML: a description is HTML (F-R-08).
        entry.summary(html.escape(item.summary, quote=False))
        attached = enclosure(item)
        if attached is not None:
            entry.enclosure(attached.url, str(attached.length), attached.media_type)
    return _with_portable_titles(cast("bytes", feed.rss_str(pretty=True)))


def _amend_channel(root: etree._Element, document: FeedDocument, links: FeedLinks) -> None:
    """Add the feed's author and, as feedgen writes rel=self alone, the other links (RFC 5005)."""
    channel = root[0]
    etree.SubElement(channel, f"{{{DC_NS}}}creator").text = document.author
    for relation, href in relations(document, links):
        etree.SubElement(channel, f"{{{ATOM_NS}}}link", {"rel": relation, "href": href})
    if document.archive:
        etree.SubElement(channel, f"{{{HISTORY_NS}}}archive")


def _amend_item(element: etree._Element, item: FeedItem, language: str) -> None:
    """Add authors, whom RSS knows by e-mail address alone, a differing language, source, media."""
    for author in item.authors:
        etree.SubElement(element, f"{{{DC_NS}}}creator").text = author
    if item.language and item.language != language:
        etree.SubElement(element, f"{{{DC_NS}}}language").text = item.language
    add_rss_source(element, item)
    add_media(element, item)


def _with_portable_titles(feed: bytes) -> bytes:
    """`feed` with `&` and `<` in titles as hexadecimal references.

    The same to XML; readers that take a title for HTML then show it right (Best Practices
    Profile, Character data).
    """
    return _TITLE.sub(
        lambda title: title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"), feed
    )
