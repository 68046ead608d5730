"""The Makefile's list of jobs is true."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path


def test_help_lists_every_job(root: Path, require: Callable[[str], str]) -> None:
    """`make` alone names every job that can be asked for."""
    text = (root / "Makefile").read_text("utf-8")
    declared = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert declared is not None
    shown = subprocess.run(
        [require("make"), "--no-print-directory"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.findall(r"^  make (\S+) +\S", shown.stdout, re.MULTILINE) == declared[1].split()
