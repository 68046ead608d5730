"""What tests of the whole service ask of a machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.rigs.chromium import chromium
from tests.rigs.conftest import can_post

__all__ = ["browser", "can_post"]


@pytest.fixture(scope="module")
def browser(require: Callable[[str], str]) -> Iterator[Browser]:
    """A browser that reaches nothing but this machine."""
    with chromium(require("chromium")) as found:
        yield found
