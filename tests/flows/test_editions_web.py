"""The web copy of an edition: there with the letter, and not before it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.flows.approving import pause_edition
from newsfeed.flows.deciding import decide_due
from newsfeed.flows.pausing import pause, resume
from newsfeed.flows.reading import shown
from newsfeed.model import DeliveryState
from tests.flows.editions_kit import (
    LATER,
    MONDAY,
    READERS,
    WEEKLY,
    counts,
    during_delivery,
    released_site,
    weekly_site,
)
from tests.kit import Site

PAGE = "editions/weekly/2026-11-23/index.html"
PAUSES = pytest.mark.parametrize("paused", ["weekly", ""], ids=["newsletter", "everything"])


def is_shown(site: Site) -> bool:
    """Whether the page is there, which `editions show` says too."""
    with site.people(LATER) as who:
        told = bool(shown(who, WEEKLY).web_copy)
    assert told == (site.output / PAGE).is_file()
    return told


@PAUSES
def test_the_web_does_not_tell_what_a_pause_keeps_back(tmp_path: Path, paused: str) -> None:
    site = weekly_site(tmp_path)
    with site.shop(MONDAY) as shop:
        decide_due(shop)
    with site.people(MONDAY) as who:
        pause(who, paused)
    site.publish(MONDAY)
    assert not is_shown(site)
    with site.people(LATER) as who:
        resume(who, paused)
    site.publish(LATER)
    assert is_shown(site)


@PAUSES
def test_a_page_goes_where_a_pause_comes_before_the_first_letter(
    tmp_path: Path, paused: str
) -> None:
    site = released_site(tmp_path)
    with site.people(MONDAY) as who:
        pause(who, paused, (LATER + timedelta(hours=1)).isoformat())
    site.publish(LATER)
    assert not is_shown(site)
    site.publish(LATER + timedelta(hours=1))
    assert (site.output / PAGE).is_file()


@PAUSES
def test_a_page_that_letters_link_to_stays_through_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paused: str
) -> None:
    """Be it that two have it, or all."""
    site = released_site(tmp_path)

    def stop() -> None:
        with site.people(MONDAY) as who:
            pause_edition(who, WEEKLY)
            pause(who, paused)

    with during_delivery(monkeypatch, stop):
        site.deliver(MONDAY)
    assert counts(site)[DeliveryState.SENT] == 2
    site.publish(LATER)
    assert is_shown(site)


@PAUSES
def test_the_page_of_what_is_sent_stays_through_a_pause(tmp_path: Path, paused: str) -> None:
    site = released_site(tmp_path)
    site.deliver(MONDAY)
    assert counts(site) == {DeliveryState.SENT: len(READERS)}
    with site.people(MONDAY) as who:
        pause(who, paused)
    site.publish(LATER)
    assert is_shown(site)
