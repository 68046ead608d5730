"""The bytes of a feed -> what it lists. The only door to feedparser, which fetches nothing here."""

from __future__ import annotations

import html
import io
import json
import re
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from newsfeed.errors import NewsfeedError
from newsfeed.model import ReadEntry, ReadFeed
from newsfeed.text import one_line

if TYPE_CHECKING:
    from time import struct_time

_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_JSON_FEED = "https://jsonfeed.org/version/"


class NoFeedError(NewsfeedError):
    """What was read is no feed."""


def read_feed(data: bytes, where: str) -> ReadFeed:
    """RSS, Atom or JSON Feed as bytes -> its entries in their order.

    Raises NoFeedError, which calls the feed `where`.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _of_json(data, where)
    return _of_xml(data, where)


def _of_xml(data: bytes, where: str) -> ReadFeed:
    import feedparser

    found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    kind: Literal["rss", "atom"] = "atom" if found.get("version", "").startswith("atom") else "rss"
    if not found.get("version"):
        raise NoFeedError(
            "is no feed", where=where, remedy="name a file or URL of RSS, Atom or JSON"
        )
    links = found.feed.get("links", [])
    return ReadFeed(
        format=kind,
        self_url=next((link.get("href", "") for link in links if link.get("rel") == "self"), ""),
        entries=tuple(_xml_entry(entry, kind) for entry in found.entries),
    )


def _xml_entry(entry: dict[str, Any], kind: Literal["rss", "atom"]) -> ReadEntry:
    title = entry.get("title", "")
    # Only Atom says of a title that nothing in it is markup.
    plain = kind == "atom" and entry.get("title_detail", {}).get("type") == "text/plain"
    return ReadEntry(
        id=entry.get("id", ""),
        url=entry.get("link", ""),
        title=one_line(title) if plain else _text(title),
        published=_moment(entry.get("published_parsed")),
        # feedparser gives the one date for the other where only one is there.
        updated=_moment(entry["updated_parsed"]) if "updated" in entry else None,
        categories=tuple(filter(None, map(_name, entry.get("tags", ())))),
    )


def _name(category: dict[str, Any]) -> str:
    """The category as readers show it: Atom's label is for people, and its term for programs."""
    return category.get("label") or category.get("term") or ""


def _of_json(data: bytes, where: str) -> ReadFeed:
    try:
        found = json.loads(data.decode("utf-8-sig"))
        if not str(found["version"]).startswith(_JSON_FEED):
            raise ValueError  # noqa: TRY301  # other JSON, told as all that is no feed
        entries = tuple(map(_json_entry, found["items"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoFeedError(
            "is no feed", where=where, remedy="name a file or URL of RSS, Atom or JSON"
        ) from None
    return ReadFeed(format="json", self_url=_word(found, "feed_url"), entries=entries)


def _json_entry(item: dict[str, Any]) -> ReadEntry:
    return ReadEntry(
        id=_word(item, "id"),
        url=_word(item, "url"),
        title=one_line(_word(item, "title")),
        published=_written(_word(item, "date_published")),
        updated=_written(_word(item, "date_modified")),
        categories=tuple(map(str, item.get("tags") or ())),
    )


def _word(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return "" if value is None else str(value)


def _written(text: str) -> datetime | None:
    """A date of RFC 3339."""
    return _or_none(datetime.fromisoformat, text) if text else None


def _moment(parsed: struct_time | None) -> datetime | None:
    return _or_none(lambda at: datetime.fromtimestamp(timegm(at), UTC), parsed) if parsed else None


def _or_none(read: Callable[[Any], datetime], value: object) -> datetime | None:
    """The moment in UTC; None where it is none, or before or after all that can be written."""
    try:
        return read(value).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _text(title: str) -> str:
    """A title as readers show it, however many times its markup is escaped."""
    return one_line(html.unescape(_TAG.sub("", title)))
