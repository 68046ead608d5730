"""A list of feeds as OPML 2.0, for readers that import one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from lxml import etree

from newsfeed.feeds.dates import rfc822
from newsfeed.feeds.names import RSS
from newsfeed.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class FeedListing(msgspec.Struct, frozen=True, kw_only=True):
    """One feed as a list shows it. `xml_url` is the feed, `html_url` the page it stands for."""

    title: str
    xml_url: str
    html_url: str
    language: str = ""
    description: str = ""
    media_type: str = RSS


def write_opml(title: str, feeds: Sequence[FeedListing], created: datetime) -> bytes:
    """`feeds`, in their order, as an OPML file called `title` and dated `created` (aware).

    Every outline has `text`, and `type="rss"` whatever its format: that is how OPML 2.0 marks a
    subscription. `version` is written for RSS alone, as the specification has none for others.
    Raises ValueError for a date without a zone.
    """
    root = etree.Element("opml", {"version": "2.0"})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = one_line(title)
    etree.SubElement(head, "dateCreated").text = rfc822(created)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        etree.SubElement(body, "outline", _outline(feed))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _outline(feed: FeedListing) -> dict[str, str]:
    title = one_line(feed.title) or feed.xml_url
    attributes = {
        "type": "rss",
        "text": title,
        "title": title,
        "version": "RSS" if feed.media_type == RSS else "",
        "xmlUrl": feed.xml_url,
        "htmlUrl": feed.html_url,
        "language": feed.language,
        "description": one_line(feed.description),
    }
    return {name: value for name, value in attributes.items() if value}
