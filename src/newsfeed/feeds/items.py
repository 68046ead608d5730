"""What an item shows beside its texts, the same in every format."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsfeed.model import FeedItem, Image, Term


def terms(item: FeedItem) -> tuple[Term, ...]:
    """Categories, then tags, each name once: most readers show both in one row."""
    by_name: dict[str, Term] = {}
    for term in chain(item.categories, item.tags):
        by_name.setdefault(term.name, term)
    return tuple(by_name.values())


def enclosure(item: FeedItem) -> Image | None:
    """The lead image where it may be attached, else None.

    An attachment needs its type and its true length (RSS 2.0, `enclosure`), and a body that
    does not show the image already: readers would show it twice (F-M-04).
    """
    image = item.image
    if image is None or item.image_in_content or not image.length or not image.media_type:
        return None
    return image
