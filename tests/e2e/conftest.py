"""What the end-to-end tests ask of a machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import missing


@pytest.fixture(scope="session")
def rss_parser() -> str:
    """A NODE_PATH under which the npm package rss-parser is found."""
    folder = os.environ.get("NODE_PATH", "")
    if not (Path(folder) / "rss-parser").is_dir():
        missing("the npm package rss-parser (in NODE_PATH)")
    return folder
