"""A document with every text fit for XML and JSON: the last gate before the writers.

One forbidden character would make a whole feed unreadable (XML 1.0 section 2.2), so nothing is
trusted to have been cleaned before. All formats are written from the same scrubbed values, so
that ids and titles are equal in each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from newsfeed.model import FeedDocument, FeedItem, Image, Origin, Term
from newsfeed.text import clean, legal, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable


def scrubbed(document: FeedDocument) -> FeedDocument:
    """`document` without characters that XML forbids, titles and names on one line.

    What formats demand is never empty: a document without description is described by its
    title, and an item whose title has no visible character is called by its address.
    """
    title = one_line(document.title) or document.id
    return replace(
        document,
        id=_line(document.id),
        title=title,
        description=clean(document.description).strip() or title,
        author=one_line(document.author) or title,
        items=tuple(map(_item, document.items)),
    )


def _item(item: FeedItem) -> FeedItem:
    return replace(
        item,
        id=_line(item.id),
        url=_line(item.url),
        title=_line(item.title) or _line(item.url),
        summary=clean(item.summary).strip(),
        content_html=legal(item.content_html),
        authors=tuple(filter(None, map(_line, item.authors))),
        categories=tuple(_terms(item.categories)),
        tags=tuple(_terms(item.tags)),
        image=None if item.image is None else _image(item.image),
        origin=None if item.origin is None else _origin(item.origin),
    )


def _line(text: str) -> str:
    """`one_line(text)`, at once for plain ASCII without a space, as addresses and ids are."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return one_line(text)


def _terms(found: Iterable[Term]) -> Iterable[Term]:
    for term in found:
        name = _line(term.name)
        if name:
            yield Term(name=name, slug=_line(term.slug) or name)


def _origin(origin: Origin) -> Origin:
    url = _line(origin.url)
    return replace(
        origin,
        title=_line(origin.title) or url,
        url=url,
        id=_line(origin.id),
        home=_line(origin.home),
    )


def _image(image: Image) -> Image:
    return replace(image, url=_line(image.url), alt=_line(image.alt))
