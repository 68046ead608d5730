"""The door to git: when each file of a folder was added to its history, and last changed."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import msgspec

SECONDS = 120
"""The longest that git may take."""

_LOG = ("log", "--no-renames", "--relative", "--name-only", "-z", "--format=%x01%aI")
_WHERE_GIT_IS_SET_UP = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})


class History(msgspec.Struct, frozen=True):
    """Author dates (aware) of the commits that added files, by NFC path below the folder.

    `shallow` tells that the history is cut off, so that nothing can be said of any file; so does
    `problem`, which is what git says where it cannot read a repository, and `remedy` what to do.
    """

    added: dict[str, datetime]
    shallow: bool = False
    problem: str = ""
    remedy: str = ""


class _GitError(Exception):
    """What git said where it failed; "" where there is no git."""


def history(folder: Path) -> History:
    """One pass over the folder's history; empty where there is no git, or no repository."""
    try:
        if _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
            return History({}, shallow=True)
        return History(_dates(_git(folder, *_LOG, "--diff-filter=A", "--", ".")))
    except _GitError as error:
        return _failed(folder, str(error))


def last_changes(folder: Path) -> dict[str, datetime]:
    """Author dates (aware) of the last commits that changed files, by NFC path below the folder;
    empty where git cannot tell.
    """
    try:
        if _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
            return {}
        return _dates(_git(folder, *_LOG, "--reverse", "--", "."))
    except _GitError:
        return {}


def _failed(folder: Path, said: str) -> History:
    """A failure is one only where there is a repository with commits and a git to read it."""
    repository = next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)
    if repository is None or not said or "does not have any commits yet" in said:
        return History({})
    remedy = f"see what `git -C {repository} log` says"
    if "dubious ownership" in said:
        remedy = f"if you trust it: git config --global --add safe.directory {repository}"
    return History({}, problem=said.splitlines()[0].removeprefix("fatal: "), remedy=remedy)


def _dates(log: bytes) -> dict[str, datetime]:
    """Of each file the date of its last commit in `log`: the newest come first there, so that it is
    the oldest, unless git was asked to reverse them.
    """
    dates: dict[str, datetime] = {}
    for commit in log.split(b"\x01")[1:]:
        date_text, _, names = commit.partition(b"\0")
        date = datetime.fromisoformat(date_text.decode("ascii").strip())
        for name in names.strip(b"\n\0").split(b"\0"):
            if name:
                dates[normalize("NFC", os.fsdecode(name.lstrip(b"\n")))] = date
    return dates


def _git(folder: Path, *words: str) -> bytes:
    """What git prints. Raises _GitError."""
    import subprocess

    # In a git hook, GIT_DIR and its like name a repository that need not be the folder's.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _WHERE_GIT_IS_SET_UP
    }
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        done = subprocess.run(  # noqa: S603  # fixed words, no shell
            command,
            capture_output=True,
            env=environment,
            process_group=0,  # Ctrl-C is for us, who may have to finish what is begun
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise _GitError("") from None
    except OSError as error:
        raise _GitError(f"git cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise _GitError(f"git took longer than {SECONDS} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "backslashreplace").strip()
        raise _GitError(said or f"git ended with status {done.returncode}")
    return done.stdout
