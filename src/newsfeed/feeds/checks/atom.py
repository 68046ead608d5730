"""The check of an Atom 1.0 document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.feeds.checks.html import html_problems
from newsfeed.feeds.checks.values import is_absolute_iri, is_rfc3339, place, shown
from newsfeed.feeds.checks.xml import (
    Rules,
    address_in,
    address_in_text,
    child_problems,
    local,
    text_of,
)
from newsfeed.feeds.names import ATOM_NS, MEDIA_NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree


def _atom(*names: str) -> frozenset[str]:
    return frozenset(f"{{{ATOM_NS}}}{name}" for name in names)


(_AUTHOR,) = _atom("author")
(_ENTRY,) = _atom("entry")
(_FEED,) = _atom("feed")
(_ID,) = _atom("id")
(_LINK,) = _atom("link")
(_NAME,) = _atom("name")
(_TITLE,) = _atom("title")


def atom_problems(root: etree._Element) -> Iterator[str]:
    """What is wrong with the Atom document under `root`."""
    if root.tag != _FEED:
        yield "is not an Atom feed"
        return
    for problem in child_problems(root, FEED):
        yield f"feed: {problem}"
    yield from (f"feed: {problem}" for problem in _alternates(root))
    has_author = root.find(_AUTHOR) is not None
    ids: set[str] = set()
    for number, entry in enumerate(root.iterfind(_ENTRY), 1):
        for problem in _entry_problems(entry, ids):
            yield f"{place('entry', number, entry.findtext(_TITLE))}: {problem}"
        if not has_author and entry.find(_AUTHOR) is None:
            yield f"entry {number}: has no author, and neither has the feed"


def _entry_problems(entry: etree._Element, ids: set[str]) -> Iterator[str]:
    """What is wrong with `entry`, whose id joins the `ids` of those before it."""
    yield from child_problems(entry, ENTRY)
    yield from _alternates(entry)
    identity = entry.findtext(_ID) or ""
    if identity in ids:
        yield f"has the id of an earlier entry: {shown(identity)}"
    ids.add(identity)


def _alternates(element: etree._Element) -> Iterator[str]:
    """RFC 4287 sections 4.1.1 and 4.1.2: one alternate link of each type and language."""
    kinds = [
        (link.get("type"), link.get("hreflang"))
        for link in element.iterfind(_LINK)
        if link.get("rel", "alternate") == "alternate"
    ]
    if not kinds:
        yield "has no alternate link"
    if len(set(kinds)) < len(kinds):
        yield "has two alternate links of the same type and language"


def _identity(element: etree._Element) -> Iterator[str]:
    if not is_absolute_iri(element.text or ""):
        yield f"id is not an absolute IRI: {shown(element.text)}"


def _date(element: etree._Element) -> Iterator[str]:
    if not is_rfc3339(element.text or ""):
        yield f"{local(element.tag)} is not a date with a zone: {shown(element.text)}"


def _author(element: etree._Element) -> Iterator[str]:
    names = element.findall(_NAME)
    if len(names) != 1 or not text_of(names[0]):
        yield "author has no name"


def _text(element: etree._Element) -> Iterator[str]:
    kind = element.get("type", "text")
    if kind == "html":
        for problem in html_problems(element.text or ""):
            yield f"{local(element.tag)} {problem}"
    elif kind != "text":
        yield f"{local(element.tag)} is neither text nor html: {shown(kind)}"


FEED = Rules(
    required=_atom("id", "title", "updated"),
    single=_atom("id", "title", "updated", "subtitle", "generator", "icon", "logo", "rights"),
    checks={
        **dict.fromkeys(_atom("id"), _identity),
        **dict.fromkeys(_atom("updated"), _date),
        **dict.fromkeys(_atom("link"), address_in("href")),
        **dict.fromkeys(_atom("icon", "logo"), address_in_text),
        **dict.fromkeys(_atom("author", "contributor"), _author),
        **dict.fromkeys(_atom("title", "subtitle", "rights"), _text),
    },
)

SOURCE = FEED._replace(required=frozenset())
"""RFC 4287 section 4.2.11: what a feed may have, none of which is demanded."""


def _source(element: etree._Element) -> Iterator[str]:
    yield from (f"source: {problem}" for problem in child_problems(element, SOURCE))


ENTRY = Rules(
    required=_atom("id", "title", "updated"),
    single=_atom("id", "title", "updated", "published", "summary", "content", "rights", "source"),
    checks={
        **dict.fromkeys(_atom("id"), _identity),
        **dict.fromkeys(_atom("updated", "published"), _date),
        **dict.fromkeys(_atom("link"), address_in("href")),
        **dict.fromkeys(_atom("source"), _source),
        **dict.fromkeys(_atom("author", "contributor"), _author),
        **dict.fromkeys(_atom("title", "summary", "content", "rights"), _text),
        f"{{{MEDIA_NS}}}content": address_in("url"),
        f"{{{MEDIA_NS}}}thumbnail": address_in("url"),
    },
)
