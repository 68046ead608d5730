"""Entries and what the store remembers -> articles with ids, dates and an order. Pure.

An article is found again by its own id, else by its path; a vanished and a new path with one
address or one content in the same run are a rename, and so are those which alone have one title and
one date in their source. An id is given once and kept, and no two articles have one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.model import Article, DateOrigin, Head
from newsfeed.store.articles import Identity
from newsfeed.urls import ascii_url

_Key = tuple[str, str]
_Sign = tuple[str, str, datetime]
Age = tuple[bool, float]
AnyHead = TypeVar("AnyHead", bound=Head)

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
    after: int = -1,
    descending: Collection[str] = (),
    twins: Mapping[_Key, Sequence[_Key]] = MappingProxyType({}),
) -> Identified:
    """Give every usable entry its identity.

    `entries` are by source name and hold those with faults or left out too, so that they do not
    count as vanished. `added` answers when git first had a file (source, path), or None; `zones`
    are those of the sources, by name, in which dates are written. `after` is the highest sequence
    that was given, where not all that are `known` are at hand. `descending` are the sources whose
    articles of one date come from the last tie to the first. An article goes on where its `twins`
    were, which are left out in favour of it; all by source and path.
    """
    ledger = _Ledger(known, after)
    present = {(source, e.path): e for source, es in entries.items() for e in es}
    usable = {key: entry for key, entry in present.items() if is_usable(entry, now)}
    found = ledger.match(usable, present.keys() - usable.keys(), twins)
    first_build = ledger.sequence < 0
    fresh = {key: entry for key, entry in usable.items() if key not in found}
    dates = {key: _stored_date(key, entry, added, now) for key, entry in fresh.items()}
    order = sorted(fresh, key=partial(_first_order, fresh, dates, first_build=first_build))
    ids = ledger.new_ids({key: fresh[key] for key in order})
    for key in order:
        one = _first(key, fresh[key], ids[key], now, ledger.next_sequence())
        date, origin = dates[key]
        news = not (fresh[key].old or (first_build and origin is DateOrigin.FIRST_SEEN))
        found[key] = msgspec.structs.replace(one, stored_date=date, dated=origin, news=news)
    renewed = partial(_renewed, added=added, now=now)
    current = [(entry, renewed(found[key], key, entry)) for key, entry in usable.items()]
    changed = [one for _, one in current if ledger.by_id.get(one.id) != one]
    pairs = [(_article(entry, one, zones[one.source]), entry.tie) for entry, one in current]
    return Identified(
        articles=tuple(in_feed_order(pairs, descending)),
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

    def __init__(self, known: Iterable[Identity], after: int) -> None:
        self.by_id = {one.id: one for one in known}
        self._live = [one for one in self.by_id.values() if one.gone is None]
        self._lost: list[Identity] = []
        self._claimed: set[str] = set()
        self._taken = set(self.by_id)
        self.sequence = max((after, *(one.sequence for one in self.by_id.values())))

    def match(
        self,
        usable: Mapping[_Key, Entry],
        resting: Collection[_Key],
        twins: Mapping[_Key, Sequence[_Key]],
    ) -> dict[_Key, Identity]:
        """The identities that entries had before: by the author's id, by path, by their twins', by
        a rename.

        Each way is tried for all entries before the next, so that what a file has by right does
        not go to one that only resembles it. `resting` are the files that are there, unusable.
        """
        found: dict[_Key, Identity] = {}
        by_path = {(one.source, one.path): one for one in (*self.by_id.values(), *self._live)}
        for key, entry in usable.items():
            if entry.guid:
                self._claim(found, key, [self.by_id.get(own_id(entry))])
        for key in usable:
            self._claim(found, key, [by_path.get(key)])
        for key in usable if twins else ():
            self._claim(found, key, [by_path.get(other) for other in twins.get(key, ())])
        self._lost = [
            one
            for one in self._live
            if one.id not in self._claimed and (one.source, one.path) not in resting
        ]
        lost: dict[_Key, list[Identity]] = defaultdict(list)
        for one in self._lost:
            lost["url", one.url].append(one)
            lost["hash", one.content_hash].append(one)
        for key, entry in usable.items() if lost else ():
            alike = [*lost["url", entry.url], *lost["hash", entry.content_hash]]
            self._claim(found, key, alike)
        if lost:
            self._match_edited(found, usable)
        return found

    def _match_edited(self, found: dict[_Key, Identity], usable: Mapping[_Key, Entry]) -> None:
        """The identities of those whose file was renamed and edited: what is lost and what is new
        have one title and date, and nothing else of their source has.
        """
        lost: dict[_Sign, list[Identity]] = defaultdict(list)
        new: dict[_Sign, list[_Key]] = defaultdict(list)
        for one in self._lost:
            if one.id not in self._claimed and one.title and one.own_date:
                lost[one.source, one.title, one.own_date].append(one)
        for key, entry in usable.items() if lost else ():
            if key not in found and (date := _own_date(entry)):
                new[key[0], entry.title, date].append(key)
        for sign, keys in new.items():
            if len(keys) == len(lost[sign]) == 1:
                self._claim(found, keys[0], lost[sign])

    def _claim(
        self,
        found: dict[_Key, Identity],
        key: _Key,
        candidates: Iterable[Identity | None],
    ) -> None:
        """Give an entry that has none yet the first identity that is still free."""
        if key in found:
            return
        for one in candidates:
            if one and one.id not in self._claimed:
                self._claimed.add(one.id)
                found[key] = one
                return

    def new_ids(self, fresh: Mapping[_Key, Entry]) -> dict[_Key, str]:
        """Ids for entries that have none and come in the order of first publication; those that
        authors gave come before those made up.
        """
        ordered = sorted(fresh, key=lambda key: not fresh[key].guid)
        return {key: self._new_id(fresh[key]) for key in ordered}

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
        self.sequence += 1
        return self.sequence

    def vanished(self, now: datetime) -> list[Identity]:
        """Those whose file is no longer there, or now holds another known article."""
        lost = (one for one in self._lost if one.id not in self._claimed)
        return [msgspec.structs.replace(one, gone=now) for one in lost]


def _first(key: _Key, entry: Entry, id_: str, now: datetime, sequence: int) -> Identity:
    """The identity of an article that had none."""
    return Identity(
        id=id_,
        source=key[0],
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
    key: _Key,
    entry: Entry,
    added: Callable[[str, str], datetime | None],
    now: datetime,
) -> tuple[datetime | None, DateOrigin]:
    """The date to keep for an entry that names none, and where it comes from."""
    if entry.date and entry.dated is DateOrigin.FIRST_SEEN:
        return entry.date, entry.dated
    if entry.date:
        return None, entry.dated or DateOrigin.FRONT_MATTER
    commit = added(*key)
    if commit and commit <= now:
        return commit.replace(microsecond=0), DateOrigin.GIT
    return now.replace(microsecond=0), DateOrigin.FIRST_SEEN


def _own_date(entry: Entry) -> datetime | None:
    """The date that the author gave, as the store keeps it; None where there is none."""
    if entry.date is None or entry.dated in (DateOrigin.FIRST_SEEN, DateOrigin.LAST_COMMIT):
        return None
    return entry.date.astimezone(UTC).replace(microsecond=0)


def _first_order(
    entries: Mapping[_Key, Entry],
    dates: Mapping[_Key, tuple[datetime | None, DateOrigin]],
    key: _Key,
    *,
    first_build: bool,
) -> tuple[bool, datetime, str, str]:
    """The order of first publication: date, then path; undated ones of a first build come first,
    so that they are the oldest.
    """
    source, path = key
    date, origin = dates[key]
    news = not (first_build and origin is DateOrigin.FIRST_SEEN)
    return news, entries[key].date or date or _EPOCH, path, source


def in_feed_order(
    pairs: Iterable[tuple[AnyHead, str]], descending: Collection[str]
) -> Iterator[AnyHead]:
    """Articles, given with their ties: newest first; undated ones of a first build last; those of
    one date by the generator's rule, else by path (STANDARDS F-X-12).
    """
    ordered = sorted((age(a), (tie, a.path, a.source), a) for a, tie in pairs)
    for _, together in groupby(ordered, key=itemgetter(0)):
        group = list(together)
        if len(group) > 1 and group[0][2].source in descending:
            group.reverse()  # no two have one path and source
        yield from (article for _, _, article in group)


def age(article: Head) -> Age:
    """What articles are ordered by, before their ties."""
    last = not article.news and article.dated is DateOrigin.FIRST_SEEN
    return last, -article.published.timestamp()


def _renewed(
    identity: Identity,
    key: _Key,
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
        date, origin = _stored_date(key, entry, added, now)
    return msgspec.structs.replace(
        identity,
        source=key[0],
        path=entry.path,
        url=entry.url,
        content_hash=entry.content_hash,
        stored_date=date,
        dated=origin,
        gone=None,
        title=entry.title,
        own_date=_own_date(entry),
    )


def _article(entry: Entry, identity: Identity, zone: tzinfo) -> Article:
    kept = identity.stored_date if entry.dated is DateOrigin.FIRST_SEEN else None
    published = kept or entry.date or identity.stored_date or identity.first_seen
    updated = max(published, entry.updated) if entry.updated else published
    zoned = published.astimezone(zone)
    return Article(
        id=identity.id,
        url=entry.url,
        source=identity.source,
        path=entry.path,
        title=entry.title,
        published=zoned,
        updated=zoned if updated is published else updated.astimezone(zone),
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
