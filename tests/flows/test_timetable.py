"""`newsfeed schedule`: the next slots by each newsletter's own clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.flows.pausing import pause
from newsfeed.flows.skipping import skip
from newsfeed.flows.timetable import Fate, timetable
from tests.kit import SETTINGS, Site

FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)

NEWSLETTER = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
schedule = "{schedule}"
timezone = "{zone}"
from = "한반도 브리핑 <news@example.org>"
"""


def _site(folder: Path, schedule: str = "mon 08:00", zone: str = "", more: str = "") -> Site:
    text = SETTINGS + NEWSLETTER.format(schedule=schedule, zone=zone) + more
    return Site(folder / "site", text)


def _slots(site: Site, now: datetime, count: int = 3) -> list[str]:
    with site.people(now) as who:
        found = timetable(who, who.plan.newsletters[0], count)
    return [
        slot.at.isoformat(timespec="minutes")
        + ("" if slot.fate is Fate.DUE else f" {slot.fate.value}")
        for slot in found.slots
    ]


@pytest.mark.parametrize(
    ("zone", "schedule", "now", "expected"),
    [
        pytest.param(
            "America/New_York",
            "daily 02:30",
            datetime(2026, 3, 7, 12, tzinfo=UTC),
            ["2026-03-08T03:30-04:00", "2026-03-09T02:30-04:00", "2026-03-10T02:30-04:00"],
            id="New York, spring: 02:30 is not there, and comes an hour later",
        ),
        pytest.param(
            "America/New_York",
            "daily 01:30",
            datetime(2026, 10, 31, 12, tzinfo=UTC),
            ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00", "2026-11-03T01:30-05:00"],
            id="New York, autumn: 01:30 is there twice, and counts the first time",
        ),
        pytest.param(
            "Asia/Seoul",
            "daily 02:30",
            datetime(2026, 3, 7, 12, tzinfo=UTC),
            ["2026-03-08T02:30+09:00", "2026-03-09T02:30+09:00", "2026-03-10T02:30+09:00"],
            id="Seoul: no change",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "daily 02:15",
            datetime(2026, 10, 3, 0, tzinfo=UTC),
            ["2026-10-04T02:45+11:00", "2026-10-05T02:15+11:00", "2026-10-06T02:15+11:00"],
            id="Lord Howe, spring: half an hour later",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "daily 01:45",
            datetime(2026, 4, 3, 20, tzinfo=UTC),
            ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30", "2026-04-07T01:45+10:30"],
            id="Lord Howe, autumn: the first of two",
        ),
    ],
)
def test_slots_are_shown_as_the_clocks_of_their_zone_will_stand(
    tmp_path: Path, zone: str, schedule: str, now: datetime, expected: list[str]
) -> None:
    assert _slots(_site(tmp_path, schedule, zone), now) == expected


def test_what_is_decided_is_not_shown_again(tmp_path: Path) -> None:
    site = _site(tmp_path)
    site.publish(FRIDAY)
    monday = FRIDAY + timedelta(days=2, hours=20, minutes=1)
    site.publish(monday)
    with site.people(FRIDAY) as who:  # the clock was set back
        found = timetable(who, who.plan.newsletters[0], 1)
    assert found.slots[0].at.date().isoformat() == "2026-11-30"
    assert found.ahead
    assert found.decided_until == datetime(2026, 11, 22, 23, tzinfo=UTC)


def test_what_is_left_out_or_paused_is_marked(tmp_path: Path) -> None:
    site = _site(tmp_path, more='skip = ["2026-11-30"]\n')
    with site.people(FRIDAY) as who:
        skip(who, who.plan.newsletters[0])
    assert _slots(site, FRIDAY) == [
        "2026-11-23T08:00+09:00 skipped",
        "2026-11-30T08:00+09:00 skipped",
        "2026-12-07T08:00+09:00",
    ]
    with site.people(FRIDAY) as who:
        pause(who, "weekly", "2026-11-24")
    assert _slots(site, FRIDAY)[:2] == [
        "2026-11-23T08:00+09:00 paused",
        "2026-11-30T08:00+09:00 skipped",
    ]
    with site.people(FRIDAY) as who:
        pause(who)
    assert {slot.partition(" ")[2] for slot in _slots(site, FRIDAY, 9)} == {"paused"}


def test_the_command_shows_every_newsletter_for_people_and_machines(tmp_path: Path) -> None:
    site = _site(tmp_path, zone="Asia/Tokyo")
    done = site.run("schedule", "--count", "2")
    first, *slots = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert first == "weekly  mon 08:00 (Asia/Tokyo)"
    assert len(slots) == 2
    assert all(line.startswith("  Mon ") and line.endswith(" 08:00 +09:00") for line in slots)
    (found,) = json.loads(site.run("schedule", "weekly", "--json").stdout)
    assert (found["newsletter"], len(found["slots"])) == ("weekly", 5)
    wrong = site.run("schedule", "weakly")
    assert wrong.returncode == 2
    assert "did you mean `weekly`" in wrong.stderr


def test_a_slot_that_came_and_is_not_decided_is_told(tmp_path: Path) -> None:
    """Whoever looks a minute after eight must not think that eight was passed over."""
    site = _site(tmp_path)
    site.publish(FRIDAY)
    monday = datetime(2026, 11, 22, 23, 1, tzinfo=UTC)
    found = [_waiting(site, monday + timedelta(hours=hours)) for hours in (-1, 0, 7)]
    assert found == [
        None,
        ("2026-11-23T08:00+09:00", Fate.DUE),
        ("2026-11-23T08:00+09:00", Fate.TOO_LATE),
    ]
    assert _slots(site, monday, 1) == ["2026-11-30T08:00+09:00"]
    site.publish(monday)
    assert _waiting(site, monday) is None


def _waiting(site: Site, now: datetime) -> tuple[str, Fate] | None:
    with site.people(now) as who:
        found = timetable(who, who.plan.newsletters[0], 1).waiting
    return (found.at.isoformat(timespec="minutes"), found.fate) if found else None
