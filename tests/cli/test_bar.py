"""Progress of an import: a bar on a terminal, nothing elsewhere as long as it is quick."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.kit import NEWSLETTER, SETTINGS, Site


def test_a_long_import_shows_a_bar_on_a_terminal_and_takes_it_away(tmp_path: Path) -> None:
    """With the share that is read; the result stands on stdout alone."""
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    rows = "".join(f"reader.{number}@example.com\n" for number in range(150_000))
    (site.folder / "people.csv").write_text(f"email\n{rows}", "utf-8")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "newsfeed", "subscribers", "import", "people.csv", "--dry-run"]
    with subprocess.Popen(
        command, cwd=site.folder, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        assert process.stdout is not None
        said = process.stdout.read().decode()
    os.close(ours)
    assert "150,000 pending" in said
    assert b"reading" in shown
    assert b"%" in shown
