"""A command pays for what it uses: `--help` loads none of the heavy libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "PIL", "aiosql", "apscheduler", "comrak", "feedgen", "cssutils", "frontmatter", "jinja2",
    "lxml", "nh3", "premailer", "regex", "rich", "sqlite3", "yaml", "yoyo",
)  # fmt: skip

# A fresh interpreter runs the entry point, then tells what it has loaded.
PROBE = """
import sys
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


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_no_heavy_library(arguments: list[str], tmp_path: Path) -> None:
    """`newsfeed --help` answers without loading what only the work needs."""
    loaded = _loaded_by(arguments, tmp_path)
    assert {"newsfeed", "click"} <= loaded
    assert loaded & set(HEAVY) == set()
