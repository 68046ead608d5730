"""`newsfeed skip`: a letter is left out without an edit of the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.errors import UsageError
from newsfeed.flows.renaming import rename
from newsfeed.flows.skipping import Skipped, skip
from newsfeed.model import SlotOutcome
from tests.flows.editions_kit import FRIDAY, MONDAY, weekly_site
from tests.kit import NEWSLETTER, SETTINGS, Site

SLOT = datetime(2026, 11, 22, 23, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return weekly_site(tmp_path)


def _skip(site: Site, what: str = "next", now: datetime = FRIDAY, *, undo: bool = False) -> Skipped:
    with site.people(now) as who:
        return skip(who, who.plan.newsletters[0], what, undo=undo)


def _outcomes(site: Site, now: datetime) -> list[SlotOutcome | None]:
    return [one.outcome for one in site.publish(now).decided]


@pytest.mark.parametrize("what", ["next", "2026-11-23"])
def test_what_is_left_out_makes_no_edition_and_keeps_its_articles(site: Site, what: str) -> None:
    done = _skip(site, what)
    assert (done.changed, done.following) == (True, SLOT + WEEK)
    assert _outcomes(site, MONDAY) == [SlotOutcome.SKIPPED]
    (decided,) = site.publish(MONDAY + WEEK).decided
    assert (decided.outcome, len(decided.articles)) == (SlotOutcome.EDITION, 2)


@pytest.mark.parametrize("what", ["next", "2026-11-23"])
def test_it_can_be_undone_until_the_slot(site: Site, what: str) -> None:
    _skip(site, what)
    done = _skip(site, what, undo=True)
    assert (done.changed, done.following) == (True, SLOT)
    assert not _skip(site, "2026-11-23", undo=True).changed
    assert _outcomes(site, MONDAY) == [SlotOutcome.EDITION]


def test_the_next_one_is_the_next_that_is_not_left_out(site: Site) -> None:
    slots = [_skip(site).slot for _ in range(3)]
    assert slots == [SLOT, SLOT + WEEK, SLOT + 2 * WEEK]
    assert not _skip(site, "2026-11-23", undo=True).changed  # it was a slot, and no day
    assert _skip(site, undo=True).slot == SLOT


def test_a_slot_is_left_out_and_not_its_day(tmp_path: Path) -> None:
    hourly = NEWSLETTER.replace("mon 08:00", "0 * * * *")
    site = Site(tmp_path / "site", SETTINGS + hourly)
    site.post("one.md", date="2026-11-01")
    site.publish(FRIDAY)
    assert _skip(site).slot == FRIDAY + timedelta(hours=1)
    hour = timedelta(hours=1, minutes=1)
    assert _outcomes(site, FRIDAY + hour) == [SlotOutcome.SKIPPED]
    later = FRIDAY + hour + timedelta(hours=1)
    assert _outcomes(site, later) == [SlotOutcome.EDITION]


def test_a_slip_is_told(site: Site) -> None:
    for what, words in {
        "2026-11-24": "no slot is on Tue 2026-11-24; the first after it is on Mon 2026-11-30",
        "2026-11-16": "2026-11-16 is past",
        "2026.11.23": "is not a day",
        "2026-11-23..2026-11-30": "is more than a day",
        "tomorrow": "is not a day",
    }.items():
        with pytest.raises(UsageError, match=words):
            _skip(site, what)
    with pytest.raises(UsageError, match="nothing to come is left out"):
        _skip(site, undo=True)


def test_without_a_schedule_there_is_nothing_to_leave_out(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER.replace("mon 08:00", ""))
    with pytest.raises(UsageError, match="has no schedule"):
        _skip(site)


def test_a_newsletter_that_is_renamed_takes_it_along(site: Site) -> None:
    _skip(site)
    site.configure(SETTINGS + NEWSLETTER.replace('"weekly"', '"letters"'))
    with site.people(FRIDAY) as who:
        rename(who, "weekly", "letters")
    assert _outcomes(site, MONDAY) == [SlotOutcome.SKIPPED]


def test_the_command_says_what_it_did(site: Site) -> None:
    done = site.run("skip", "weekly")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("weekly: Mon ")
    assert first.endswith(" 08:00 KST is left out")
    assert second.startswith("  the next letter is due Mon ")
    assert "is left out no more" in site.run("skip", "weekly", "--undo").stdout
    assert site.run("skip").returncode == 2
