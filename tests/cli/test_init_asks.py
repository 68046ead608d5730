"""`newsfeed init` asks somebody at a terminal what no folder tells, and nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

URL = "Address of the site"
SENDER = "Address that letters come from"


def typed(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """`newsfeed init` in `folder`, where these lines are typed on a terminal."""
    ours, theirs = pty.openpty()
    try:
        for line in lines:
            os.write(ours, f"{line}\n".encode())
        return subprocess.run(
            [sys.executable, "-m", "newsfeed", "init"],
            cwd=folder,
            stdin=theirs,
            capture_output=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)


def written(folder: Path) -> tuple[str, str]:
    """The site's address and that of letters, as the settings have them."""
    values = tomllib.loads((folder / "newsfeed.toml").read_text(encoding="utf-8"))
    return values["site"]["url"], values["newsletters"][0]["from"]


def test_what_is_said_stands_in_the_settings(tmp_path: Path) -> None:
    done = typed(tmp_path, "hills.example.com/notes/", "Hill Notes <post@hills.example.com>")
    assert done.returncode == 0, done.stderr
    assert written(tmp_path) == (
        "https://hills.example.com/notes",
        "Hill Notes <post@hills.example.com>",
    )


def test_enter_takes_what_is_guessed(tmp_path: Path) -> None:
    assert typed(tmp_path, "", "").returncode == 0
    assert written(tmp_path) == ("https://news.example.org", "news@news.example.org")


def test_what_the_folder_tells_is_not_asked(tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text("url: https://hills.example.com\n", encoding="utf-8")
    done = typed(tmp_path, "")
    assert URL not in done.stderr
    assert SENDER in done.stderr


@pytest.mark.parametrize(
    "wrong", ["two words", "ftp://example.org", "http://", "https://example.org:99999", "http:x"]
)
def test_an_address_that_cannot_be_is_asked_for_again(tmp_path: Path, wrong: str) -> None:
    done = typed(tmp_path, wrong, "https://example.org", "not an address", "news@example.org")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(URL) == done.stderr.count(SENDER) == 2
    assert written(tmp_path) == ("https://example.org", "news@example.org")


def test_nobody_is_asked_where_nobody_is_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "newsfeed", "init"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert URL not in done.stdout


def test_what_the_generator_does_not_read_is_not_counted(tmp_path: Path) -> None:
    """Its output lies in the folder, too, and is full of files that look like articles."""
    for path in ("_posts/2026-01-01-a.md", "_site/a.html", "_site/b.html", "about.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("---\ntitle: A\n---\nText.\n", encoding="utf-8")
    assert "1 file that may be an article" in typed(tmp_path, "", "").stdout
