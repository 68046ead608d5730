"""The manifest: which files of the output folder are ours, and what they were made from."""

from __future__ import annotations

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


def load(path: Path) -> dict[str, Written]:
    """The manifest at `path`; empty where there is none. Raises StoreError where it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Written])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"the manifest cannot be read: {error}",
            where=str(path),
            remedy="remove it and the output folder, then build again",
        ) from None


def save(path: Path, manifest: dict[str, Written]) -> None:
    """Replace the manifest as a whole."""
    replace_file(path, msgspec.json.encode(manifest, order="sorted"))
