"""The door to git: when each file of a folder was added to its history."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import msgspec

SECONDS = 120
"""The longest that git may take."""


class History(msgspec.Struct, frozen=True):
    """Author dates (aware) of the commits that added files, by NFC path below the folder.

    `shallow` tells that the history is cut off, so that nothing can be said of any file.
    """

    added: dict[str, datetime]
    shallow: bool = False


def history(folder: Path) -> History:
    """One pass over the folder's history; empty where there is no git, or no repository."""
    shallow = _git(folder, "rev-parse", "--is-shallow-repository")
    if shallow is None or shallow.strip() == b"true":
        return History({}, shallow=shallow is not None)
    log = _git(
        folder,
        "log",
        "--diff-filter=A",
        "--no-renames",
        "--relative",
        "--name-only",
        "-z",
        "--format=%x01%aI",
        "--",
        ".",
    )
    return History(_added(log or b""))


def _added(log: bytes) -> dict[str, datetime]:
    """Newest commits come first, so that the first addition of a file is what remains."""
    added: dict[str, datetime] = {}
    for commit in log.split(b"\x01")[1:]:
        date_text, _, names = commit.partition(b"\0")
        date = datetime.fromisoformat(date_text.decode("ascii").strip())
        for name in names.strip(b"\n\0").split(b"\0"):
            if name:
                added[normalize("NFC", os.fsdecode(name.lstrip(b"\n")))] = date
    return added


def _git(folder: Path, *words: str) -> bytes | None:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        done = subprocess.run(  # noqa: S603  # fixed words, no shell
            command, capture_output=True, env=environment, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
