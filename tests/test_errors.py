"""Words for what the system refuses."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.detect import convention, generators
from newsfeed.errors import refusal


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that this process may not enter, though it be root's."""
    folder = Path(mkdtemp())
    folder.chmod(0)
    generators()  # who is nobody may not read the program either
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    folder.rmdir()


def test_a_source_that_may_not_be_entered_is_named(closed: Path) -> None:
    """And not a file of some generator, which was looked for and need not be there."""
    with pytest.raises(PermissionError) as caught:
        convention("auto", closed, ZoneInfo("UTC"), "")
    assert refusal(caught.value) == f"{closed}: Permission denied. mend its permissions"


def test_what_is_full_needs_room() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "feed.xml")
    assert refusal(error) == "feed.xml: No space left on device. make room or mend it"
    assert refusal(OSError(errno.EIO, "Input/output error")).startswith("output: ")
