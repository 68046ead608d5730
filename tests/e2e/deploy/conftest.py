"""What the tests of docs/deploy/ share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.kit import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A site with two newsletters, and nobody in its store."""
    return Desk(tmp_path / "site")
