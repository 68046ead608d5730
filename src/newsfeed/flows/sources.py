"""Each source and what became of it: the answer to "why is their new post not here yet?"."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec

from newsfeed.collect.entry import Folder
from newsfeed.collect.remote.shelf import load_state
from newsfeed.errors import Fault
from newsfeed.flows.build import Workshop

_FEED = "feed"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source by its `name`, and its `place`, a folder or an address. `kind` is "feed", or the
    generator whose rules it is read by; `left_out` counts files and items that are not published.

    Of feeds: `answered` and `due` are when it was read last and when it is asked again, in UTC,
    None for never, and `told` what there is to tell of that.
    """

    name: str
    place: str
    kind: str
    articles: int
    left_out: int
    answered: datetime | None = None
    due: datetime | None = None
    told: tuple[Fault, ...] = ()


def sources(shop: Workshop) -> list[Source]:
    """All sources, in the order of the settings. Raises NewsfeedError as a build does."""
    collection = shop.collection
    published = Counter(head.source for head in collection.heads)
    files = Counter(source for source, _ in collection.entries)
    return [_source(one, published[one.name], files[one.name]) for one in shop.plan.folders]


def _source(folder: Folder, published: int, files: int) -> Source:
    remote = folder.remote
    state = load_state(folder.root.parent) if remote else None
    found = Source(
        name=folder.name,
        place=remote.url if remote else str(folder.root),
        kind=_FEED if remote else folder.convention.name,
        articles=published,
        left_out=files - published,
    )
    if state is None:
        return found
    return msgspec.structs.replace(found, answered=state.fetched, due=state.due, told=state.told)
