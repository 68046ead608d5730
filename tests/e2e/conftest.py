"""What the end-to-end tests ask of a machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import missing


def _package(name: str) -> Path:
    """The folder of an npm package."""
    found = Path(os.environ.get("NODE_PATH", "")) / name
    if not found.is_dir():
        missing(f"the npm package {name} (in NODE_PATH)")
    return found


@pytest.fixture(scope="session")
def rss_parser() -> str:
    """A NODE_PATH under which the npm package rss-parser is found."""
    return str(_package("rss-parser").parent)


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which finds what keeps people from using a page."""
    return (_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def nu_checker() -> Path:
    """The Nu HTML checker, which runs on Java."""
    return _package("vnu-jar") / "build/dist/vnu.jar"
