"""The door to the user's cache folder, where the compiled forms of our own templates lie.

They are code: whoever could write them would run in our process. So they lie in no folder that a
site's files could bring along, but in one of this user's that nobody else may write to or put
another in the place of. It may be deleted at any time; without it, a process compiles what it
needs.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

FOLDER = Path("newsfeed", "templates")
"""Below the cache folder of the user (XDG Base Directory Specification)."""

_DIGEST = 16


class Compiled(jinja2.BytecodeCache):
    """Compiled templates, each under a hash of its name and place, for the Python and Jinja2 that
    made it; used only where its source is the same. A file begins with a digest of the rest:
    damaged code would end the process. Files are replaced as a whole, so that other processes may
    write, too. A full disk is no fault.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        """`kind` tells apart what the same source is compiled to."""
        self._folder = folder
        self._form = f"{jinja2.__version__}-{kind}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept; nothing of a file that is damaged."""
        with suppress(OSError):
            data = self._file(bucket).read_bytes()
            if data[:_DIGEST] == _digest(data[_DIGEST:]):
                bucket.bytecode_from_string(data[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        code = bucket.bytecode_to_string()
        with suppress(OSError):
            _replace(self._file(bucket), _digest(code) + code)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{self._form}-{bucket.key}.bin"


def _digest(code: bytes) -> bytes:
    """Others for what another Python compiled, also for one of the same version."""
    return hashlib.blake2b(code, digest_size=_DIGEST, key=MAGIC_NUMBER).digest()


def _replace(file: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as new:
        try:
            new.write(data)
            new.flush()
            Path(new.name).replace(file)
        except OSError:
            Path(new.name).unlink()
            raise


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder, made where it is missing; None where there is none that is safe to use."""
    caches = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", ""), ".cache")
    folder = Path(caches) / FOLDER
    if not folder.is_absolute():
        return None
    try:
        for one in (folder.parents[1], folder.parent, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = folder.parent.resolve() / folder.name
        own = _is_own(folder.lstat()) and all(_is_safe(one.stat()) for one in folder.parents)
    except OSError:
        return None
    return folder if own else None


def _is_own(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not _is_writable(found)


def _is_safe(found: os.stat_result) -> bool:
    """Whether nobody but us and root can put another folder in the place of one within this: those
    of a sticky folder are moved by their owners alone.
    """
    closed = not _is_writable(found) or bool(found.st_mode & stat.S_ISVTX)
    return found.st_uid in {0, os.geteuid()} and closed


def _is_writable(found: os.stat_result) -> bool:
    """For others than its owner."""
    return bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
