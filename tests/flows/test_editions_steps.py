"""Approving, pausing and resuming editions."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.errors import UsageError
from newsfeed.flows.approving import approve, pause_edition, resume_edition
from newsfeed.flows.cancelling import cancel
from newsfeed.flows.naming import RefusedError
from newsfeed.flows.pausing import pause
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, editions
from tests.flows.editions_kit import (
    LATER,
    MANUAL,
    MONDAY,
    READERS,
    WEEKLY,
    counts,
    during_delivery,
    letters,
    record,
    released_site,
    send_now,
)
from tests.kit import Site


def test_a_held_edition_is_delivered_only_after_its_approval(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL)
    site.round(MONDAY)
    assert record(site).state is EditionState.HELD
    assert letters(site) == {}
    with site.people(LATER) as who:
        assert approve(who, WEEKLY).changed
    assert record(site).state is EditionState.READY
    site.round(LATER)
    assert sorted(letters(site)) == sorted(READERS)


def test_approving_twice_says_so_and_changes_nothing(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL)
    with site.people(LATER) as who:
        approve(who, WEEKLY)
        again = approve(who, WEEKLY)
    assert (again.changed, again.state) == (False, EditionState.READY)


def test_what_went_out_needs_no_approval(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.people(LATER) as who, pytest.raises(RefusedError, match=r"is released.*status"):
        approve(who, WEEKLY)


def test_a_pause_stops_a_delivery_that_runs_at_its_next_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = released_site(tmp_path)

    def pause_it() -> None:
        with site.people(LATER) as other:
            pause_edition(other, WEEKLY)

    with during_delivery(monkeypatch, pause_it):
        site.deliver(LATER)
    assert counts(site) == {DeliveryState.SENT: 2, DeliveryState.QUEUED: 3}
    assert record(site).why == "by `newsfeed editions pause`"


@pytest.mark.parametrize("newsletter", ["weekly", ""])
def test_a_pause_of_the_newsletter_stops_a_delivery_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newsletter: str
) -> None:
    site = released_site(tmp_path)

    def pause_it() -> None:
        with site.people(LATER) as other:
            pause(other, newsletter)

    with during_delivery(monkeypatch, pause_it):
        site.deliver(LATER)
    assert counts(site) == {DeliveryState.SENT: 2, DeliveryState.QUEUED: 3}
    assert record(site).state is EditionState.RELEASED


def test_a_paused_edition_goes_on_where_it_stopped(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.people(LATER) as who:
        pause_edition(who, WEEKLY)
    site.round(LATER)
    assert letters(site) == {}
    with site.people(LATER) as who:
        resumed = resume_edition(who, WEEKLY)
    assert (resumed.changed, resumed.left) == (True, 5)
    site.round(LATER)
    assert counts(site) == {DeliveryState.SENT: 5}
    assert record(site).state is EditionState.SENT
    assert record(site).why == ""


def test_pausing_and_resuming_twice_change_nothing(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.people(LATER) as who:
        assert not resume_edition(who, WEEKLY).changed
        assert pause_edition(who, WEEKLY).changed
        assert not pause_edition(who, WEEKLY).changed
        assert resume_edition(who, WEEKLY).changed


def test_a_pause_of_newsfeeds_own_keeps_its_reason(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    number = record(site).id
    with site.people(LATER) as who:
        with database.transaction(who.db):
            editions.set_state(who.db, number, EditionState.PAUSED, "too many bounces")
        pause_edition(who, WEEKLY)
    assert record(site).why == "too many bounces"


def test_what_holds_a_newsletter_back_is_told(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL)
    with site.people(LATER) as who:
        pause(who, "weekly")
        assert "newsfeed resume weekly" in approve(who, WEEKLY).standstill
        pause(who)
        assert "everything is paused" in approve(who, WEEKLY).standstill


@pytest.mark.parametrize(
    ("more", "remedy"), [(MANUAL, "newsfeed pause weekly"), ("", "newsfeed editions show")]
)
def test_what_is_not_under_way_cannot_be_paused(tmp_path: Path, more: str, remedy: str) -> None:
    site = released_site(tmp_path, more)
    if not more:
        site.deliver(LATER)
    with site.people(LATER) as who, pytest.raises(RefusedError, match=remedy):
        pause_edition(who, WEEKLY)


def test_a_held_edition_is_not_resumed_past_its_approval(tmp_path: Path) -> None:
    site = released_site(tmp_path, MANUAL)
    with site.people(LATER) as who, pytest.raises(RefusedError, match="editions approve"):
        resume_edition(who, WEEKLY)
    assert record(site).state is EditionState.HELD


def test_a_cancelled_edition_stays_so(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.people(LATER) as who:
        cancel(who, WEEKLY)
        for step in (approve, pause_edition, resume_edition):
            with pytest.raises(RefusedError, match="is cancelled"):
                step(who, WEEKLY)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("weekly/2026-11-24", "did you mean `weekly/2026-11-23`"),
        ("weekly", "did you mean `weekly/2026-11-23-2` or `weekly/2026-11-23`"),
        ("weekly/", "did you mean `weekly/2026-11-23-2` or `weekly/2026-11-23`"),
        ("weakly/2026-11-23", "`weekly/2026-11-23`"),
        ("x", "newsfeed editions list"),
        ("", "newsfeed editions list"),
    ],
)
def test_an_unknown_name_brings_the_nearest_right_ones(
    tmp_path: Path, name: str, near: str
) -> None:
    site = released_site(tmp_path)
    site.post("three.md", date="2026-11-03")
    send_now(site, LATER, "weekly")
    with site.people(LATER) as who, pytest.raises(UsageError) as told:
        approve(who, name)
    assert near in str(told.value)


def test_without_any_edition_a_name_brings_the_way_to_one(tmp_path: Path) -> None:
    site = Site(tmp_path / "empty")
    with site.people() as who, pytest.raises(UsageError, match="newsfeed send"):
        approve(who, "weekly/2026-11-23")
