"""Small Hugo sites that tests write, build with Hugo, and compare with what we would publish."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from newsfeed import config
from newsfeed.app import Project, make_plan, workshop
from newsfeed.feeds.compare import Difference
from newsfeed.flows.comparing import compare
from newsfeed.flows.plan import Seams
from newsfeed.flows.starting import start

SITE = Path(__file__).parent / "site"
LATER = 10_000_000_000
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)

Require = Callable[[str], str]


def hugo(require: Require, folder: Path) -> None:
    """Build the site into its `public`, at the moment `NOW`."""
    program = require("hugo")
    done = subprocess.run(
        [
            program,
            "--quiet",
            "--clock",
            NOW.isoformat(),
            "--cacheDir",
            str(folder.parent / "cache"),
        ],
        cwd=folder,
        env={**os.environ, "TZ": "America/New_York"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def write(folder: Path, files: Mapping[str, object]) -> Path:
    """Text files by path; what is no text is the front matter of an article, with a body."""
    layouts = {"single": "{{ .Content }}", "list": "{{ .Title }}"}
    bare = {f"layouts/_default/{name}.html": text for name, text in layouts.items()}
    for name, what in {**bare, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = what if isinstance(what, str) else json.dumps(what, indent=1) + "\n\nText.\n"
        path.write_text(text, encoding="utf-8")
    return folder


def differences(folder: Path, *feeds: str) -> list[Difference]:
    """What `newsfeed check --against` tells of Hugo's feeds, with the settings of `init`."""
    file = folder / "newsfeed.toml"
    if not file.exists():
        start(folder, demo=None)
    plan = make_plan(Project(file=file, base=folder, settings=config.load(file, {})))
    seams = Seams(
        now=NOW,
        clock_ns=lambda: time.time_ns() + LATER,
        workers=1,
        progress=lambda _what, _done: None,
    )
    found: list[Difference] = []
    with workshop(plan, seams) as shop:
        for feed in feeds:
            compared = compare(shop, str(folder / "public" / feed))
            assert compared.theirs, feed
            found += compared.differences
    return found
