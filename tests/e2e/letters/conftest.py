"""What tests of the letters' looks ask of a machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.letters.eyes import Eyes, eyes
from tests.e2e.service.conftest import browser

__all__ = ["browser", "window"]


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Eyes]:
    """A browser that looks at letters."""
    with eyes(browser) as found:
        yield found
