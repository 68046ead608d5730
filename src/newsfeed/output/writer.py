"""The door to the output folder: whole files, only ours, only those whose bytes change.

All files are first written beside their places and flushed to the disk; only when every one is
there are they renamed. A crash in between leaves each file either old or new, never half.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from newsfeed.errors import ForeignFileError, OutputError
from newsfeed.output.files import flush_folder, write_flushed
from newsfeed.output.manifest import Written, load, save
from newsfeed.parallel import fork_map

PARALLEL_FROM = 12
"""Groups of files from which on processes are worth starting."""


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
    """Whether every file of the manifest lies there as we wrote it."""
    return all(_is_as_written(root / path, written) for path, written in manifest.items())


def publish(
    root: Path,
    groups: Sequence[Sequence[Output]],
    manifest_path: Path,
    *,
    workers: int,
    dry_run: bool,
    everything: bool,
    progress: Callable[[int], None],
) -> Outcome:
    """Make the output folder hold exactly these files of ours.

    Each group is made by one process, so that its files can share work. With `everything` also
    what is unchanged is made anew, so that it is checked. Raises ForeignFileError
    for files that are not ours, OutputError where writing fails; nothing is replaced then.
    """
    before = load(manifest_path)
    outputs = [output for group in groups for output in group]
    fresh = {o.path for o in outputs if not everything and _is_fresh(root, o, before)}
    stale = [[o for o in group if o.path not in fresh] for group in groups]
    stale = [group for group in stale if group]
    _refuse_odd_places(root, [o.path for group in stale for o in group])
    staged: list[_Staged] = []
    try:
        stage = partial(_stage_group, root=root, before=before, dry_run=dry_run)
        for result in fork_map(stage, stale, threshold=PARALLEL_FROM, workers=workers):
            staged += result
            progress(len(staged))
        _refuse_foreign(root, staged, before)
    except BaseException:
        _discard(root, [o.path for group in stale for o in group])
        raise
    new = [one.path for one in staged if one.is_new]
    gone = sorted(before.keys() - {output.path for output in outputs})
    if not dry_run:
        kept = {path: before[path] for path in fresh} | {one.path: one.written for one in staged}
        _replace(root, manifest_path, before, kept, new, gone)
    return Outcome(written=tuple(new), removed=tuple(gone), unchanged=len(outputs) - len(new))


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
        _write_beside(place, data)
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


def _beside(place: Path) -> Path:
    return place.with_name(f".{hashlib.sha256(place.name.encode()).hexdigest()[:16]}.newsfeed-new")


def _write_beside(place: Path, data: bytes) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_flushed(_beside(place), data, 0o644)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}",
            where=str(place),
            remedy="mend the permissions or make room; nothing was replaced",
        ) from None


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
    checked: set[Path] = set()
    for path in paths:
        for folder in (root / path).parents:
            if folder in checked or folder == root or not folder.is_relative_to(root):
                break
            checked.add(folder)
            if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
                raise ForeignFileError(
                    "is in the way of our output and is no folder of ours",
                    where=str(folder),
                    remedy="move it away",
                )


def _discard(root: Path, paths: Iterable[str]) -> None:
    for path in paths:
        _beside(root / path).unlink(missing_ok=True)


def _replace(
    root: Path,
    manifest_path: Path,
    before: dict[str, Written],
    kept: dict[str, Written],
    new: Sequence[str],
    gone: Sequence[str],
) -> None:
    """Rename into place and remove what vanished.

    The manifest names the new files before they appear: after a crash they are known as ours.
    """
    if new or gone:
        save(manifest_path, before | kept)
    folders = {(root / path).parent for path in (*new, *gone)}
    for path in new:
        place = root / path
        _beside(place).replace(place)
        old = kept[path]
        kept[path] = _written(place, old.fingerprint, old.digest)
    for path in gone:
        (root / path).unlink(missing_ok=True)
    for folder in folders:
        flush_folder(folder)
    _remove_empty(root, {(root / path).parent for path in gone})
    if kept != before:
        save(manifest_path, kept)


def _remove_empty(root: Path, folders: Iterable[Path]) -> None:
    for folder in folders:
        place = folder
        while place != root and place.is_relative_to(root):
            try:
                place.rmdir()
            except OSError:
                break
            place = place.parent
