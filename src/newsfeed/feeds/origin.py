"""The feed that an item was taken from, as RSS 2.0 and Atom (RFC 4287 section 4.2.11) name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from newsfeed.feeds.dates import rfc3339

if TYPE_CHECKING:
    from newsfeed.model import FeedItem


def add_rss_source(element: etree._Element, item: FeedItem) -> None:
    """Append `source` to an RSS item that is another feed's."""
    if item.origin:
        source = etree.SubElement(element, "source", url=item.origin.url)
        source.text = item.origin.title


def add_atom_source(element: etree._Element, item: FeedItem) -> None:
    """Append `source` to an Atom entry that is another feed's, with what every feed must have: an
    RSS feed has no id but its address, and the entry's time stands for a feed's that tells none.
    """
    origin = item.origin
    if origin is None:
        return
    source = etree.SubElement(element, "source")
    etree.SubElement(source, "id").text = origin.id or origin.url
    etree.SubElement(source, "title").text = origin.title
    etree.SubElement(source, "updated").text = rfc3339(origin.updated or item.updated)
    etree.SubElement(source, "link", rel="self", href=origin.url)
    if origin.home:
        etree.SubElement(source, "link", rel="alternate", type="text/html", href=origin.home)
