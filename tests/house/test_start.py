"""A command pays for what it uses: nothing is loaded before there is work for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit import NEWSLETTER

WORK = {
    "PIL", "aiosql", "apscheduler", "comrak", "cryptography", "cssutils", "email", "feedgen",
    "feedparser", "frontmatter", "httpx", "jinja2", "lxml", "nh3", "premailer", "regex", "requests",
    "rich", "starlette", "subprocess", "tempfile", "yaml", "yoyo",
}  # fmt: skip
LETTERS = {"aiosmtplib", "apscheduler", "cryptography", "cssutils", "premailer", "requests"}

SETTINGS = """\
[site]
title = "News"
url = "https://news.example.org"
language = "en"
author = "News"
timezone = "UTC"
[[sources]]
path = "posts"
[pages]
enabled = false
"""

# A fresh interpreter runs the entry point, then tells what it has loaded. Its clock is ahead, so
# that files just written are trusted to stay as they were read.
PROBE = """
import sys, time
wall = time.time_ns
time.time_ns = lambda: wall() + 10_000_000_000
from newsfeed.cli import main
sys.argv = ["newsfeed", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    status = stop.code or 0
else:
    status = 0
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(status)
"""


def _loaded_by(arguments: list[str], folder: Path) -> set[str]:
    """The top-level packages that `newsfeed ARGUMENTS` has loaded when it is done."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()
    return set(run.stderr.splitlines()[-1].split())


@pytest.fixture(params=["plain", "hugo"])
def built(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with one article, of which the feeds are made. It has no newsletter."""
    (tmp_path / "newsfeed.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "posts" / "content").mkdir(parents=True)
    if request.param == "hugo":
        text = 'baseURL = "https://news.example.org/"\n'
        (tmp_path / "posts" / "hugo.toml").write_text(text, "utf-8")
    _write(tmp_path, "One")
    _loaded_by(["build"], tmp_path)
    return tmp_path


def _write(folder: Path, title: str) -> None:
    text = f"---\ntitle: {title}\ndate: 2026-01-01\n---\nText.\n"
    (folder / "posts" / "content" / f"{title}.md").write_text(text, "utf-8")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_no_heavy_library(arguments: list[str], tmp_path: Path) -> None:
    """`newsfeed --help` answers without loading what only the work needs."""
    loaded = _loaded_by(arguments, tmp_path)
    assert {"newsfeed", "click"} <= loaded
    assert loaded & (WORK | {"sqlite3"}) == set()


def test_a_build_in_which_nothing_changed_loads_nothing_that_reads_or_writes(built: Path) -> None:
    """That there is nothing to do is seen without what would do it."""
    assert _loaded_by(["build"], built) & WORK == set()


def test_a_publish_in_which_nothing_is_due_loads_nothing_that_makes_letters(built: Path) -> None:
    """The next letter was shown before, and is as it was."""
    settings = built / "newsfeed.toml"
    settings.write_text(settings.read_text("utf-8") + NEWSLETTER, "utf-8")
    for _ in range(2):  # the first notes the newsletter in the store, which the second looks into
        _loaded_by(["publish"], built)
    assert _loaded_by(["publish"], built) & WORK == set()


def test_a_build_without_newsletters_loads_nothing_that_makes_letters(built: Path) -> None:
    """A new article costs nothing for letters that nobody gets."""
    _write(built, "Two")
    loaded = _loaded_by(["build"], built)
    assert {"feedgen", "lxml"} <= loaded
    assert loaded & LETTERS == set()
