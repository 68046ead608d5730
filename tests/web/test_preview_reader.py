"""The preview shows a letter as the chosen subscriber gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.flows.showing import glance
from newsfeed.store import subscribers
from newsfeed.web.preview.choices import Choices
from newsfeed.web.preview.page import Sheet, sheet
from tests.flows.editions_kit import FRIDAY, MONDAY, READERS, weekly_site

ANNA = "anna@example.org"


def _sheet(folder: Path, address: str, language: str = "") -> Sheet:
    """What is shown where somebody is chosen, and perhaps a language."""
    site = weekly_site(folder)
    site.subscribe(ANNA, language="en-GB", now=FRIDAY)
    with site.shop(MONDAY) as shop:
        readers = subscribers.readers(shop.db, "weekly", 10)
        (chosen,) = (one.public_id for one in readers if one.address == address)
        (shown,) = glance(shop, ["ja"]).shown
        choices = Choices(reader=chosen, language=language)
        return sheet(shop.plan, shown, choices, readers)


@pytest.mark.parametrize(("address", "language"), [(ANNA, "en"), (READERS[0], "ko")])
def test_the_letter_is_in_the_language_that_the_subscriber_gets_it_in(
    tmp_path: Path, address: str, language: str
) -> None:
    found = _sheet(tmp_path, address)
    assert found.variant.language == language
    head = found.letter.message.partition(b"\r\n\r\n")[0].decode()
    expected = language if language == "ko" else f"{language}, ko"
    assert f"Content-Language: {expected}\r\n" in head
    assert f"To: {address}" in head


def test_a_language_that_is_chosen_wins_over_the_subscribers(tmp_path: Path) -> None:
    assert _sheet(tmp_path, ANNA, "ja").variant.language == "ja"
