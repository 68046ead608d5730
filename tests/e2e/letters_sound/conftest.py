"""Every letter and notice in every language, made once."""

from __future__ import annotations

import pytest

from tests.e2e.letters_sound.kit import Kept, letters, notices
from tests.e2e.letters_sound.texts import TONGUES
from tests.e2e.service.conftest import browser

__all__ = ["browser"]

FULL = 20
"""Articles of a letter, as many as are shown unless the settings say more."""


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    """The letter of each look and language, `ko-digest` and so on, with 20 articles."""
    return {
        f"{language}-{look}": one
        for language in TONGUES
        for look, one in letters(tmp_path_factory.mktemp(language), language, FULL).items()
    }


@pytest.fixture(scope="session")
def mails(editions: dict[str, Kept], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    """The same, and the mails that are no editions, `ko-confirm` and so on."""
    others = {
        f"{language}-{kind}": one
        for language in TONGUES
        for kind, one in notices(tmp_path_factory.mktemp(language), language).items()
    }
    return {**editions, **others}
