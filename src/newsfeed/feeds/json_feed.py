"""A document as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from newsfeed.feeds.dates import rfc3339
from newsfeed.feeds.items import enclosure, terms
from newsfeed.feeds.scrub import scrubbed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsfeed.model import FeedDocument, FeedItem, FeedLinks

VERSION = "https://jsonfeed.org/version/1.1"

# Line ends to JavaScript, though not to JSON; feeds are pasted into scripts (F-J-08).
_SCRIPT_LINE_ENDS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029"})


def write_json(document: FeedDocument, links: FeedLinks) -> bytes:
    """`document` as a JSON Feed file: UTF-8, keys in a fixed order, the same bytes for the same
    values. Keys without a value are left out.

    Archives are of the XML formats alone, so that `links` is read for self, home and hub only.
    Raises ValueError for a date without a zone.
    """
    document = scrubbed(document)
    feed = {
        "version": VERSION,
        "title": document.title,
        "home_page_url": links.home_url,
        "feed_url": links.self_url,
        "description": document.description,
        "icon": document.icon_url,
        "language": document.language,
        "authors": _authors([document.author]),
        "hubs": [{"type": "WebSub", "url": links.hub}] if links.hub else [],
    }
    present: dict[str, object] = {key: value for key, value in feed.items() if value}
    present["items"] = [_item(item) for item in document.items]
    text = json.dumps(present, ensure_ascii=False, allow_nan=False, indent=2)
    return f"{text.translate(_SCRIPT_LINE_ENDS)}\n".encode()


def _item(item: FeedItem) -> dict[str, object]:
    fields = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "summary": item.summary,
        "content_html": item.content_html,
        # One kind of content is demanded of every item.
        "content_text": "" if item.content_html else item.summary or item.title,
        "image": item.image.url if item.image else "",
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": _authors(item.authors),
        "tags": [term.name for term in terms(item)],
        "language": item.language,
        "attachments": _attachments(item),
    }
    return {key: value for key, value in fields.items() if value}


def _authors(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def _attachments(item: FeedItem) -> list[dict[str, str | int | None]]:
    attached = enclosure(item)
    if attached is None:
        return []
    return [
        {
            "url": attached.url,
            "mime_type": attached.media_type,
            "size_in_bytes": attached.length,
        }
    ]
