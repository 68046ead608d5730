"""A document as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from lxml import etree

from newsfeed.feeds.generator import Amendments, add_item, generator
from newsfeed.feeds.items import enclosure
from newsfeed.feeds.media import add_media
from newsfeed.feeds.names import ATOM, HISTORY_NS, MEDIA_NS, XML_LANG
from newsfeed.feeds.origin import add_atom_source
from newsfeed.feeds.scrub import scrubbed

if TYPE_CHECKING:
    from newsfeed.model import FeedDocument, FeedItem, FeedLinks

NAMESPACES = {"fh": HISTORY_NS, "media": MEDIA_NS}


def write_atom(document: FeedDocument, links: FeedLinks) -> bytes:
    """`document` as an Atom file: UTF-8 with declaration, the same bytes for the same values.

    Raises ValueError for a date without a zone.
    """
    document = scrubbed(document)
    amendments = Amendments(
        NAMESPACES,
        partial(_amend_feed, archive=document.archive),
        partial(_amend_entry, language=document.language),
    )
    feed = generator(document, links, ATOM, amendments)
    feed.id(document.id)
    feed.author(name=document.author)
    feed.subtitle(document.description)
    feed.icon(document.icon_url)
    for item in document.items:
        entry = add_item(feed, item, amendments)
        entry.author([{"name": name} for name in item.authors])
        if item.summary:
            entry.summary(item.summary)
    return cast("bytes", feed.atom_str(pretty=True))


def _amend_feed(root: etree._Element, *, archive: bool) -> None:
    """Add the mark of an archive document (RFC 5005 section 4)."""
    if archive:
        etree.SubElement(root, f"{{{HISTORY_NS}}}archive")


def _amend_entry(element: etree._Element, item: FeedItem, language: str) -> None:
    """Write the links anew, since feedgen drops their attributes; add language, source and
    media.
    """
    for link in element.findall("link"):
        element.remove(link)
    alternate = {"rel": "alternate", "type": "text/html", "href": item.url}
    if item.language:
        alternate["hreflang"] = item.language
    etree.SubElement(element, "link", alternate)
    attached = enclosure(item)
    if attached is not None:
        attributes = {
            "rel": "enclosure",
            "type": attached.media_type,
            "length": str(attached.length),
            "href": attached.url,
        }
        etree.SubElement(element, "link", attributes)
    if item.language and item.language != language:
        element.set(XML_LANG, item.language)
    add_atom_source(element, item)
    add_media(element, item)
