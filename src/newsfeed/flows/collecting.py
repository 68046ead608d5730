"""From source folders to articles with identities."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

import msgspec

from newsfeed.collect import conflicts, git
from newsfeed.collect.collector import Scan
from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.identity import appears, identify, is_usable
from newsfeed.collect.index import Index
from newsfeed.collect.remote.twins import Parted, part
from newsfeed.errors import Fault, SourceError
from newsfeed.model import Article, DateOrigin
from newsfeed.store import articles as store
from newsfeed.store.articles import Identity


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was collected. `entries` are by (source, path), those left out too;
    `passing` are those of the complaints that are not about what an article says.
    `next_due` is when the next article held back for its future date is to appear, or one to go.
    """

    articles: tuple[Article, ...]
    entries: Mapping[tuple[str, str], Entry]
    changed: tuple[Identity, ...]
    complaints: tuple[Fault, ...]
    passing: tuple[Fault, ...]
    next_due: datetime | None


def gather(
    folders: tuple[Folder, ...],
    index: Index,
    db: sqlite3.Connection,
    scanned: Scan,
    now: datetime,
    *,
    pages: conflicts.Pages | None,
    allow_empty: bool,
) -> Collection:
    """Entries of the index and identities of the store -> articles. Writes nothing.

    Raises SourceError for a source that had articles and is suddenly empty.
    """
    known = store.load(db)
    if not allow_empty:
        _refuse_empty(folders, scanned.counts, known)
    entries = {folder.name: _read(folder, index) for folder in folders}
    if not allow_empty:
        _refuse_broken(folders, entries, known)
    parted = _parted(folders, entries, known, now, pages)
    dates = _Additions({folder.name: folder.root for folder in folders})
    zones = {folder.name: folder.convention.zone for folder in folders}
    identified = identify(
        parted.entries,
        known,
        added=dates,
        zones=zones,
        now=now,
        descending=[folder.name for folder in folders if folder.convention.ties_descend],
        twins=parted.of,
    )
    passing = (*scanned.faults, *dates.complaints)
    return Collection(
        articles=identified.articles,
        entries={
            (source, e.path): e
            for groups in (parted.entries, parted.twins)
            for source, group in groups.items()
            for e in group
        },
        changed=identified.changed,
        complaints=(*passing, *_complaints(parted)),
        passing=passing,
        next_due=_next_due(parted, now),
    )


def _read(folder: Folder, index: Index) -> list[Entry]:
    """The folder's entries; those that are to be dated by their last commit are."""
    entries = list(index.entries(folder.name))
    if not any(entry.dated is DateOrigin.LAST_COMMIT for entry in entries):
        return entries
    changed = git.last_changes(folder.root)
    return [
        msgspec.structs.replace(entry, date=changed.get(entry.path))
        if entry.dated is DateOrigin.LAST_COMMIT
        else entry
        for entry in entries
    ]


def _complaints(parted: Parted) -> Iterator[Fault]:
    for entry in chain.from_iterable(parted.entries.values()):
        if entry.fault:
            yield entry.fault
        yield from entry.remarks


def _next_due(parted: Parted, now: datetime) -> datetime | None:
    """When the next article comes that only waits for its date, or goes for its own."""
    turns = [
        turn
        for entry in chain.from_iterable(parted.entries.values())
        if not entry.fault and not entry.left_out
        for turn in (appears(entry), entry.until)
        if turn and turn > now
    ]
    return min(turns, default=None)


def _parted(
    folders: tuple[Folder, ...],
    entries: Mapping[str, Sequence[Entry]],
    known: list[Identity],
    now: datetime,
    pages: conflicts.Pages | None,
) -> Parted:
    """The entries, none of which is in another's way, nor is twice: what authors wrote is settled
    among itself, and then what comes from feeds gives way to it.
    """
    usable = partial(is_usable, now=now)
    remote = {folder.name for folder in folders if folder.remote}
    local = {name: group for name, group in entries.items() if name not in remote}
    settled = conflicts.settle(local, known, usable, pages)
    return part({**entries, **settled}, remote, known, usable)


def _refuse_empty(
    folders: tuple[Folder, ...], counts: Mapping[str, int], known: list[Identity]
) -> None:
    for folder in folders:
        before = _published(folder, known)
        if before and not counts[folder.name]:
            raise SourceError(
                f"the folder had {before} articles and is suddenly empty; nothing was changed",
                where=str(folder.root),
                remedy="mend it, or say --allow-empty if that is meant",
            )


def _refuse_broken(
    folders: tuple[Folder, ...], entries: Mapping[str, Sequence[Entry]], known: list[Identity]
) -> None:
    """Where every article is broken at once, something is wrong with the folder as a whole."""
    for folder in folders:
        before = _published(folder, known)
        faults = [entry.fault for entry in entries[folder.name] if entry.fault]
        if before and faults and len(faults) == len(entries[folder.name]):
            raise SourceError(
                f"all {len(faults)} articles have faults; nothing was changed. The first: "
                f"{faults[0]}",
                where=str(folder.root),
                remedy="mend them, or say --allow-empty if all are to vanish",
            )


def _published(folder: Folder, known: list[Identity]) -> int:
    return sum(one.source == folder.name and one.gone is None for one in known)


class _Additions:
    """When git first had a file; each folder's history is read once, when first asked for."""

    def __init__(self, roots: Mapping[str, Path]) -> None:
        self._roots = roots
        self._histories: dict[str, git.History] = {}
        self.complaints: list[Fault] = []

    def __call__(self, source: str, path: str) -> datetime | None:
        if source not in self._histories:
            self._histories[source] = self._read(source)
        return self._histories[source].added.get(path)

    def _read(self, source: str) -> git.History:
        history = git.history(self._roots[source])
        if history.shallow:
            self.complaints.append(
                Fault(
                    path=str(self._roots[source]),
                    problem="the git history is cut off, so undated articles get today's date",
                    remedy="fetch all of it: git fetch --unshallow (in CI: fetch-depth: 0)",
                    warning=True,
                )
            )
        if history.problem:
            self.complaints.append(
                Fault(
                    path=str(self._roots[source]),
                    problem=f"git fails, so undated articles get today's date: {history.problem}",
                    remedy=history.remedy,
                    warning=True,
                )
            )
        return history
