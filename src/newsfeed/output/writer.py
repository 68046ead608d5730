"""The door to the output folder: whole files, only ours, only those whose bytes change.

All files are first written beside their places and flushed to the disk; only when every one is
there are they renamed. A crash in between leaves each file either old or new, never half; what
it leaves beside them stands in the manifest, and the next run removes it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath

import msgspec

from newsfeed.errors import ForeignFileError
from newsfeed.output.files import explained, flush_folder, write_flushed
from newsfeed.output.manifest import Written, load, save
from newsfeed.parallel import fork_map

PARALLEL_FROM = 12
"""Groups of files from which on processes are worth starting."""

_BESIDE = ".newsfeed-new"


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be: its path below the output folder with "/", and how to make its bytes.

    `fingerprint` is a hash of everything that the bytes depend on: while it and the file on disk
    are as before, nothing is made.
    """

    path: str
    fingerprint: str
    produce: Callable[[], bytes]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Which paths were (or in a dry run would be) written and removed; how many stayed."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


class _Staged(msgspec.Struct, frozen=True, array_like=True):
    path: str
    written: Written
    is_new: bool


def intact(root: Path, manifest: dict[str, Written]) -> bool:
    """Whether there is a manifest and every file of it lies there as we wrote it."""
    return bool(manifest) and all(
        _is_as_written(root / path, written) for path, written in manifest.items()
    )


def publish(
    root: Path,
    groups: Sequence[Sequence[Output]],
    manifest_path: Path,
    *,
    workers: int,
    dry_run: bool,
    everything: bool,
    progress: Callable[[int], None],
    keep_others: bool = False,
) -> Outcome:
    """Make the output folder hold exactly these files of ours; with `keep_others`, these too.

    Each group is made by one process, so that its files can share work. With `everything` also
    what is unchanged is made anew, so that it is checked. Raises ForeignFileError
    for files that are not ours, and OutputError where making or staging a file fails: nothing is
    replaced then. Raises OutputError also where replacing or removing one fails.
    """
    before = load(manifest_path, root)
    outputs = [output for group in groups for output in group]
    fresh = {o.path for o in outputs if not everything and _is_fresh(root, o, before)}
    stale = [[o for o in group if o.path not in fresh] for group in groups]
    stale = [group for group in stale if group]
    paths = [o.path for group in stale for o in group]
    others = before.keys() - {output.path for output in outputs}
    gone = () if keep_others else _removable(root, others)
    _refuse_odd_places(root, paths)
    listed = before
    if paths and not dry_run:
        listed = before | {_beside(path): Written("", "") for path in paths}
        save(manifest_path, root, listed)  # what is staged is known as ours even after a crash
    staged: list[_Staged] = []
    try:
        stage = partial(_stage_group, root=root, before=before, dry_run=dry_run)
        for result in fork_map(stage, stale, threshold=PARALLEL_FROM, workers=workers):
            staged += result
            progress(len(staged))
        _refuse_foreign(root, staged, before)
        new = [one.path for one in staged if one.is_new]
        if not dry_run:
            stay = fresh | others if keep_others else fresh
            kept = {path: before[path] for path in stay} | {s.path: s.written for s in staged}
            _replace(root, manifest_path, listed, kept, new, gone)
    except BaseException:
        _discard(root, paths)
        raise
    removed = tuple(path for path in gone if not path.endswith(_BESIDE))
    return Outcome(written=tuple(new), removed=removed, unchanged=len(outputs) - len(new))


def _is_fresh(root: Path, output: Output, before: dict[str, Written]) -> bool:
    written = before.get(output.path)
    return (
        written is not None
        and written.fingerprint == output.fingerprint
        and _is_as_written(root / output.path, written)
    )


def _is_as_written(path: Path, written: Written) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return (
        status.st_size == written.size
        and status.st_mtime_ns == written.mtime
        and status.st_ino == written.inode
        and stat.S_ISREG(status.st_mode)
    )


def _stage_group(
    group: Sequence[Output], root: Path, before: dict[str, Written], *, dry_run: bool
) -> list[_Staged]:
    return [_stage(output, root, before.get(output.path), dry_run=dry_run) for output in group]


def _stage(output: Output, root: Path, before: Written | None, *, dry_run: bool) -> _Staged:
    """Make the bytes; write them beside their place unless the disk has them already."""
    data = output.produce()
    digest = hashlib.sha256(data).hexdigest()
    place = root / output.path
    if _has_bytes(place, digest, before):
        return _Staged(output.path, _written(place, output.fingerprint, digest), is_new=False)
    if not dry_run:
        _write_beside(root, output.path, data)
    return _Staged(output.path, Written(output.fingerprint, digest), is_new=True)


def _has_bytes(place: Path, digest: str, before: Written | None) -> bool:
    if before and _is_as_written(place, before):
        return before.digest == digest
    try:
        return place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == digest
    except OSError:
        return False


def _written(place: Path, fingerprint: str, digest: str) -> Written:
    status = os.lstat(place)
    return Written(fingerprint, digest, status.st_size, status.st_mtime_ns, status.st_ino)


def _beside(path: str) -> str:
    """Where a file is staged: in the same folder, under a name that is never too long."""
    place = PurePosixPath(path)
    name = hashlib.sha256(place.name.encode()).hexdigest()[:16]
    return str(place.with_name(f".{name}{_BESIDE}"))


def _write_beside(root: Path, path: str, data: bytes) -> None:
    remedy = "mend the permissions or make room; nothing was replaced"
    with explained(root / path, "cannot be written", remedy):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        write_flushed(root / _beside(path), data, 0o644)


def _refuse_foreign(root: Path, staged: Iterable[_Staged], before: dict[str, Written]) -> None:
    foreign = [
        one.path
        for one in staged
        if one.is_new and one.path not in before and os.path.lexists(root / one.path)
    ]
    if foreign:
        more = f" (and {len(foreign) - 1} more)" if len(foreign) > 1 else ""
        raise ForeignFileError(
            f"newsfeed did not write this file{more} and does not overwrite it",
            where=str(root / foreign[0]),
            remedy="move it away, or choose other `feeds.output` or `feeds.paths`",
        )


def _refuse_odd_places(root: Path, paths: Iterable[str]) -> None:
    """No folder on the way to a file may be a link or a file (it could lead out of `root`)."""
    odd = next((folder for folder in _ways(root, paths) if _is_odd(folder)), None)
    if odd:
        raise ForeignFileError(
            "is in the way of our output and is no folder of ours",
            where=str(odd),
            remedy="move it away",
        )


def _removable(root: Path, paths: Iterable[str]) -> list[str]:
    """Those that may be removed: a link put on the way, or a folder in the place, is not ours."""
    paths = sorted(paths)
    odd = {folder for folder in _ways(root, paths) if _is_odd(folder)}
    return [
        path
        for path in paths
        if odd.isdisjoint((root / path).parents)
        and ((root / path).is_symlink() or not (root / path).is_dir())
    ]


def _ways(root: Path, paths: Iterable[str]) -> Iterator[Path]:
    """Every folder between `root` and the files, once."""
    seen: set[Path] = set()
    for path in paths:
        for folder in (root / path).parents:
            if folder in seen or folder == root or not folder.is_relative_to(root):
                break
            seen.add(folder)
            yield folder


def _is_odd(folder: Path) -> bool:
    return folder.is_symlink() or (folder.exists() and not folder.is_dir())


def _discard(root: Path, paths: Iterable[str]) -> None:
    """Remove what is staged, as far as possible: the next run removes the rest."""
    for path in paths:
        with suppress(OSError):
            (root / _beside(path)).unlink()


def _replace(
    root: Path,
    manifest_path: Path,
    listed: dict[str, Written],
    kept: dict[str, Written],
    new: Sequence[str],
    gone: Sequence[str],
) -> None:
    """Rename into place and remove what vanished.

    The manifest names the new files before they appear: after a crash they are known as ours.
    Raises OutputError; what was not replaced then is made again by the next run.
    """
    if new:
        save(manifest_path, root, listed | kept)
    remedy = "mend the permissions of its folder and publish again"
    for path in new:
        with explained(root / path, "cannot be replaced", remedy):
            (root / _beside(path)).replace(root / path)
            kept[path] = _written(root / path, kept[path].fingerprint, kept[path].digest)
    for path in gone:
        with explained(root / path, "cannot be removed", remedy):
            (root / path).unlink(missing_ok=True)
    for folder in {(root / path).parent for path in (*new, *gone)}:
        with explained(folder, "cannot be flushed to the disk", remedy):
            flush_folder(folder)
    _remove_empty(root, {(root / path).parent for path in gone})
    if kept != listed:
        save(manifest_path, root, kept)


def _remove_empty(root: Path, folders: Iterable[Path]) -> None:
    for folder in folders:
        place = folder
        while place != root and place.is_relative_to(root):
            try:
                place.rmdir()
            except OSError:
                break
            place = place.parent
