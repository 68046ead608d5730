"""Source folders -> entries, reading only what changed since the index saw it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from newsfeed.collect.entry import Folder
from newsfeed.collect.files import Found, stamp, walk
from newsfeed.collect.index import Index, Row, encoded, row
from newsfeed.errors import Fault, SourceError
from newsfeed.parallel import fork_map

PARALLEL_FROM = 300
"""Files to read from which on processes are worth starting."""

BATCH = 32
"""Files that are read together; their texts are in memory at once."""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the folders showed. `changed` tells that the index was updated;
    `counts` are files per source name; `faults` are of files that were not even read.
    """

    changed: bool
    counts: dict[str, int]
    faults: tuple[Fault, ...]


def scan(
    folders: Sequence[Folder],
    index: Index,
    *,
    skipped: frozenset[str],
    workers: int,
    clock_ns: Callable[[], int],
    progress: Callable[[int], None],
) -> Scan:
    """Bring the index up to date with the folders.

    `skipped` are absolute folders of our own output; `clock_ns` is the clock that stamps files;
    `progress` hears how many files were read. Raises SourceError where a folder is missing.
    """
    started = clock_ns()
    faults: list[Fault] = []
    counts: dict[str, int] = {}
    stale = _with_changed_pictures(index)
    changed = False
    for folder in folders:
        found = _files(folder, skipped, faults.append)
        counts[folder.name] = len(found)
        known = index.stamps(folder.name)
        again = {path for source, path in stale if source == folder.name}
        new = [
            file
            for path, file in found.items()
            if known.get(path) != encoded(file.stamp) or path in again
        ]
        vanished = known.keys() - found.keys()
        index.forget(folder.name, [*vanished, *(file.path for file in new if file.path in known)])
        batches = [new[at : at + BATCH] for at in range(0, len(new), BATCH)]
        rows = fork_map(
            partial(_read, folder), batches, threshold=PARALLEL_FROM // BATCH, workers=workers
        )
        index.remember(folder.name, _counted(rows, progress), started)
        changed = changed or bool(new or vanished)
    if changed:
        index.remember_pictures({path: stamp(path) for path in index.picture_paths()}, started)
    return Scan(changed=changed, counts=counts, faults=tuple(faults))


def _read(folder: Folder, batch: Sequence[Found]) -> list[Row]:
    if folder.remote:
        from newsfeed.collect.remote.reading import read_item

        return [row(found, read_item(found, folder)) for found in batch]
    from newsfeed.collect.reading import read_entries  # heavy, and only for what changed

    return list(map(row, batch, read_entries(batch, folder)))


def _counted(batches: Iterator[list[Row]], progress: Callable[[int], None]) -> Iterator[list[Row]]:
    count = 0
    for batch in batches:
        count += len(batch)
        progress(count)
        yield batch


def _files(
    folder: Folder, skipped: frozenset[str], complain: Callable[[Fault], None]
) -> dict[str, Found]:
    """Files by NFC path; of two names that differ only in their form, the first is kept."""
    accepts = folder.convention.accepts
    if folder.remote:
        from newsfeed.collect.remote.item import is_item

        accepts, skipped = is_item, frozenset()
    if not folder.root.is_dir():
        if folder.remote:
            return {}  # it was never read
        raise SourceError(
            "there is no such folder", where=str(folder.root), remedy="mend `sources.path`"
        )
    found: dict[str, Found] = {}
    for file in walk(folder.root, accepts, skipped, complain):
        twin = found.setdefault(file.path, file)
        if twin is not file:
            complain(
                Fault(
                    path=file.path,
                    problem="two files have this name, written in two forms of Unicode",
                    remedy="remove one",
                )
            )
            found[file.path] = min(twin, file, key=lambda f: f.raw)
    return found


def _with_changed_pictures(index: Index) -> set[tuple[str, str]]:
    """The articles of which an image, or another file that they show, changed, came or went."""
    changed = {path for path, known in index.pictures().items() if encoded(stamp(path)) != known}
    return index.articles_with(changed) if changed else set()
