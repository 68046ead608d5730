"""Holidays: what is paused, for how long, and what happens to the slots that pass."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed import app
from newsfeed.errors import UsageError
from newsfeed.flows.editions import next_slot_of
from newsfeed.flows.newsletters import standing
from newsfeed.flows.pausing import Paused, Resumed, moment, pause, resume
from newsfeed.flows.people import People
from newsfeed.model import EditionKind, SlotOutcome
from newsfeed.schedule.due import clock_key, decide
from newsfeed.schedule.skips import parse_skips
from newsfeed.schedule.words import parse_schedule
from newsfeed.settings import Newsletter
from newsfeed.store import database, facts, newsletters
from tests.kit import NEWSLETTER, SETTINGS, Site

SEOUL = ZoneInfo("Asia/Seoul")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=SEOUL).astimezone(UTC)
START = MONDAY - 3 * DAY
SECOND = """\
[[newsletters]]
name = "home"
title = "At home"
schedule = "mon 08:00"
timezone = "America/New_York"
from = "news@example.org"
"""

T = TypeVar("T")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, SETTINGS + NEWSLETTER)


def at(site: Site, now: datetime, act: Callable[[People], T]) -> T:
    """Do something with the store at a time."""
    with app.people(site.plan(), now) as people:
        return act(people)


def run(site: Site, now: datetime) -> list[tuple[datetime, SlotOutcome]]:
    """Decide what is due, as `publish` does: the slots and what became of them."""
    return at(site, now, _decide_all)


def _decide_all(people: People) -> list[tuple[datetime, SlotOutcome]]:
    db, now, found = people.db, people.now, []
    for newsletter in people.plan.newsletters:
        clock = clock_key(newsletter.schedule, "Asia/Seoul")
        known = newsletters.known(db, newsletter.name)
        due = decide(
            parse_schedule(newsletter.schedule),
            SEOUL,
            clock=clock,
            known=known,
            now=now,
            max_late=WEEK,
            paused=bool(facts.paused(db, now)) or newsletters.is_paused(known, now),
            paused_until=facts.paused_until(db),
        )
        with database.transaction(db):
            newsletters.save_clock(db, newsletter.name, clock, due.decided_until)
            if due.slot and due.outcome:
                kind = EditionKind.SCHEDULED
                newsletters.record_slot(db, newsletter.name, due.slot, kind, due.outcome, now)
                found.append((due.slot, due.outcome))
    return found


@pytest.mark.parametrize("name", ["weekly", ""])
@pytest.mark.parametrize("runs_between", [False, True])
def test_after_a_holiday_the_letter_of_last_week_is_not_sent(
    site: Site, name: str, runs_between: bool
) -> None:
    """Whether or not a run during the pause decided its slot; the next slot is as ever."""
    run(site, START)
    at(site, START, lambda people: pause(people, name))
    if runs_between:
        assert run(site, MONDAY + HOUR) == [(MONDAY, SlotOutcome.PAUSED)]
    resumed = at(site, MONDAY + DAY, lambda people: resume(people, name))
    assert resumed == Resumed(newsletter=name, was_paused=True, ahead=(), still_paused=())
    assert run(site, MONDAY + DAY + HOUR) == []
    assert run(site, MONDAY + WEEK) == [(MONDAY + WEEK, SlotOutcome.EDITION)]


@pytest.mark.parametrize("name", ["weekly", ""])
@pytest.mark.parametrize("resumed", [False, True])
def test_a_pause_with_an_end_goes_on_by_itself(site: Site, name: str, resumed: bool) -> None:
    """Its slots are paused though nobody looked; resuming after its end changes nothing."""
    run(site, START)
    paused = at(site, START, lambda people: pause(people, name, "2026-11-24"))
    assert paused.until == datetime(2026, 11, 24, tzinfo=SEOUL)
    if resumed:
        again = at(site, MONDAY + 2 * DAY, lambda people: resume(people, name))
        assert not again.was_paused
        assert run(site, MONDAY + 3 * DAY) == []
    else:
        assert run(site, MONDAY + 3 * DAY) == [(MONDAY, SlotOutcome.PAUSED)]
    assert run(site, MONDAY + WEEK) == [(MONDAY + WEEK, SlotOutcome.EDITION)]


def test_publish_keeps_to_pauses(site: Site) -> None:
    """The real run: the slot of a pause is kept as paused, and nothing is composed for it."""
    site.post("a.md", date="2026-11-19")

    def published(now: datetime) -> list[tuple[int, str]]:
        site.publish(now)
        with closing(sqlite3.connect(site.plan().store)) as db:
            return db.execute("SELECT at, outcome FROM slot ORDER BY at").fetchall()

    monday, week = int(MONDAY.timestamp()), int(WEEK.total_seconds())
    assert published(START) == []
    at(site, START, lambda people: pause(people, "weekly"))
    assert published(MONDAY + HOUR) == [(monday, "paused")]
    at(site, MONDAY + HOUR, lambda people: resume(people, "weekly"))
    assert published(MONDAY + 2 * HOUR) == [(monday, "paused")]
    at(site, MONDAY + DAY, lambda people: pause(people, "", "2026-11-30T08:00"))
    assert published(MONDAY + WEEK)[1:] == [(monday + week, "edition")]


def test_resuming_late_makes_no_slot_after_the_end_of_a_pause_disappear(site: Site) -> None:
    """The pause was over on Sunday; Monday's slot is due though somebody resumes after it."""
    run(site, START)
    at(site, START, lambda people: pause(people, "weekly", "2026-11-22"))
    at(site, MONDAY + HOUR, lambda people: resume(people, "weekly"))
    assert run(site, MONDAY + 2 * HOUR) == [(MONDAY, SlotOutcome.EDITION)]


@pytest.mark.parametrize("name", ["weekly", ""])
def test_resuming_what_is_not_paused_loses_no_slot(site: Site, name: str) -> None:
    """A slot that passed a minute before is still due."""
    run(site, START)
    resumed = at(site, MONDAY + HOUR, lambda people: resume(people, name))
    assert resumed == Resumed(newsletter=name, was_paused=False, ahead=(), still_paused=())
    assert run(site, MONDAY + HOUR) == [(MONDAY, SlotOutcome.EDITION)]


@pytest.mark.parametrize("name", ["weekly", ""])
def test_resume_mends_what_a_clock_left_behind_that_was_ahead(site: Site, name: str) -> None:
    """Next week's slot counts again; a slot that made an edition stays decided."""
    run(site, START)
    assert run(site, MONDAY + 5 * WEEK) == [(MONDAY + 5 * WEEK, SlotOutcome.EDITION)]
    assert run(site, MONDAY) == []
    resumed = at(site, START + DAY, lambda people: resume(people, name))
    assert (resumed.was_paused, resumed.ahead) == (False, ("weekly",))
    assert run(site, MONDAY) == [(MONDAY, SlotOutcome.EDITION)]
    outcome = at(
        site,
        MONDAY,
        lambda people: newsletters.slot_outcome(
            people.db, "weekly", MONDAY + 5 * WEEK, EditionKind.SCHEDULED
        ),
    )
    assert outcome is SlotOutcome.EDITION


def test_a_slot_to_come_that_a_wrong_clock_passed_over_is_due_again(site: Site) -> None:
    """It was decided as paused, five weeks early; after `resume` it gets its letter in time."""
    run(site, START)
    at(site, START, lambda people: pause(people, "weekly"))
    assert run(site, MONDAY + 5 * WEEK) == [(MONDAY + 5 * WEEK, SlotOutcome.PAUSED)]
    resumed = at(site, START, lambda people: resume(people, "weekly"))
    assert (resumed.was_paused, resumed.ahead) == (True, ("weekly",))
    kind, slot = EditionKind.SCHEDULED, MONDAY + 5 * WEEK
    assert not at(
        site, START, lambda people: newsletters.slot_outcome(people.db, "weekly", slot, kind)
    )
    assert run(site, slot) == [(slot, SlotOutcome.EDITION)]


def test_a_restored_store_sends_nothing_until_and_after_resume(site: Site) -> None:
    """Its clock is of the day of the backup, and that day's letter left long ago."""
    run(site, START)

    def restore(people: People) -> None:
        with database.transaction(people.db):
            facts.pause(people.db, "restored from a backup")

    at(site, START, restore)
    assert run(site, MONDAY + HOUR) == [(MONDAY, SlotOutcome.PAUSED)]
    at(site, MONDAY + WEEK + HOUR, lambda people: resume(people))
    assert run(site, MONDAY + WEEK + HOUR) == []
    assert run(site, MONDAY + 2 * WEEK) == [(MONDAY + 2 * WEEK, SlotOutcome.EDITION)]


def test_a_restored_store_goes_on_only_by_resume(site: Site) -> None:
    """`pause --until` cannot set an end to a pause that means: look first."""

    def restore(people: People) -> None:
        with database.transaction(people.db):
            facts.pause(people.db, "restored from a backup")

    at(site, START, restore)
    with pytest.raises(UsageError, match="restored from a backup"):
        at(site, START, lambda people: pause(people, "", "2026-11-24"))
    paused = at(site, START, lambda people: pause(people))
    assert paused == Paused(newsletter="", until=None, why="restored from a backup")


def test_resuming_everything_leaves_and_names_what_is_paused_by_itself(site: Site) -> None:
    """And the other way round: a newsletter that resumes is told that everything is paused."""
    at(site, START, lambda people: pause(people, "weekly"))
    at(site, START, lambda people: pause(people))
    one = at(site, START, lambda people: resume(people, "weekly"))
    assert (one.was_paused, one.still_paused) == (True, ("",))
    at(site, START, lambda people: pause(people, "weekly"))
    everything = at(site, START, lambda people: resume(people))
    assert (everything.was_paused, everything.still_paused) == (True, ("weekly",))


def test_a_copy_of_the_store_goes_on_by_the_first_resume(site: Site) -> None:
    """Also where nothing has been sent from the copy, so that no command called it one yet."""
    at(site, START, lambda people: facts.notice_copy(people.db, people.plan.store))
    store = site.plan().store
    moved = store.with_name("moved.db")
    store.rename(moved)
    store.write_bytes(moved.read_bytes())
    assert at(site, START, lambda people: resume(people, "weekly")).still_paused == ("",)
    assert at(site, START, resume).was_paused
    assert not at(site, START, lambda people: facts.notice_copy(people.db, people.plan.store))
    assert not at(site, START, resume).was_paused


def test_pausing_and_resuming_make_a_run_that_is_composing_look_again(site: Site) -> None:
    """Each leaves another revision, which that run compares before it records anything."""
    seen = {at(site, START, lambda people: database.revision(people.db))}
    for act in (pause, resume):
        for name in ("weekly", ""):
            at(site, START, partial(act, name=name))
            seen.add(at(site, START, lambda people: database.revision(people.db)))
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("text", "zone", "meant"),
    [
        ("2026-11-28", "Asia/Seoul", "2026-11-27T15:00Z"),
        (" 2026-11-28 ", "America/New_York", "2026-11-28T05:00Z"),
        ("2026-11-28T08:00", "Asia/Seoul", "2026-11-27T23:00Z"),
        ("2026-11-28 08:00", "Asia/Seoul", "2026-11-27T23:00Z"),
        ("2026-11-28T08:00+01:00", "Asia/Seoul", "2026-11-28T07:00Z"),
        ("2026-11-28T08:00:00.9Z", "Asia/Seoul", "2026-11-28T08:00Z"),
        ("2027-03-28", "Asia/Beirut", "2027-03-27T22:00Z"),  # begins at 01:00
        ("2027-11-07", "America/Havana", "2027-11-07T04:00Z"),  # has two midnights
    ],
)
def test_a_day_means_its_first_moment_where_the_newsletter_is(
    text: str, zone: str, meant: str
) -> None:
    assert moment(text, ZoneInfo(zone), START) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "text",
    ["soon", "2026-11-31", "28.11.2026", "0001-01-01", "9999-12-31T23:59-12:00", "2026-11-20"],
)
def test_a_useless_end_is_refused_and_nothing_is_paused(site: Site, text: str) -> None:
    """An unreadable or impossible one, and one that is past."""
    for name in ("weekly", ""):
        with pytest.raises(UsageError, match="--until"):
            at(site, START, partial(pause, name=name, until=text))
    assert at(site, START, lambda people: newsletters.everyone(people.db)) == []
    assert at(site, START, lambda people: facts.paused(people.db, START)) == ""


@given(st.text(max_size=30) | st.text(alphabet="0123456789-T:+Z W", max_size=30))
def test_any_end_is_an_instant_to_come_or_a_usage_error(text: str) -> None:
    try:
        assert moment(text, SEOUL, START) > START
    except UsageError as error:
        assert error.remedy


def test_an_unknown_newsletter_is_named_with_the_nearest(site: Site) -> None:
    for act in (pause, resume):
        with pytest.raises(UsageError, match="did you mean `weekly`"):
            at(site, START, partial(act, name="weelky"))
        with pytest.raises(UsageError, match="there are: `weekly`"):
            at(site, START, partial(act, name="x"))


def test_a_newsletter_that_left_the_settings_can_still_be_paused(site: Site) -> None:
    """Its last edition may be on its way."""
    run(site, START)
    site.configure(SETTINGS)
    assert at(site, START, lambda people: pause(people, "weekly")).newsletter == "weekly"


def test_the_next_letter_is_not_on_a_skipped_day() -> None:
    """Whole weeks of every minute are passed over at once; the day after counts in full."""
    site_zone = "Asia/Seoul"
    plan = {"2026-11-23": MONDAY + WEEK, "2026-11-24": MONDAY, "2026-11-23..2027-01-03": 6}
    for skip, expected in plan.items():
        slot = MONDAY + 6 * WEEK if expected == 6 else expected
        assert next_slot_of(_newsletter(skip), site_zone, START, parse_skips([skip])) == slot
    holidays = "2026-11-20..2026-12-31"
    every_minute = _newsletter(holidays, schedule="* * * * *")
    first = datetime(2027, 1, 1, tzinfo=SEOUL)
    assert next_slot_of(every_minute, site_zone, START + DAY, parse_skips([holidays])) == first


def _newsletter(skip: str, schedule: str = "mon 08:00") -> Newsletter:
    return Newsletter(
        name="w", title="W", from_="news@example.org", schedule=schedule, skip=(skip,)
    )


def test_the_list_tells_how_each_newsletter_stands(site: Site) -> None:
    """Before the first run, while paused, and with a clock of its own zone."""
    site.configure(SETTINGS + NEWSLETTER + SECOND)
    weekly, home = at(site, START, standing)
    assert (weekly.next_slot, weekly.decided_until, weekly.paused) == (MONDAY, None, False)
    assert home.next_slot == datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("America/New_York"))
    assert str(home.next_slot.tzinfo) == home.timezone == "America/New_York"
    run(site, START)
    at(site, START, lambda people: pause(people, "weekly", "2026-11-24"))
    weekly, home = at(site, START, standing)
    assert (weekly.decided_until, weekly.paused, home.paused) == (START, True, False)
    assert weekly.paused_until == datetime(2026, 11, 24, tzinfo=SEOUL)
    (weekly, _) = at(site, MONDAY + 2 * DAY, standing)
    assert (weekly.paused, weekly.paused_until) == (False, None)


def test_the_list_does_not_promise_a_slot_that_is_decided(site: Site) -> None:
    """Where a clock was ahead, the next letter comes after what was decided."""
    run(site, START)
    run(site, MONDAY + WEEK)
    (weekly,) = at(site, START, standing)
    assert weekly.next_slot == MONDAY + 2 * WEEK
    site.configure(SETTINGS + NEWSLETTER.replace("mon", "tue"))
    (weekly,) = at(site, START, standing)
    assert weekly.next_slot == MONDAY + DAY


def test_the_commands_say_what_they_did(site: Site) -> None:
    """The real command line: lines for people, JSON for machines, one line for a mistake."""
    said = site.run("pause", "weekly", "--until", "2999-01-01")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "weekly is paused until Tue 2999-01-01 00:00 KST\n"
    assert site.run("pause").stdout == "everything is paused until `newsfeed resume`\n"
    (listed,) = json.loads(site.run("newsletters", "list", "--json").stdout)
    assert (listed["name"], listed["paused"], listed["vanished"]) == ("weekly", True, False)
    said = site.run("newsletters", "list")
    assert "until Tue 2999-01-01 00:00 KST" in said.stdout
    assert said.stderr == "nothing is sent: paused by hand; `newsfeed resume` ends that\n"
    said = site.run("resume")
    assert said.stdout == "everything goes on from now\n"
    assert said.stderr == "weekly is still paused; `newsfeed resume weekly` ends that\n"
    assert json.loads(site.run("resume", "weekly", "--json").stdout)["was_paused"] is True
    said = site.run("resume", "weekly")
    assert (said.returncode, said.stdout) == (0, "weekly was not paused\n")
    said = site.run("pause", "weelky")
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
