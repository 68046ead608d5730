"""The door to the user's cache folder, where the compiled forms of our own templates lie.

They are code: whoever could write them would run in our process. So they lie in no folder that a
site's files could bring along, but in one of this user's that nobody else may write to. It may be
deleted at any time; without it, a process compiles what it needs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

FOLDER = Path("newsfeed", "templates")
"""Below the cache folder of the user (XDG Base Directory Specification)."""


class Compiled(jinja2.FileSystemBytecodeCache):
    """Compiled templates, each under a hash of its name and place, for the Python and Jinja2 that
    made it; used only where its source is the same. Files are replaced as a whole, so that other
    processes may write, too. A full disk is no fault.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        """`kind` tells apart what the same source is compiled to."""
        super().__init__(str(folder), f"{jinja2.__version__}-{kind}-%s.bin")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept; nothing of a file that is damaged."""
        try:
            super().load_bytecode(bucket)
        except (
            AttributeError,
            EOFError,
            ImportError,
            IndexError,
            OSError,
            ValueError,
            UnpicklingError,
        ):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder, made where it is missing; None where there is none that is safe to use."""
    caches = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", ""), ".cache")
    folder = Path(caches) / FOLDER
    if not folder.is_absolute():
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    writable = stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not writable
    return folder if own else None
