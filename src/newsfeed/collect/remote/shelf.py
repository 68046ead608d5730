"""The folder of a remote feed: `feed.json` tells how it was fetched, `items/` has a file an item.

It is no cache: a feed shows the newest only, and what it no longer shows is nowhere else.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from newsfeed.collect import files
from newsfeed.collect.remote.item import ENDING, Document, Item, Kept, decode, encode, is_item
from newsfeed.collect.remote.twins import same_address
from newsfeed.errors import ArticleError, Fault
from newsfeed.text import short_hash, slug

STATE = "feed.json"
ITEMS = "items"
_LONGEST = 60
_DIGITS = 16


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of fetching a feed. Datetimes are UTC.

    `etag` and `modified` are the validators of what was answered last; `fetched` is when that was,
    None for never; `due` when it is asked again; `failures` count since it was. `left_out` counts
    items that were too many. `moved` is the address that took its place for good, `told` what there
    is to tell until it is asked again.
    """

    url: str
    due: datetime
    etag: str = ""
    modified: str = ""
    fetched: datetime | None = None
    failures: int = 0
    left_out: int = 0
    moved: str = ""
    told: tuple[Fault, ...] = ()


def folder_name(source: str) -> str:
    """The name of a source's folder: one for each, and such that people know it again."""
    bare = source.removeprefix("https://").removeprefix("http://")
    return f"{slug(bare, _LONGEST)}-{short_hash(source)}".lstrip("-")


def load_state(folder: Path) -> State | None:
    """What is known; None where there is nothing that can be read."""
    try:
        return msgspec.json.decode(files.read(folder / STATE), type=State)
    except (ArticleError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def former_folder(folder: Path, wanted: Collection[Path], url: str) -> Path | None:
    """The folder of a feed whose own is not there yet: the source has another name now, or the feed
    another address. Those `wanted` belong to others.
    """
    beside = sorted(folder.parent.iterdir()) if folder.parent.is_dir() else []
    for other in beside:
        state = None if other in wanted else load_state(other)
        if state and url in {state.url, state.moved}:
            return other
    return None


def state_bytes(state: State) -> bytes:
    """The content of the file, for people too."""
    return msgspec.json.format(msgspec.json.encode(state), indent=1) + b"\n"


def changed_items(
    items: Path, document: Document, seen: datetime, *, first: bool
) -> Iterator[tuple[Path, bytes]]:
    """The files to write, with what they are to hold, for what is new or changed in `document`.

    An item is the one that was there with its id; or with its address, where its feed gives other
    ids now: then it keeps the first. An address that several have, as episodes that all lead to
    their show, tells nothing. On the `first` time all are old. Dates are not taken back.
    """
    known = _known(items)
    ids = {item.id for item in document.items}
    before = Counter(same_address(kept.item.url) for _, kept in known.values())
    now = Counter(same_address(item.url) for item in document.items)
    by_address = {
        address: (path, kept)
        for path, kept in known.values()
        if kept.item.url
        and kept.item.id not in ids
        and before[address := same_address(kept.item.url)] == now[address] == 1
    }
    for place, item in enumerate(document.items):
        found = known.get(item.id)
        if found is None and item.url:
            found = by_address.pop(same_address(item.url), None)
        if found is None:
            kept = Kept(item=item, origin=document.origin, seen=seen, place=place, old=first)
            yield items / _file_name(item), encode(kept)
            continue
        path, former = found
        same_id = msgspec.structs.replace(item, id=former.item.id)
        if same_id != former.item:
            after = msgspec.structs.replace(former, item=same_id, origin=document.origin)
            yield path, encode(after)


def _known(items: Path) -> dict[str, tuple[Path, Kept]]:
    found = {}
    for path in sorted(items.iterdir()) if items.is_dir() else ():
        if is_item(path.name):
            try:
                kept = decode(files.read(path))
            except ArticleError:
                continue  # reading tells of it; what the feed still shows is written anew
            found[kept.item.id] = (path, kept)
    return found


def _file_name(item: Item) -> str:
    """A name that people know again, and that no other item has."""
    last = urlsplit(item.url).path.rstrip("/").rpartition("/")[2]
    words = slug(last.partition(".")[0], _LONGEST) or slug(item.title, _LONGEST)
    number = hashlib.sha256(item.id.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{words}-{number}{ENDING}".lstrip("-.")
