"""What one file gave, before it has an identity, and the folder that it lies in.

Entries are values; the index keeps them so that an unchanged file is not read again.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import msgspec

from newsfeed.collect.conventions.base import Convention
from newsfeed.errors import Fault
from newsfeed.model import DateOrigin, Image, Origin
from newsfeed.urls import ascii_url

FORMAT = 10
"""Raised whenever the same file gives another entry than before."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one file gave.

    `fault` tells why it cannot be published, `left_out` why it is not meant to be; "" and None
    mean that it is. `default_id` is the absolute id that the generator's own feed would give,
    `guid` the author's own. `image_file` is the absolute path of the lead image's file, "" where
    there is none. `pictures` are the absolute paths at which it was looked for, there or not, and
    other media that newsfeed publishes: a change of one changes the entry.
    `media` maps references in the article to the paths at which newsfeed publishes local files,
    `originals` these to the files' paths below the source as the disk spells them. `sponsored` is
    the key by which the article says that somebody paid for it; `tie` tells the order of articles
    with one date, and `rank` which come first in feeds; `early` that this one does not wait for its
    date, `since` and `until` when it may be published. `body_line` counts from 1. `origin` is the
    remote feed that the article is from; then `base` is the absolute address that references in it
    start from, where that is not its own, and `old` tells that it was there when the feed was first
    read. `references` are the other articles that it refers to, as `Find` is asked for them.
    """

    path: str
    raw_path: str
    content_hash: str = ""
    fault: Fault | None = None
    remarks: tuple[Fault, ...] = ()
    left_out: str = ""
    title: str = ""
    url: str = ""
    default_id: str = ""
    guid: str = ""
    date: datetime | None = None
    dated: DateOrigin | None = None
    updated: datetime | None = None
    summary: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: Image | None = None
    image_file: str = ""
    pictures: tuple[str, ...] = ()
    media: dict[str, str] = {}
    originals: dict[str, str] = {}
    sponsored: str = ""
    tie: str = ""
    early: bool = False
    rank: int = 0
    since: datetime | None = None
    until: datetime | None = None
    body_line: int = 1
    origin: Origin | None = None
    base: str = ""
    old: bool = False
    references: tuple[str, ...] = ()


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """The feed that fills a folder: its address, and the language that its articles are said to be
    in, whatever they say themselves, or "".
    """

    url: str
    language: str = ""


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """A source as the reader of its files needs it. `site_url` has no slash at its end.

    `publishes_media` tells that local files which articles refer to are copied to the output,
    at their path below `root`, because nobody else publishes them. `media_roots` are the folders,
    absolute, in which references that begin with a slash are looked up. `remote` is the feed that
    fills the folder with items; None where authors do, by the rules of `convention`.
    """

    name: str
    root: Path
    convention: Convention
    site_url: str
    language: str
    publishes_media: bool = False
    media_roots: tuple[str, ...] = ()
    remote: Remote | None = None


def media_url(path: str, folder: Folder) -> str:
    """The address at which newsfeed publishes a local file, by its path below the source."""
    return ascii_url(f"{folder.site_url}/{quote(path)}")
