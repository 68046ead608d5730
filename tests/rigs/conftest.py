"""What rigs ask of a machine."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.conftest import missing
from tests.rigs.office import PROGRAMS


@pytest.fixture(scope="session")
def can_post(require: Callable[[str], str]) -> None:
    """The test is left out where no post office can be opened."""
    for program in (*PROGRAMS, "mutt"):
        require(program)
    if os.geteuid():
        missing("root's rights, which mail servers need to start,")
