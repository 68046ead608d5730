"""A few changed files, put among the articles of the last gathering.

Gathering looks at every article, whichever file changed. So what it gave is kept, and while what
changed concerns no other article, only the changed ones are made anew. Whatever may concern another
is left to a gathering: a file that vanished or has a fault, an id or address that another article
has or had, an article whose time came.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Collection as Group
from datetime import datetime

import msgspec

from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.identity import Age, age, identify, in_feed_order, is_usable, own_id
from newsfeed.collect.index import Index
from newsfeed.flows.collecting import Additions, descending, zones
from newsfeed.flows.collection import Aside, Collection, Encoded, Key, Read, asides
from newsfeed.model import Article, DateOrigin, Head
from newsfeed.store import articles as store
from newsfeed.store import database
from newsfeed.store.articles import Identity

_NAME = "gathered"

_FEW = 50
"""How many files, and how many articles of one date, are at most worth it."""


class _EntangledError(Exception):
    """It takes a gathering to know what becomes of the articles."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A steady collection at its moment, whose identities are in the store."""

    key: str
    generation: int
    revision: str
    now: datetime
    articles: list[msgspec.Raw]
    aside: list[Aside]


def keep(
    collection: Collection, index: Index, db: sqlite3.Connection, key: str, now: datetime
) -> None:
    """Keep a collection whose identities are saved. `key` is what else it depends on."""
    if collection.steady:
        articles, aside = list(collection.encoded), list(collection.aside)
        kept = _Kept(key, index.generation, database.revision(db), now, articles, aside)
        index.shelve(_NAME, msgspec.msgpack.encode(kept))


def merge(
    folders: tuple[Folder, ...],
    index: Index,
    db: sqlite3.Connection,
    now: datetime,
    *,
    key: str,
    read: Read,
) -> Collection | None:
    """What a gathering would give, or None where it takes one to know. Writes nothing.

    `key` is as `keep` was given it, and `read` becomes the collection's.
    """
    shelved = index.shelved(_NAME)
    try:
        kept = msgspec.msgpack.decode(shelved or b"", type=_Kept)
        _check_present(kept, key, database.revision(db), now)
        return _merged(kept, folders, index, db, now, read)
    except (msgspec.DecodeError, _EntangledError):
        return None


def _merged(
    kept: _Kept,
    folders: tuple[Folder, ...],
    index: Index,
    db: sqlite3.Connection,
    now: datetime,
    read: Read,
) -> Collection:
    """Raises _EntangledError."""
    order = _Order(kept.articles)
    aside = {(one.source, one.path): one for one in kept.aside}
    changed = index.entries_since(kept.generation, _FEW + 1)
    if len(changed) > _FEW or len({*order.places, *aside, *changed}) != index.count():
        raise _EntangledError
    if any(one.fault or one.dated is DateOrigin.LAST_COMMIT for one in changed.values()):
        raise _EntangledError  # all may be broken; git is to be asked
    entries: dict[str, list[Entry]] = {folder.name: [] for folder in folders}
    for (source, _), entry in changed.items():
        entries[source].append(entry)
    dates = Additions(folders)
    identified = identify(
        entries,
        _known(db, {key: one for key, one in changed.items() if is_usable(one, now)}),
        added=dates,
        zones=zones(folders),
        now=now,
        after=store.last_sequence(db),
    )
    for one in order.replace(changed, identified.articles):
        order.arrange(one, lambda head: _tie(index, head), descending(folders))
    beside = [one for key, one in aside.items() if key not in changed]
    beside += asides(entries, identified.articles, now)
    sources = list(entries)
    return Collection(
        articles=Encoded(order.encoded, order.heads, zones(folders)),
        aside=sorted(beside, key=lambda one: (sources.index(one.source), one.path)),
        changed=identified.changed,
        passing=tuple(dates.complaints),
        read=read,
        steady=not dates.complaints,
    )


class _Order:
    """Encoded articles in the order of feeds, and their heads; `places` are those at first, by
    source and path.
    """

    def __init__(self, encoded: list[msgspec.Raw]) -> None:
        self.encoded = encoded
        self.heads = msgspec.msgpack.decode(msgspec.msgpack.encode(encoded), type=list[Head])
        self.places = {(head.source, head.path): at for at, head in enumerate(self.heads)}

    def replace(self, files: Iterable[Key], articles: Iterable[Article]) -> set[Age]:
        """Take out the articles that files had, and put in those that they have. What has one of
        the ages that are returned is to be arranged.
        """
        before = sorted((self.places[key] for key in files if key in self.places), reverse=True)
        ages = {age(self.heads[at]) for at in before}
        for at in before:
            del self.encoded[at], self.heads[at]
        for article in articles:
            at = bisect_left(self.heads, age(article), key=age)
            self.heads.insert(at, article)
            self.encoded.insert(at, msgspec.Raw(msgspec.msgpack.encode(article)))
            ages.add(age(article))
        return ages

    def arrange(self, one: Age, tie: Callable[[Head], str], descending: Group[str]) -> None:
        """Order the articles of one age. Raises _EntangledError where these are many."""
        start, end = bisect_left(self.heads, one, key=age), bisect_right(self.heads, one, key=age)
        if end - start > _FEW:
            raise _EntangledError
        encoded = dict(zip(self.heads[start:end], self.encoded[start:end], strict=True))
        ordered = list(in_feed_order([(head, tie(head)) for head in encoded], descending))
        self.heads[start:end] = ordered
        self.encoded[start:end] = [encoded[head] for head in ordered]


def _check_present(kept: _Kept, key: str, revision: str, now: datetime) -> None:
    """Raise _EntangledError where a gathering may find more changed than files."""
    due = min((turn for one in kept.aside for turn in one.turns), default=None)
    if (kept.key, kept.revision) != (key, revision) or now < kept.now or (due and due <= now):
        raise _EntangledError


def _known(db: sqlite3.Connection, entries: Mapping[Key, Entry]) -> list[Identity]:
    """The identities of the entries. Raises _EntangledError where another article has or had an id
    or address of one, or it is not sure to keep its own.
    """
    ids = {key: own_id(entry) or entry.default_id for key, entry in entries.items()}
    urls = {entry.url for entry in entries.values()}
    if not len(set(ids.values())) == len(urls) == len(entries):
        raise _EntangledError
    known: list[Identity] = []
    for key, entry in entries.items():
        alike = store.alike(db, ids[key], entry.url, *key)
        others = [one for one in alike if (one.source, one.path) != key]
        renamed = entry.guid and any(one.id != ids[key] for one in alike)
        if others or renamed:
            raise _EntangledError
        known += alike
    return known


def _tie(index: Index, head: Head) -> str:
    return index.entry(head.source, head.path).tie
