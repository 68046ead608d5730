"""The manifest: which files of the output folder are ours, and what they were made from."""

from __future__ import annotations

import os.path
from pathlib import Path

import msgspec

from newsfeed.errors import StoreError
from newsfeed.output.files import replace_file


class Written(msgspec.Struct, frozen=True, array_like=True):
    """A file that we wrote: the fingerprint of its inputs, the SHA-256 of its bytes, and size,
    modification time (nanoseconds) and inode as the disk had them afterwards.
    """

    fingerprint: str
    digest: str
    size: int = -1
    mtime: int = 0
    inode: int = 0


class _Manifest(msgspec.Struct, frozen=True):
    """The files, and the folder that they lie in as seen from the manifest's: so a project that
    moves as a whole keeps what is its own.
    """

    root: str
    files: dict[str, Written]


def load(path: Path, root: Path) -> dict[str, Written]:
    """What the manifest at `path` says about the output folder `root`, by path below it.

    Empty where there is none, or where it tells of another folder: what lies in this one is not
    known to be ours then. Raises StoreError where it is damaged.
    """
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"the manifest cannot be read: {error}",
            where=str(path),
            remedy="remove it and the output folder, then build again",
        ) from None
    return manifest.files if manifest.root == _seen_from(path, root) else {}


def save(path: Path, root: Path, files: dict[str, Written]) -> None:
    """Replace the manifest as a whole. Raises OutputError."""
    manifest = _Manifest(root=_seen_from(path, root), files=files)
    replace_file(path, msgspec.json.encode(manifest, order="sorted"))


def _seen_from(path: Path, root: Path) -> str:
    return os.path.relpath(root.resolve(), path.parent.resolve())
