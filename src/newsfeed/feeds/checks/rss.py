"""The check of an RSS 2.0 document, and of an OPML list beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.feeds.checks.html import html_problems
from newsfeed.feeds.checks.values import is_rfc822, is_web_address, place, shown
from newsfeed.feeds.checks.xml import (
    Rules,
    address_in,
    address_in_text,
    child_problems,
    local,
    not_an_address,
    text_of,
)
from newsfeed.feeds.names import ATOM_NS, CONTENT_NS, MEDIA_NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree


def rss_problems(root: etree._Element) -> Iterator[str]:
    """What is wrong with the RSS document under `root`."""
    channels = root.findall("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or len(channels) != 1:
        yield "is not RSS 2.0 with one channel"
        return
    for problem in child_problems(channels[0], CHANNEL):
        yield f"channel: {problem}"
    ids: set[str] = set()
    for number, item in enumerate(channels[0].iterfind("item"), 1):
        for problem in _item_problems(item, ids):
            yield f"{place('item', number, item.findtext('title'))}: {problem}"


def _item_problems(item: etree._Element, ids: set[str]) -> Iterator[str]:
    """What is wrong with `item`, whose guid joins the `ids` of those before it."""
    yield from child_problems(item, ITEM)
    guid = item.findtext("guid") or ""
    if guid in ids:
        yield f"has the guid of an earlier item: {shown(guid)}"
    ids.add(guid)


def opml_problems(root: etree._Element) -> Iterator[str]:
    """What is wrong with the OPML document under `root`."""
    if root.tag != "opml" or root.get("version") != "2.0":
        yield "is not OPML 2.0"
        return
    if not root.findtext("head/title"):
        yield "head: has no title"
    for created in root.iterfind("head/dateCreated"):
        yield from (f"head: {problem}" for problem in _date(created))
    for number, outline in enumerate(root.iterfind("body//outline"), 1):
        if not outline.get("text"):
            yield f"outline {number}: has no text"
        for name in ("xmlUrl", "htmlUrl"):
            value = outline.get(name, "")
            if not is_web_address(value):
                yield f"outline {number}: {not_an_address(name, value)}"


def _date(element: etree._Element) -> Iterator[str]:
    if not is_rfc822(element.text or ""):
        yield f"{local(element.tag)} is not a date with a zone: {shown(element.text)}"


def _body(element: etree._Element) -> Iterator[str]:
    for problem in html_problems(element.text or ""):
        yield f"{local(element.tag)} {problem}"


def _guid(element: etree._Element) -> Iterator[str]:
    if element.get("isPermaLink") != "false" and not is_web_address(text_of(element)):
        yield not_an_address("guid, said to be a permalink,", element.text)


def _enclosure(element: etree._Element) -> Iterator[str]:
    yield from address_in("url")(element)
    if not element.get("length", "").isdecimal() or "/" not in element.get("type", ""):
        yield "enclosure has no length in bytes or no media type"


def _image(element: etree._Element) -> Iterator[str]:
    for name in ("url", "link"):
        if not is_web_address(element.findtext(name) or ""):
            yield not_an_address(f"{name} of image", element.findtext(name))


CHANNEL = Rules(
    required=frozenset({"title", "link", "description"}),
    single=frozenset({"title", "link", "description", "language", "image", "ttl", "pubDate"}),
    checks={
        "link": address_in_text,
        "docs": address_in_text,
        "image": _image,
        "lastBuildDate": _date,
        "pubDate": _date,
        f"{{{ATOM_NS}}}link": address_in("href"),
    },
)

ITEM = Rules(
    required=frozenset({"title", "link", "guid", "pubDate"}),
    single=frozenset({"title", "link", "guid", "pubDate", "description", "enclosure", "source"}),
    checks={
        "link": address_in_text,
        "guid": _guid,
        "pubDate": _date,
        "enclosure": _enclosure,
        "source": address_in("url"),
        "description": _body,
        f"{{{CONTENT_NS}}}encoded": _body,
        f"{{{MEDIA_NS}}}content": address_in("url"),
        f"{{{MEDIA_NS}}}thumbnail": address_in("url"),
    },
)
