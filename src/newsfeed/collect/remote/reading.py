"""A kept item -> an entry, like that of an author's file, and its body."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from newsfeed.collect import files
from newsfeed.collect.conventions.base import Body
from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.markup import excerpt, plain_text
from newsfeed.collect.markup.dom import parse
from newsfeed.collect.markup.media import make_plain
from newsfeed.collect.remote.item import Item, Kept, decode
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin, Image
from newsfeed.urls import WEB_SCHEMES, absolute

if TYPE_CHECKING:
    from datetime import datetime

TITLE = 80
"""Grapheme clusters of a title that is cut from the text, since the feed gives none."""

_SMALLEST = 33
"""Pixels: an image that says to be smaller counts readers or smiles, and leads no article."""

_CUT_OFF = re.compile(r"\s*(?:\[(?:…|\.{3})\]|…|\.{3}).*", re.DOTALL)
_SIZE = re.compile(r"\s*([0-9]{1,5})(?:px)?\s*", re.ASCII)


def read_item(found: files.Found, folder: Folder) -> Entry:
    """Read one file. What is wrong with it becomes the entry's fault; nothing is raised."""
    bare = Entry(path=found.path, raw_path=found.raw)
    try:
        kept = _kept(found.raw, folder)
        return _entry(bare, kept, folder)
    except ArticleError as error:
        return msgspec.structs.replace(bare, fault=error.fault(found.path))


def item_body(entry: Entry, folder: Folder) -> Body:
    """The article's HTML as the feed has it. Raises ArticleError."""
    return Body(text=_html(_kept(entry.raw_path, folder).item), markup="html")


def _kept(raw: str, folder: Folder) -> Kept:
    return decode(files.read(folder.root / raw))


def _html(item: Item) -> str:
    return item.content or item.summary


def _entry(bare: Entry, kept: Kept, folder: Folder) -> Entry:
    item, remote = kept.item, folder.remote
    text = plain_text(_html(item))
    date, dated = _date(kept)
    return msgspec.structs.replace(
        bare,
        content_hash=_content_hash(kept),
        left_out="" if item.url else "the feed gives it no address",
        title=item.title or excerpt(text, TITLE) or item.url or item.id,
        url=item.url,
        default_id=item.id,
        guid=item.id,
        date=date,
        dated=dated,
        updated=item.updated,
        summary=_summary(item, text),
        language=(remote and remote.language) or item.language or folder.language,
        authors=item.authors or (kept.origin.title,),
        categories=item.categories,
        image=_image(item),
        origin=kept.origin,
        base=item.base,
        old=kept.old,
    )


def _date(kept: Kept) -> tuple[datetime, DateOrigin]:
    if kept.item.published:
        return kept.item.published, DateOrigin.FEED
    return kept.seen - timedelta(seconds=kept.place), DateOrigin.FIRST_SEEN


def _content_hash(kept: Kept) -> str:
    return hashlib.sha256(msgspec.json.encode(kept.item)).hexdigest()


def _summary(item: Item, text: str) -> str:
    """The author's own excerpt as text; "" where there is none, or it is but the text's beginning.

    Programs such as WordPress cut it there, and put `[…]` and a line about themselves behind it.
    """
    if not item.content or item.summary in {"", item.content}:
        return ""
    summary = plain_text(item.summary)
    beginning = _CUT_OFF.sub("", summary)
    if beginning and _bare(text).startswith(_bare(beginning)):
        return ""
    return summary


def _bare(text: str) -> str:
    """What is said, whatever stands between the words."""
    return "".join(filter(str.isalnum, text))


def _image(item: Item) -> Image | None:
    """The image that the feed names, else the first of the body that is more than a dot."""
    named = item.image
    if named is None:
        return _first_image(item)
    return Image(
        url=named.url,
        alt=named.alt,
        width=named.width,
        height=named.height,
        length=named.length,
        media_type=named.media_type,
    )


def _first_image(item: Item) -> Image | None:
    source = _html(item)
    if "<img" not in source.lower():
        return None
    body = parse(source)
    make_plain(body)
    for image in body.iter("img"):
        sizes = [_SIZE.fullmatch(image.get(name, "")) for name in ("width", "height")]
        if any(size and int(size[1]) < _SMALLEST for size in sizes):
            continue
        url = absolute(image.get("src", ""), item.base or item.url, schemes=WEB_SCHEMES)
        if url and image.get("src", "").strip():
            return Image(url=url, alt=" ".join(image.get("alt", "").split()))
    return None
