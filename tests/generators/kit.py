"""What tests of generators' rules share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from newsfeed.collect.conventions.base import Convention, Place
from newsfeed.collect.fields import Fields
from newsfeed.collect.frontmatter import FrontMatter


def placed(
    rules: Convention, path: str, fields: Fields, *, heading: str = "", written: bool = True
) -> Place:
    """Where a file belongs whose front matter says `fields`; without `written` it has none."""
    front = FrontMatter(values={}, body="", body_line=1, lines={}, syntax="yaml" if written else "")
    return rules.place(path, front, fields, heading)


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command line, in a process of its own, standing in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "newsfeed", *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def built(site: Path, place: Path) -> Path:
    """A copy of `site` below `place` with settings as `init` writes them, and its feeds."""
    folder = place / "site"
    shutil.copytree(site, folder)
    for word in ("init", "build"):
        done = command(folder, word)
        assert done.returncode == 0, done.stderr
    return folder


def theirs(folder: Path, *ours: str) -> dict[str, bytes]:
    """The files of a site without those that lie in `ours`, which `init` and `build` made."""
    return {path: data for path, data in contents(folder).items() if path.split("/")[0] not in ours}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its path, without those behind links."""
    found = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
