"""Entries and what the store remembers -> articles with ids, dates and an order. Pure.

An article is found again by its own id, else by its path; a vanished and a new path with one
address or one content in the same run are a rename. An id is given once and kept, and no two
articles have one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from itertools import groupby
from types import MappingProxyType
from urllib.parse import urlsplit

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.model import Article, DateOrigin
from newsfeed.store.articles import Identity
from newsfeed.urls import ascii_url

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


class Identified(msgspec.Struct, frozen=True, kw_only=True):
    """Articles in the order of feeds, and the identities that are new or changed."""

    articles: tuple[Article, ...]
    changed: tuple[Identity, ...]


def identify(
    entries: Mapping[str, Sequence[Entry]],
    known: Iterable[Identity],
    *,
    added: Callable[[str, str], datetime | None],
    zones: Mapping[str, tzinfo],
    now: datetime,
    descending: Collection[str] = (),
    twins: Mapping[tuple[str, str], Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> Identified:
    """Give every usable entry its identity.

    `entries` are by source name and hold those with faults or left out too, so that they do not
    count as vanished. `added` answers when git first had a file (source, path), or None; `zones`
    are those of the sources, by name, in which dates are written. `descending` are the sources
    whose articles of one date come from the last tie to the first. An article goes on where its
    `twins` were, which are left out in favour of it; all by source and path.
    """
    ledger = _Ledger(known)
    usable = [(source, e) for source, es in entries.items() for e in es if is_usable(e, now)]
    present = {(source, e.path) for source, es in entries.items() for e in es}
    found = ledger.match(usable, present, twins)
    first_build = not ledger.by_id
    fresh = [(source, e) for source, e in usable if (source, e.path) not in found]
    dates = {(source, e.path): _stored_date(source, e, added, now) for source, e in fresh}
    fresh.sort(key=lambda pair: _first_order(pair, dates, first_build=first_build))
    ids = ledger.new_ids(fresh)
    for source, entry in fresh:
        date, origin = dates[key := (source, entry.path)]
        one = _first(source, entry, ids[key], now, ledger.next_sequence())
        news = not (entry.old or (first_build and origin is DateOrigin.FIRST_SEEN))
        found[key] = msgspec.structs.replace(one, stored_date=date, dated=origin, news=news)
    renewed = partial(_renewed, added=added, now=now)
    current = [
        (entry, renewed(found[source, entry.path], source, entry)) for source, entry in usable
    ]
    changed = [one for _, one in current if ledger.by_id.get(one.id) != one]
    pairs = [(_article(entry, one, zones[one.source]), entry.tie) for entry, one in current]
    return Identified(
        articles=tuple(_in_feed_order(pairs, descending)),
        changed=(*changed, *ledger.vanished(now)),
    )


def is_usable(entry: Entry, now: datetime) -> bool:
    """Whether an entry can be published, is meant to be, and its time has come (F-X-13)."""
    if entry.fault or entry.left_out or (entry.until and entry.until <= now):
        return False
    begins = appears(entry)
    return not begins or begins <= now


def appears(entry: Entry) -> datetime | None:
    """From when on an entry may be published; None: at once."""
    date = None if entry.early else entry.date
    if entry.since is None or date is None:
        return date or entry.since
    return max(date, entry.since)


class _Ledger:
    """The known identities, and which of them an entry has claimed; none is claimed twice."""

    def __init__(self, known: Iterable[Identity]) -> None:
        self.by_id = {one.id: one for one in known}
        self._live = [one for one in self.by_id.values() if one.gone is None]
        self._lost: list[Identity] = []
        self._claimed: set[str] = set()
        self._taken = set(self.by_id)
        self._sequence = max((one.sequence for one in self.by_id.values()), default=-1)

    def match(
        self,
        usable: Sequence[tuple[str, Entry]],
        present: Collection[tuple[str, str]],
        twins: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
    ) -> dict[tuple[str, str], Identity]:
        """The identities that entries had before: by the author's id, by path, by their twins', by
        a rename.

        Each way is tried for all entries before the next, so that what a file has by right does
        not go to one that only resembles it. `present` are the files that are there, usable or not.
        """
        resting = set(present).difference((source, entry.path) for source, entry in usable)
        found: dict[tuple[str, str], Identity] = {}
        by_path = {(one.source, one.path): one for one in (*self.by_id.values(), *self._live)}
        for source, entry in usable:
            self._claim(found, source, entry, [self.by_id.get(own_id(entry))])
        for source, entry in usable:
            self._claim(found, source, entry, [by_path.get((source, entry.path))])
        for source, entry in usable if twins else ():
            others = twins.get((source, entry.path), ())
            self._claim(found, source, entry, [by_path.get(other) for other in others])
        self._lost = [one for one in self._live if (one.source, one.path) not in resting]
        lost: dict[tuple[str, str], list[Identity]] = defaultdict(list)
        for one in self._lost:
            lost["url", one.url].append(one)
            lost["hash", one.content_hash].append(one)
        for source, entry in usable:
            alike = [*lost["url", entry.url], *lost["hash", entry.content_hash]]
            self._claim(found, source, entry, alike)
        return found

    def _claim(
        self,
        found: dict[tuple[str, str], Identity],
        source: str,
        entry: Entry,
        candidates: Iterable[Identity | None],
    ) -> None:
        """Give an entry that has none yet the first identity that is still free."""
        if (source, entry.path) in found:
            return
        free = (one for one in candidates if one and one.id not in self._claimed)
        identity = next(free, None)
        if identity:
            self._claimed.add(identity.id)
            found[source, entry.path] = identity

    def new_ids(self, fresh: Iterable[tuple[str, Entry]]) -> dict[tuple[str, str], str]:
        """Ids for entries that have none; those that authors gave come before those made up."""
        ordered = sorted(fresh, key=lambda pair: not pair[1].guid)
        return {(source, entry.path): self._new_id(entry) for source, entry in ordered}

    def _new_id(self, entry: Entry) -> str:
        """An id that no article has or had (STANDARDS F-X-19)."""
        wanted = own_id(entry) or entry.default_id
        number, free = 1, wanted
        while free in self._taken:
            number += 1
            free = f"{wanted}#{number}"
        self._taken.add(free)
        return free

    def next_sequence(self) -> int:
        """Sequences count first publications."""
        self._sequence += 1
        return self._sequence

    def vanished(self, now: datetime) -> list[Identity]:
        """Those whose file is no longer there, or now holds another known article."""
        lost = (one for one in self._lost if one.id not in self._claimed)
        return [msgspec.structs.replace(one, gone=now) for one in lost]


def _first(source: str, entry: Entry, id_: str, now: datetime, sequence: int) -> Identity:
    """The identity of an article that had none."""
    return Identity(
        id=id_,
        source=source,
        path=entry.path,
        url=entry.url,
        content_hash=entry.content_hash,
        first_seen=now,
        sequence=sequence,
    )


def own_id(entry: Entry) -> str:
    """The author's id as an absolute IRI (RFC 4287 section 4.2.6): a short one becomes a tag URI.

    RFC 4151 wants a date at which the authority owned its name; the year 2000 stands for all,
    so that the id does not change with the article's date.
    """
    if not entry.guid or _ABSOLUTE.fullmatch(entry.guid):
        return entry.guid
    host = urlsplit(entry.url).hostname or "localhost"
    return ascii_url(f"tag:{host},2000:{entry.guid}")


def _stored_date(
    source: str,
    entry: Entry,
    added: Callable[[str, str], datetime | None],
    now: datetime,
) -> tuple[datetime | None, DateOrigin]:
    """The date to keep for an entry that names none, and where it comes from."""
    if entry.date and entry.dated is DateOrigin.FIRST_SEEN:
        return entry.date, entry.dated
    if entry.date:
        return None, entry.dated or DateOrigin.FRONT_MATTER
    commit = added(source, entry.path)
    if commit and commit <= now:
        return commit.replace(microsecond=0), DateOrigin.GIT
    return now.replace(microsecond=0), DateOrigin.FIRST_SEEN


def _first_order(
    pair: tuple[str, Entry],
    dates: Mapping[tuple[str, str], tuple[datetime | None, DateOrigin]],
    *,
    first_build: bool,
) -> tuple[bool, datetime, str, str]:
    """The order of first publication: date, then path; undated ones of a first build come first,
    so that they are the oldest.
    """
    source, entry = pair
    date, origin = dates[source, entry.path]
    news = not (first_build and origin is DateOrigin.FIRST_SEEN)
    return news, entry.date or date or _EPOCH, entry.path, source


def _in_feed_order(
    pairs: Iterable[tuple[Article, str]], descending: Collection[str]
) -> Iterator[Article]:
    """Newest first; undated ones of a first build last; ties by the generator's rule, else by path
    (STANDARDS F-X-12).
    """
    ordered = sorted(pairs, key=lambda pair: (*_age(pair), *_tie(pair)))
    for _, together in groupby(ordered, key=_age):
        group = list(together)
        if len(group) > 1 and group[0][0].source in descending:
            group.sort(key=_tie, reverse=True)
        yield from (article for article, _ in group)


def _age(pair: tuple[Article, str]) -> tuple[bool, float]:
    article = pair[0]
    last = not article.news and article.dated is DateOrigin.FIRST_SEEN
    return last, -article.published.timestamp()


def _tie(pair: tuple[Article, str]) -> tuple[str, str, str]:
    article, tie = pair
    return tie, article.path, article.source


def _renewed(
    identity: Identity,
    source: str,
    entry: Entry,
    added: Callable[[str, str], datetime | None],
    now: datetime,
) -> Identity:
    """The identity with the entry's present path, address and content.

    An article that lost its own date gets a stored one; a stored date is never computed again.
    """
    date, origin = identity.stored_date, identity.dated
    if entry.date:
        origin = entry.dated or DateOrigin.FRONT_MATTER
    elif date is None:
        date, origin = _stored_date(source, entry, added, now)
    return msgspec.structs.replace(
        identity,
        source=source,
        path=entry.path,
        url=entry.url,
        content_hash=entry.content_hash,
        stored_date=date,
        dated=origin,
        gone=None,
    )


def _article(entry: Entry, identity: Identity, zone: tzinfo) -> Article:
    kept = identity.stored_date if entry.dated is DateOrigin.FIRST_SEEN else None
    published = kept or entry.date or identity.stored_date or identity.first_seen
    updated = max(published, entry.updated) if entry.updated else published
    return Article(
        id=identity.id,
        url=entry.url,
        source=identity.source,
        path=entry.path,
        title=entry.title,
        published=published.astimezone(zone),
        updated=updated.astimezone(zone),
        dated=identity.dated,
        language=entry.language,
        summary=entry.summary,
        image=entry.image,
        authors=entry.authors,
        categories=entry.categories,
        tags=entry.tags,
        content_hash=entry.content_hash,
        sponsored=entry.sponsored,
        sequence=identity.sequence,
        news=identity.news,
        origin=entry.origin,
        rank=entry.rank,
    )


_EPOCH = datetime.fromtimestamp(0, UTC)
