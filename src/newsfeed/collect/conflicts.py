"""Two articles that claim one address, one page or one id: the one published before stays. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from unicodedata import normalize

import msgspec

from newsfeed.collect.entry import Entry
from newsfeed.collect.identity import own_id
from newsfeed.errors import Fault
from newsfeed.store.articles import Identity

_Key = tuple[str, str]


class Pages(NamedTuple):
    """How newsfeed lays out the pages that it makes itself.

    `path` gives the path of an address's page below the output folder; `reserved` tells the
    paths, as `one_file` writes them, that no page may take.
    """

    path: Callable[[str], str]
    reserved: Callable[[str], bool]


def one_file(path: str) -> str:
    """The form in which paths are equal that some file system takes for one file.

    Some ignore case, some the Unicode normal form.
    """
    return normalize("NFC", normalize("NFC", path).casefold())


def settle(
    entries: Mapping[str, Sequence[Entry]],
    known: Iterable[Identity],
    usable: Callable[[Entry], bool],
    pages: Pages | None,
) -> dict[str, list[Entry]]:
    """The entries, with a fault on each that comes second to an address or an id.

    Articles that were published before, as `known` tells, go first; then the order is that of
    sources and paths. Without `pages` somebody else makes the pages, and addresses are compared
    as they are; with them, two articles must not need one file, nor one a file where the other
    needs a folder, nor either the place of a media file.
    """
    ready = [(source, e) for source, es in entries.items() for e in es if usable(e)]
    if pages is None and _are_apart([entry for _, entry in ready]):
        return {source: list(es) for source, es in entries.items()}
    claims = _Claims(entries, known, pages)
    claims.reserve_media(entry for _, entry in ready)
    faults: dict[_Key, Fault] = {}
    for source, entry in sorted(ready, key=lambda pair: not claims.published(*pair)):
        place = claims.place(entry)
        fault = claims.against_id(source, entry) or claims.against_place(entry, place)
        if fault:
            faults[source, entry.path] = fault
        else:
            claims.take(source, entry, place)
    return {
        source: [_with(e, faults.get((source, e.path))) for e in es]
        for source, es in entries.items()
    }


def _are_apart(entries: Sequence[Entry]) -> bool:
    """Whether no two could claim one address or, as their authors give none, one id."""
    own = any(entry.guid or entry.media for entry in entries)
    return not own and len({entry.url for entry in entries}) == len(entries)


class _Claims:
    """What is taken: ids, addresses or files of the output folder, and the folders these need."""

    def __init__(
        self,
        entries: Mapping[str, Sequence[Entry]],
        known: Iterable[Identity],
        pages: Pages | None,
    ) -> None:
        live = [one for one in known if one.gone is None]
        self._paths = {(one.source, one.path) for one in live}
        self._live = {one.id: one for one in live}
        self._present = {(source, e.path): e for source, es in entries.items() for e in es}
        self._pages = pages
        self._ids: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def published(self, source: str, entry: Entry) -> bool:
        """Whether the article was published before, there or under its own id elsewhere."""
        return (source, entry.path) in self._paths or own_id(entry) in self._live

    def reserve_media(self, entries: Iterable[Entry]) -> None:
        """Take the places of the local files that articles show."""
        for path in (path for entry in entries for path in entry.media.values()):
            self._occupy(one_file(path), path)

    def place(self, entry: Entry) -> str:
        """What the article needs for itself: the file of its page, or its address."""
        return one_file(self._pages.path(entry.url)) if self._pages else entry.url

    def against_id(self, source: str, entry: Entry) -> Fault | None:
        """Why the article cannot have the id that its author gave."""
        wanted = own_id(entry)
        if not wanted:
            return None
        first = self._holder(wanted, (source, entry.path)) or self._ids.get(wanted)
        if first is None:
            return None
        return _fault(entry, f"has the same id as {first}: {wanted}", "change or remove its `id`")

    def against_place(self, entry: Entry, place: str) -> Fault | None:
        """Why the article cannot have its address."""
        if self._pages and self._pages.reserved(place):
            problem = f"has an address that newsfeed needs itself: {entry.url}"
            return _fault(entry, problem, "give it a `slug` or `permalink`")
        spots = (place, *self._above(place))
        first = next((self._files[one] for one in spots if one in self._files), None)
        first = first or self._folders.get(place)
        if first is None:
            return None
        problem = f"has the same address as {first}, or one in its way: {entry.url}"
        return _fault(entry, problem, "give one of them a `slug` or `permalink`")

    def take(self, source: str, entry: Entry, place: str) -> None:
        """Note what the article now has. `_holder` knows the ids of those published before."""
        if entry.guid or (source, entry.path) not in self._paths:
            self._ids.setdefault(own_id(entry) or entry.default_id, entry.path)
        self._occupy(place, entry.path)

    def _holder(self, wanted: str, claimant: _Key) -> str | None:
        """The path of another published article that has the id and is still itself.

        A file at the old path is another article when neither its content nor its address is
        that of the id: then the article was renamed and something new put in its place.
        """
        owner = self._live.get(wanted)
        if owner is None or (owner.source, owner.path) == claimant:
            return None
        there = self._present.get((owner.source, owner.path))
        if there is None:
            return None
        same = there.fault or there.content_hash == owner.content_hash
        return owner.path if same or wanted in {there.default_id, own_id(there)} else None

    def _occupy(self, place: str, by: str) -> None:
        self._files.setdefault(place, by)
        for folder in self._above(place):
            self._folders.setdefault(folder, by)

    def _above(self, place: str) -> Iterator[str]:
        """The folders that a file lies in; an address lies in none."""
        while self._pages and "/" in place:
            place = place.rpartition("/")[0]
            yield place


def _fault(entry: Entry, problem: str, remedy: str) -> Fault:
    return Fault(path=entry.path, problem=problem, remedy=remedy)


def _with(entry: Entry, fault: Fault | None) -> Entry:
    return msgspec.structs.replace(entry, fault=fault) if fault else entry
