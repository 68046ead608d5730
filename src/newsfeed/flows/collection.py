"""Everything that was collected, as feeds, pages and letters look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from typing import overload

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.collect.identity import appears
from newsfeed.errors import Fault
from newsfeed.model import Article, Head
from newsfeed.store.articles import Identity

Key = tuple[str, str]
Read = Callable[[Iterable[Article] | None], Mapping[Key, Entry]]


class Aside(msgspec.Struct, frozen=True, array_like=True):
    """What there is to tell of a file besides its article, or without one.

    `complaints` are of its text; `turns` tell when its article is to appear or to go, as far as
    that is still to come.
    """

    source: str
    path: str
    url: str
    complaints: tuple[Fault, ...]
    turns: tuple[datetime, ...]


class Encoded(Sequence[Article]):
    """Articles that are decoded when somebody looks at them, since most are looked at by none."""

    def __init__(
        self, encoded: Sequence[msgspec.Raw], heads: Sequence[Head], zones: Mapping[str, tzinfo]
    ) -> None:
        """`heads` are those of the articles; `zones` are by source, as in `identify`."""
        self.encoded, self.heads, self._zones = encoded, heads, zones

    def __len__(self) -> int:
        """How many there are."""
        return len(self.encoded)

    @overload
    def __getitem__(self, at: int) -> Article: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Article]: ...
    def __getitem__(self, at: int | slice) -> Article | Sequence[Article]:
        """One, or those of a slice."""
        if isinstance(at, slice):
            return tuple(map(self._decoded, self.encoded[at]))
        return self._decoded(self.encoded[at])

    def __iter__(self) -> Iterator[Article]:
        """Each of them, decoded once."""
        return iter(self._all)

    @cached_property
    def _all(self) -> tuple[Article, ...]:
        return tuple(map(self._decoded, self.encoded))

    def _decoded(self, encoded: msgspec.Raw) -> Article:
        article = msgspec.msgpack.decode(encoded, type=Article)
        zone = self._zones[article.source]
        return msgspec.structs.replace(
            article,
            published=article.published.astimezone(zone),
            updated=article.updated.astimezone(zone),
        )


class Collection(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything that was collected. Articles are in the order of feeds.

    `aside` is in the order of sources and paths, `changed` what is to be saved of identities, and
    `passing` are the complaints that are not about what an article says. `read` gives the entries
    of the articles that it is asked for, or, asked for None, of all files; or more than that.
    `steady` tells that, by the rules of `merging`, a change of one article leaves the others alone.
    """

    articles: Sequence[Article]
    aside: Sequence[Aside]
    changed: tuple[Identity, ...]
    passing: tuple[Fault, ...]
    read: Read
    steady: bool

    @cached_property
    def entries(self) -> Mapping[Key, Entry]:
        """The entries by (source, path), those left out too."""
        return self.read(None)

    @property
    def heads(self) -> Sequence[Head]:
        """The articles, of which no more is looked at than a head tells."""
        return self.articles.heads if isinstance(self.articles, Encoded) else self.articles

    @cached_property
    def encoded(self) -> Sequence[msgspec.Raw]:
        """The articles, each encoded."""
        if isinstance(self.articles, Encoded):
            return self.articles.encoded
        return [msgspec.Raw(msgspec.msgpack.encode(article)) for article in self.articles]

    @property
    def complaints(self) -> tuple[Fault, ...]:
        """Whatever is wrong."""
        return (*self.passing, *(fault for one in self.aside for fault in one.complaints))

    @property
    def next_due(self) -> datetime | None:
        """When the next article comes that only waits for its date, or goes for its own."""
        return min((turn for one in self.aside for turn in one.turns), default=None)

    def addresses(self, source: str) -> Iterator[tuple[str, str]]:
        """Paths and addresses of what the source's generator makes pages of, by path."""
        files: Iterable[Head | Aside] = (*self.heads, *self.aside)
        found = {one.path: one.url for one in files if one.source == source}
        yield from ((path, url) for path, url in sorted(found.items()) if url)


def asides(
    entries: Mapping[str, Sequence[Entry]], articles: Iterable[Article], now: datetime
) -> Iterator[Aside]:
    """What there is to tell of the files, by source name, that the articles do not."""
    published = {(article.source, article.path) for article in articles}
    for source, group in entries.items():
        for entry in group:
            complaints = (entry.fault, *entry.remarks) if entry.fault else entry.remarks
            turns = _turns(entry, now)
            if complaints or turns or (source, entry.path) not in published:
                yield Aside(source, entry.path, entry.url, complaints, turns)


def _turns(entry: Entry, now: datetime) -> tuple[datetime, ...]:
    if entry.fault or entry.left_out:
        return ()
    return tuple(turn for turn in (appears(entry), entry.until) if turn and turn > now)
