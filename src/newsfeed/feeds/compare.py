"""How a feed differs from another one: what a reader of the one would notice. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal
from unicodedata import normalize

import msgspec

from newsfeed.model import ReadEntry, ReadFeed
from newsfeed.text import one_line
from newsfeed.urls import ascii_url

Kind = Literal[
    "address",
    "format",
    "missing",
    "extra",
    "id",
    "link",
    "title",
    "published",
    "updated",
    "categories",
    "order",
]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same. `entry` is its title, "" for the feed as a whole; `theirs`
    and `ours` are what stands in the two feeds, "" for nothing.
    """

    kind: Kind
    entry: str = ""
    theirs: str = ""
    ours: str = ""


def compared(theirs: ReadFeed, ours: ReadFeed) -> tuple[Difference, ...]:
    """What is different in `ours`: the feed's format, entries by entry, then their order.

    An entry is the same by its id, else by its link, else by title and date. What one of the two
    feeds does not say at all, such as the second date, is no difference; nor are categories where
    no entry of `theirs` has one.
    """
    found: list[Difference] = []
    if theirs.format != ours.format:
        found.append(Difference(kind="format", theirs=theirs.format, ours=ours.format))
    pairs = _pairs(theirs.entries, ours.entries)
    tells_categories = any(entry.categories for entry in theirs.entries)
    for entry in theirs.entries:
        mine = pairs.get(id(entry))
        if mine is None:
            found.append(Difference(kind="missing", entry=entry.title, theirs=entry.url))
        else:
            found += _changes(entry, mine, tells_categories=tells_categories)
    matched = set(map(id, pairs.values()))
    found += [
        Difference(kind="extra", entry=entry.title, ours=entry.url)
        for entry in ours.entries
        if id(entry) not in matched
    ]
    return (*found, *_moved(theirs.entries, ours.entries, pairs))


def _pairs(theirs: Sequence[ReadEntry], ours: Sequence[ReadEntry]) -> dict[int, ReadEntry]:
    """Our entry to each of theirs, by `id()`; each is taken once."""
    pairs: dict[int, ReadEntry] = {}
    taken: set[int] = set()
    for key in _KEYS:
        free: dict[object, list[ReadEntry]] = {}
        for entry in ours:
            if id(entry) not in taken and key(entry):
                free.setdefault(key(entry), []).append(entry)
        for entry in theirs:
            if id(entry) not in pairs and key(entry) and free.get(key(entry)):
                pairs[id(entry)] = free[key(entry)].pop(0)
                taken.add(id(pairs[id(entry)]))
    return pairs


def _address(entry: ReadEntry) -> str:
    """The link in ASCII: percent-encoded or not, it leads to the same page."""
    try:
        return ascii_url(entry.url)
    except ValueError:
        return entry.url


_KEYS: tuple[Callable[[ReadEntry], object], ...] = (
    lambda entry: entry.id,
    lambda entry: _address(entry),
    lambda entry: (entry.title, entry.published or entry.updated),
)


def _changes(theirs: ReadEntry, ours: ReadEntry, *, tells_categories: bool) -> Iterator[Difference]:
    texts: tuple[tuple[Kind, str, str], ...] = (
        ("id", theirs.id, ours.id),
        ("link", _address(theirs), _address(ours)),
        ("title", one_line(theirs.title), one_line(ours.title)),
    )
    for kind, before, after in texts:
        if before != after:
            yield Difference(kind=kind, entry=theirs.title, theirs=before, ours=after)
    dates: tuple[tuple[Kind, datetime | None, datetime | None], ...] = (
        ("published", theirs.published, ours.published),
        ("updated", theirs.updated, ours.updated),
    )
    for kind, then, now in dates:
        if then and now and then != now:
            yield Difference(
                kind=kind, entry=theirs.title, theirs=then.isoformat(), ours=now.isoformat()
            )
    if tells_categories and _names(theirs) != _names(ours):
        yield Difference(
            kind="categories",
            entry=theirs.title,
            theirs=", ".join(theirs.categories),
            ours=", ".join(ours.categories),
        )


def _names(entry: ReadEntry) -> set[str]:
    """The categories; no reader sees in what order they come, or one twice."""
    return {normalize("NFC", name).strip() for name in entry.categories}


def _moved(
    theirs: Sequence[ReadEntry], ours: Sequence[ReadEntry], pairs: dict[int, ReadEntry]
) -> Iterator[Difference]:
    """The first entry that stands elsewhere, among those that both feeds have."""
    here = {id(entry): number for number, entry in enumerate(ours)}
    before = [entry for entry in theirs if id(entry) in pairs]
    after = sorted(before, key=lambda entry: here[id(pairs[id(entry)])])
    for one, other in zip(before, after, strict=True):
        if one is not other:
            yield Difference(kind="order", entry=one.title, theirs=one.title, ours=other.title)
            return
