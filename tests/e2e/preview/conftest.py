"""What tests of the preview ask of a machine."""

from __future__ import annotations

from tests.e2e.service.conftest import browser

__all__ = ["browser"]
