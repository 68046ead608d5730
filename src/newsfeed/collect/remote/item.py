"""What is kept of an item of a remote feed: the content of one file."""

from __future__ import annotations

from datetime import datetime

import msgspec

from newsfeed.errors import ArticleError
from newsfeed.model import Origin

ENDING = ".json"


class RemoteImage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An image that a feed names for an item. `url` is absolute; what is not said is "" or None."""

    url: str
    media_type: str = ""
    length: int | None = None
    width: int | None = None
    height: int | None = None
    alt: str = ""


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item as its feed has it, on which nothing was decided yet.

    `id` is the feed's own. `url` is absolute, "" where there is none. `title` is text on one line;
    `content` and `summary` are HTML, not sanitised, whose references start from `base`, or from
    `url` where that is "". Datetimes are aware; `published` is None where the feed names no date.
    """

    id: str
    url: str = ""
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    image: RemoteImage | None = None
    base: str = ""
    summary: str = ""
    content: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file: the item, the feed that it is from, when (aware) it was first seen, and in which
    place then, counted from 0. `old` tells that the feed had it when it was first read.
    """

    item: Item
    origin: Origin
    seen: datetime
    place: int = 0
    old: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that was read: itself, and its items in their order, those of equal id once.

    `left_out` counts those that were too many.
    """

    origin: Origin
    items: tuple[Item, ...]
    left_out: int = 0


def is_item(path: str) -> bool:
    """Whether a file of the folder, by its path there, holds an item."""
    return path.endswith(ENDING) and "/" not in path and not path.startswith(".")


def encode(kept: Kept) -> bytes:
    """The bytes of a file, for people too."""
    return msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n"


def decode(data: bytes) -> Kept:
    """What a file holds. Raises ArticleError for one that we did not write like that."""
    try:
        return msgspec.json.decode(data, type=Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ArticleError(
            "the file of a remote feed's item is damaged",
            remedy="remove it; it comes back while the feed shows it",
        ) from None
