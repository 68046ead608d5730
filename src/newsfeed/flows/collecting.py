"""From source folders to articles with identities."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from itertools import chain

import msgspec

from newsfeed.collect import conflicts, git
from newsfeed.collect.collector import Scan
from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.identity import Identified, identify, is_usable, own_id
from newsfeed.collect.index import Index
from newsfeed.collect.remote.twins import Parted, part
from newsfeed.errors import Fault, SourceError
from newsfeed.flows.collection import Collection, Key, asides
from newsfeed.model import Article, DateOrigin
from newsfeed.store import articles as store
from newsfeed.store.articles import Identity
from newsfeed.text import counted


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
    dates = Additions(folders)
    identified = identify(
        parted.entries,
        known,
        added=dates,
        zones=zones(folders),
        now=now,
        descending=descending(folders),
        twins=parted.of,
    )
    passing = (*scanned.faults, *dates.complaints)
    every = chain(parted.entries.items(), parted.twins.items())
    by_path = {(source, entry.path): entry for source, group in every for entry in group}
    return Collection(
        articles=identified.articles,
        aside=tuple(asides(parted.entries, identified.articles, now)),
        changed=identified.changed,
        passing=passing,
        read=lambda _: by_path,
        steady=pages is None and not passing and _is_steady(folders, entries, parted, identified),
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


def zones(folders: Iterable[Folder]) -> dict[str, tzinfo]:
    """In which zone the dates of each source are written."""
    return {folder.name: folder.convention.zone for folder in folders}


def descending(folders: Iterable[Folder]) -> set[str]:
    """The sources whose articles of one date come from the last tie to the first."""
    return {folder.name for folder in folders if folder.convention.ties_descend}


def entries_of(
    folders: tuple[Folder, ...], index: Index, articles: Iterable[Article] | None
) -> dict[Key, Entry]:
    """The entries of the articles, or of all files, as the index has them, by source and path."""
    if articles is None:
        return {(one.name, e.path): e for one in folders for e in index.entries(one.name)}
    return {(one.source, one.path): index.entry(one.source, one.path) for one in articles}


def _is_steady(
    folders: tuple[Folder, ...],
    entries: Mapping[str, Sequence[Entry]],
    parted: Parted,
    identified: Identified,
) -> bool:
    """Whether each entry came through as its file gave it, and each article has the id that its
    author gave, if any.
    """
    if any(folder.remote for folder in folders) or parted.entries != entries:
        return False
    ids = {(article.source, article.path): article.id for article in identified.articles}
    return not any(
        entry.dated is DateOrigin.LAST_COMMIT
        or (entry.guid and ids.get((source, entry.path), own_id(entry)) != own_id(entry))
        for source, group in entries.items()
        for entry in group
    )


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
                f"the folder had {counted(before, 'article')} and is suddenly empty; nothing was "
                "changed",
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
            all_of_them = (
                "the only article has a fault; nothing was changed"
                if len(faults) == 1
                else f"all {len(faults)} articles have faults; nothing was changed. The first"
            )
            raise SourceError(
                f"{all_of_them}: {faults[0]}",
                where=str(folder.root),
                remedy="mend them, or say --allow-empty if all are to vanish",
            )


def _published(folder: Folder, known: list[Identity]) -> int:
    return sum(one.source == folder.name and one.gone is None for one in known)


class Additions:
    """When git first had a file; each folder's history is read once, when first asked for."""

    def __init__(self, folders: Iterable[Folder]) -> None:
        self._roots = {folder.name: folder.root for folder in folders}
        self._histories: dict[str, git.History] = {}
        self.complaints: list[Fault] = []

    def __call__(self, source: str, path: str) -> datetime | None:
        """When the file was added, as far as git knows."""
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
