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

from newsfeed.collect.dates import FIRST_YEAR
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


def xml_feed(data: bytes, where: str) -> Any:  # noqa: ANN401  # feedparser has no types
    """RSS or Atom as feedparser reads it: nothing sanitised, and addresses relative as they are
    but for those with an `xml:base`. Raises NoFeedError.
    """
    import feedparser

    found = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not found.get("version"):
        raise _no_feed(where)
    return found


def _of_xml(data: bytes, where: str) -> ReadFeed:
    found = xml_feed(data, where)
    links = found.feed.get("links", [])
    kind: Literal["rss", "atom"] = "atom" if found.version.startswith("atom") else "rss"
    return ReadFeed(
        format=kind,
        self_url=next((link.get("href", "") for link in links if link.get("rel") == "self"), ""),
        entries=tuple(_xml_entry(entry, kind) for entry in found.entries),
    )


def _xml_entry(entry: dict[str, Any], kind: Literal["rss", "atom"]) -> ReadEntry:
    return ReadEntry(
        id=entry.get("id", ""),
        url=entry.get("link", ""),
        title=shown_title(entry, atom=kind == "atom"),
        published=moment(entry.get("published_parsed")),
        # feedparser gives the one date for the other where only one is there.
        updated=moment(entry["updated_parsed"]) if "updated" in entry else None,
        categories=tuple(filter(None, map(shown_name, entry.get("tags", ())))),
    )


def shown_name(category: dict[str, Any]) -> str:
    """The category as readers show it: Atom's label is for people, and its term for programs."""
    return category.get("label") or category.get("term") or ""


def json_feed(data: bytes, where: str) -> dict[str, Any]:
    """A JSON Feed as it is written, whose `items` are a list. Raises NoFeedError."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
        if not str(found["version"]).startswith(_JSON_FEED) or not isinstance(found["items"], list):
            raise ValueError  # noqa: TRY301  # other JSON, told as all that is no feed
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _no_feed(where) from None
    return dict(found)


def _of_json(data: bytes, where: str) -> ReadFeed:
    found = json_feed(data, where)
    try:
        entries = tuple(map(_json_entry, found["items"]))
    except (ValueError, TypeError, AttributeError):
        raise _no_feed(where) from None
    return ReadFeed(format="json", self_url=word(found, "feed_url"), entries=entries)


def _no_feed(where: str) -> NoFeedError:
    remedy = "name a file or URL of RSS, Atom or JSON"
    return NoFeedError("is no feed", where=where, remedy=remedy)


def _json_entry(item: dict[str, Any]) -> ReadEntry:
    return ReadEntry(
        id=word(item, "id"),
        url=word(item, "url"),
        title=one_line(word(item, "title")),
        published=written(word(item, "date_published")),
        updated=written(word(item, "date_modified")),
        categories=tuple(map(str, item.get("tags") or ())),
    )


def word(table: dict[str, Any], key: str) -> str:
    """The value at `key` as text; "" where there is none."""
    value = table.get(key)
    return "" if value is None else str(value)


def written(text: str) -> datetime | None:
    """A date of RFC 3339, in UTC, which is meant where no zone is named; None for what is none."""
    return _or_none(_with_zone, text) if text else None


def _with_zone(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def moment(parsed: struct_time | None) -> datetime | None:
    """A date as feedparser gives it, in UTC."""
    return _or_none(lambda at: datetime.fromtimestamp(timegm(at), UTC), parsed) if parsed else None


def _or_none(read: Callable[[Any], datetime], value: object) -> datetime | None:
    """The moment in UTC; None where it is none, or before or after all that can be written.

    Hugo gives the year 1 to what has no date.
    """
    try:
        moment = read(value).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year >= FIRST_YEAR else None


def shown_title(element: dict[str, Any], *, atom: bool) -> str:
    """The title of a feed or entry as readers show it, however many times its markup is escaped."""
    title = element.get("title", "")
    # Only Atom says of a title that nothing in it is markup.
    if atom and element.get("title_detail", {}).get("type") == "text/plain":
        return one_line(title)
    return one_line(html.unescape(_TAG.sub("", title)))
