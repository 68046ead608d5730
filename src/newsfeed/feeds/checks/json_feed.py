"""The check of a JSON Feed 1.1 document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from newsfeed.feeds.checks.html import html_problems
from newsfeed.feeds.checks.values import is_rfc3339, is_web_address, place, shown
from newsfeed.feeds.checks.xml import BYTE_ORDER_MARK, not_an_address

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION = "https://jsonfeed.org/version/1.1"
_SURROGATE = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
_FEED_ADDRESSES = ("home_page_url", "feed_url", "icon", "favicon", "next_url")
_ITEM_ADDRESSES = ("url", "external_url", "image", "banner_image")


def json_problems(data: bytes) -> Iterator[str]:
    """What is wrong with the JSON Feed document `data`."""
    if data.startswith(BYTE_ORDER_MARK):
        yield "begins with a byte order mark"
        return
    try:
        text = data.decode("utf-8")
        feed: object = json.loads(text, parse_constant=_refuse)
    except (UnicodeDecodeError, ValueError) as error:
        yield f"is not JSON in UTF-8: {error}"
        return
    if not isinstance(feed, dict) or feed.get("version") != _VERSION:
        yield "is not a JSON Feed 1.1"
        return
    if _SURROGATE.search(text):
        yield "has an escaped surrogate, which not every reader can decode"
    yield from (f"feed: {problem}" for problem in _feed(feed))
    items = feed.get("items")
    if not isinstance(items, list):
        yield "feed: has no list of items"
        return
    ids: set[str] = set()
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            yield f"item {number}: is not an object"
            continue
        for problem in _item(item, ids):
            yield f"{place('item', number, item.get('title'))}: {problem}"


def _feed(feed: dict[str, object]) -> Iterator[str]:
    if not _is_text(feed.get("title")):
        yield "has no title"
    yield from _addresses(feed, _FEED_ADDRESSES)
    yield from _authors(feed)
    for hub in _objects(feed.get("hubs", [])):
        yield from (f"hub: {problem}" for problem in _addresses(hub, ("url",), required=True))


def _item(item: dict[str, object], ids: set[str]) -> Iterator[str]:
    """What is wrong with `item`, whose id joins the `ids` of those before it."""
    identity = str(item.get("id"))
    if identity in ids:
        yield f"has the id of an earlier item: {shown(identity)}"
    ids.add(identity)
    for key in ("id", "title", "url"):
        if not _is_text(item.get(key)):
            yield f"has no {key}"
    if not (_is_text(item.get("content_html")) or _is_text(item.get("content_text"))):
        yield "has neither content_html nor content_text"
    yield from _addresses(item, _ITEM_ADDRESSES)
    for key in ("date_published", "date_modified"):
        value = item.get(key)
        if value is not None and not is_rfc3339(str(value)):
            yield f"{key} is not a date with a zone: {shown(value)}"
    yield from (
        f"content_html {problem}" for problem in html_problems(str(item.get("content_html", "")))
    )
    yield from _authors(item)
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(map(_is_text, tags)):
        yield "tags are not a list of names"
    for attachment in _objects(item.get("attachments", [])):
        yield from (f"attachment: {problem}" for problem in _attachment(attachment))


def _attachment(attachment: dict[str, object]) -> Iterator[str]:
    yield from _addresses(attachment, ("url",), required=True)
    if "/" not in str(attachment.get("mime_type")):
        yield "has no media type"
    if not isinstance(attachment.get("size_in_bytes", 0), int):
        yield "size_in_bytes is not a number"


def _addresses(
    found: dict[str, object], keys: tuple[str, ...], *, required: bool = False
) -> Iterator[str]:
    for key in keys:
        value = found.get(key)
        if value is None and not required:
            continue
        if not isinstance(value, str) or not is_web_address(value):
            yield not_an_address(key, value if isinstance(value, str) else None)


def _authors(found: dict[str, object]) -> Iterator[str]:
    authors = found.get("authors", [])
    if not all(_is_text(author.get("name")) for author in _objects(authors)):
        yield "an author has no name"


def _objects(value: object) -> list[dict[str, object]]:
    """The objects in the list `value`; an empty one for each member that is none."""
    members = value if isinstance(value, list) else [value]
    return [member if isinstance(member, dict) else {} for member in members]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
