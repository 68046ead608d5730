"""What is due: whatever clocks, operators and machines do, each slot is decided at most once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from newsfeed.model import SlotOutcome
from newsfeed.schedule.due import Due, clock_key, decide
from newsfeed.schedule.skips import Skip
from newsfeed.schedule.words import parse_schedule
from newsfeed.store.newsletters import Known

SEOUL = "Asia/Seoul"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
ZONES = [SEOUL, NEW_YORK, LORD_HOWE, "Europe/Dublin"]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MAX_LATE = timedelta(hours=6)
WINDOWS = [  # between them they hold both clock changes of every zone above
    (datetime(2026, 2, 25, tzinfo=UTC), datetime(2026, 4, 12, tzinfo=UTC)),
    (datetime(2026, 9, 28, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)),
]
SCHEDULES: dict[str, Callable[[datetime], bool]] = {  # and what they mean, said once more
    "mon 08:00": lambda wall: (wall.isoweekday(), wall.hour, wall.minute) == (1, 8, 0),
    "daily 02:30": lambda wall: (wall.hour, wall.minute) == (2, 30),
    "daily 01:30,02:15": lambda wall: (wall.hour, wall.minute) in {(1, 30), (2, 15)},
    "weekdays 00:00": lambda wall: wall.isoweekday() < 6 and (wall.hour, wall.minute) == (0, 0),
    "1st,last 09:00": lambda wall: (
        (wall.day == 1 or (wall + DAY).day == 1) and (wall.hour, wall.minute) == (9, 0)
    ),
    "*/7 0-3 * * *": lambda wall: wall.hour < 4 and wall.minute % 7 == 0,
    "5 */6 * * sun": lambda wall: (
        wall.isoweekday() == 7 and wall.hour % 6 == 0 and wall.minute == 5
    ),
}


@cache
def minutes(zone_name: str, window: int) -> list[tuple[datetime, datetime]]:
    """Every minute of a window's calendar and its instant, found by watching the clocks.

    A wall time that is shown twice counts the first time; of those that are left out, each
    comes as long after the change as it lies behind the last minute shown.
    """
    zone = ZoneInfo(zone_name)
    now, end = WINDOWS[window]
    found: dict[datetime, datetime] = {}
    expected = now.astimezone(zone).replace(tzinfo=None)
    while now <= end:
        wall = now.astimezone(zone).replace(tzinfo=None)
        for n in range(int((wall - expected) / MINUTE)):
            found[expected + n * MINUTE] = now + n * MINUTE
        found.setdefault(wall, now)
        expected, now = wall + MINUTE, now + MINUTE
    return list(found.items())


@cache
def slots(text: str, zone: str, window: int) -> tuple[datetime, ...]:
    """Every slot of a window: the instants of the minutes that the schedule means."""
    means = SCHEDULES[text]
    return tuple(sorted({instant for wall, instant in minutes(zone, window) if means(wall)}))


def look(  # what a run sees
    text: str,
    zone: str,
    known: Known | None,
    now: datetime,
    skips: tuple[Skip, ...] = (),
    *,
    paused: bool = False,
    paused_until: datetime | None = None,
) -> Due:
    return decide(
        parse_schedule(text) if text else None,
        ZoneInfo(zone),
        clock=clock_key(text, zone),
        known=known,
        now=now,
        max_late=MAX_LATE,
        skips=skips,
        paused=paused,
        paused_until=paused_until,
    )


def met(text: str, zone: str, decided_until: datetime) -> Known:
    """A newsletter whose slots are decided up to then."""
    return Known(name="weekly", clock=clock_key(text, zone), decided_until=decided_until)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


waits = st.one_of(
    st.timedeltas(timedelta(0), 3 * HOUR),  # cron
    st.timedeltas(timedelta(0), 8 * DAY),  # the machine was off
    st.timedeltas(-3 * DAY, timedelta(0)),  # its clock was set back
    st.timedeltas(timedelta(0), 20 * DAY),  # its clock jumped
)
edits = st.none() | st.tuples(st.sampled_from(sorted(SCHEDULES)), st.sampled_from(ZONES))
steps = st.lists(
    st.tuples(waits, st.one_of(st.none(), st.none(), edits), st.sampled_from([False, False, True])),
    min_size=2,
    max_size=14,
)


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(SCHEDULES)),
    st.sampled_from(ZONES),
    st.sampled_from([0, 1]),
    st.timedeltas(timedelta(0), 40 * DAY),
    steps,
)
def test_each_slot_is_decided_at_most_once_and_none_is_invented_or_lost(
    text: str,
    zone: str,
    window: int,
    start: timedelta,
    steps: list[tuple[timedelta, tuple[str, str] | None, bool]],
) -> None:
    """An operator runs `publish` whenever they like, while clocks jump and schedules are edited.

    A run decides the latest slot since the latest instant at which one looked, if there is one.
    """
    first, end = WINDOWS[window]
    now, known, looked = min(first + start, end), None, datetime.min.replace(tzinfo=UTC)
    decided: list[datetime] = []
    for wait, edit, paused in steps:
        now = max(first, min(now + wait, end))
        edited = edit is not None and edit != (text, zone)
        text, zone = edit or (text, zone)
        due = look(text, zone, known, now, paused=paused)
        if known is None or edited:
            assert due.slot is None
            assert due.changed
            looked = max(now, known.decided_until) if known else now
        else:
            expected = [slot for slot in slots(text, zone, window) if looked < slot <= now]
            assert due.slot == (expected[-1] if expected else None)
            looked = max(looked, now)
        if due.slot:
            assert due.outcome is (
                SlotOutcome.PAUSED
                if paused
                else SlotOutcome.TOO_LATE
                if now - due.slot > MAX_LATE
                else SlotOutcome.EDITION
            )
            assert due.slot > max(decided, default=due.slot - MINUTE)
            assert due.decided_until == due.slot
            decided.append(due.slot)
        event(f"decided {due.outcome}")
        if due.changed:
            known = met(text, zone, due.decided_until)
        else:
            assert known is not None
            assert known.decided_until == due.decided_until


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("window", [0, 1])
def test_a_run_every_few_hours_decides_every_slot_in_time(zone: str, window: int) -> None:
    """Across clock changes too: no slot is missed, and every one is made an edition of."""
    text, (now, end) = "daily 02:30", WINDOWS[window]
    known, decided = met(text, zone, now), []
    while now < end:
        now += timedelta(hours=5, minutes=7)
        due = look(text, zone, known, now)
        if due.slot:
            assert due.outcome is SlotOutcome.EDITION
            decided.append(due.slot)
            known = met(text, zone, due.decided_until)
    expected = slots(text, zone, window)
    assert decided == [slot for slot in expected if WINDOWS[window][0] < slot <= now]
    assert len(decided) >= 40


def test_first_sight_sends_nothing_not_even_at_the_very_slot() -> None:
    """The first `publish` at 08:00:00.5 on Monday waits for the next Monday."""
    now = utc("2026-11-23T08:00:00.500+09:00")
    due = look("mon 08:00", SEOUL, None, now)
    assert (due.slot, due.changed) == (None, True)
    assert due.decided_until == utc("2026-11-23T08:00+09:00")  # as the store keeps it
    again = look("mon 08:00", SEOUL, met("mon 08:00", SEOUL, due.decided_until), now + HOUR)
    assert (again.slot, again.changed) == (None, False)


@pytest.mark.parametrize("change", [("mon 09:00", SEOUL), ("mon 08:00", NEW_YORK), ("", SEOUL)])
def test_an_edited_schedule_sends_nothing(change: tuple[str, str]) -> None:
    """Neither the old schedule's slot nor the new one's that has just passed."""
    known = met("mon 08:00", SEOUL, utc("2026-11-16T08:00+09:00"))
    for hours in (0, 2, 15):
        now = utc("2026-11-23T08:00+09:00") + hours * HOUR
        due = look(*change, known, now)
        assert (due.slot, due.decided_until, due.changed) == (None, now, True)


def test_a_schedule_edited_while_the_clock_is_back_does_not_repeat_a_slot() -> None:
    """08:00 was decided; another schedule that names the same 08:00 does not decide it again."""
    slot = utc("2026-11-23T08:00+09:00")
    edited = look("daily 08:00", SEOUL, met("mon 08:00", SEOUL, slot), slot - 20 * HOUR)
    assert edited.decided_until == slot
    known = met("daily 08:00", SEOUL, edited.decided_until)
    assert look("daily 08:00", SEOUL, known, slot + MINUTE).slot is None
    assert look("daily 08:00", SEOUL, known, slot + DAY).slot == slot + DAY


def test_spaces_and_case_are_no_edit() -> None:
    """What means the same is the same clock; another zone or time is another."""
    assert clock_key(" Mon  08:00", SEOUL) == clock_key("mon 08:00", SEOUL)
    keys = {clock_key(text, zone) for text in ("mon 08:00", "mon 09:00", "") for zone in ZONES}
    assert len(keys) == 3 * len(ZONES)


@pytest.mark.parametrize(
    "text", ["* * * * *", "mon 08:00", "0 0 29 feb *", "every 52 weeks fri 17:00"]
)
@pytest.mark.parametrize("years", [1, 10, 400])
def test_a_jump_forward_finds_one_slot_and_is_quick(text: str, years: int) -> None:
    """A clock that jumps by years sends no backlog (standards S-38)."""
    start = utc("2026-11-23T08:00+09:00")
    now = start.replace(year=start.year + years)
    due = look(text, NEW_YORK, met(text, NEW_YORK, start), now)
    if due.slot:
        assert start < due.slot <= now
        assert (due.outcome is SlotOutcome.EDITION) == (now - due.slot <= MAX_LATE)
        known = met(text, NEW_YORK, due.decided_until)
        assert look(text, NEW_YORK, known, now).slot is None


def test_an_ahead_clock_that_is_set_back_sends_nothing_twice_and_is_told() -> None:
    """What was decided stays decided; more than a day of it is worth a word to the operator."""
    known = met("daily 08:00", SEOUL, utc("2026-11-23T08:00+09:00"))
    ahead = look("daily 08:00", SEOUL, known, utc("2027-11-23T09:00+09:00"))
    assert ahead.outcome is SlotOutcome.EDITION
    known = met("daily 08:00", SEOUL, ahead.decided_until)
    for day in (24, 25):
        due = look("daily 08:00", SEOUL, known, utc(f"2026-11-{day}T09:00+09:00"))
        assert (due.slot, due.changed, due.ahead) == (None, False, True)
        assert due.decided_until == ahead.decided_until
    near = look("daily 08:00", SEOUL, known, ahead.decided_until - DAY)
    assert not near.ahead
    by_hand = met("", SEOUL, ahead.decided_until)
    assert not look("", SEOUL, by_hand, utc("2026-11-24T09:00+09:00")).ahead


def test_without_a_schedule_nothing_is_ever_due() -> None:
    """Such a newsletter is sent by hand, and is known from its first sight on."""
    start = utc("2026-11-23T08:00+09:00")
    first = look("", SEOUL, None, start)
    assert (first.slot, first.changed) == (None, True)
    later = look("", SEOUL, met("", SEOUL, start), start + 400 * DAY)
    assert (later.slot, later.changed) == (None, False)


@pytest.mark.parametrize(
    ("late", "skipped", "paused", "outcome"),
    [
        (MAX_LATE, False, False, SlotOutcome.EDITION),
        (MAX_LATE + timedelta(seconds=1), False, False, SlotOutcome.TOO_LATE),
        (MAX_LATE + timedelta(seconds=1), True, False, SlotOutcome.SKIPPED),
        (timedelta(0), True, False, SlotOutcome.SKIPPED),
        (timedelta(0), True, True, SlotOutcome.PAUSED),
        (7 * HOUR, True, True, SlotOutcome.PAUSED),
    ],
)
def test_paused_comes_before_skipped_and_skipped_before_too_late(
    late: timedelta, skipped: bool, paused: bool, outcome: SlotOutcome
) -> None:
    """The outcome is what the operator chose, where there is more than one reason."""
    slot = utc("2026-11-23T08:00+09:00")
    days = (Skip(date(2026, 11, 23), date(2026, 11, 23)),) if skipped else ()
    known = met("mon 08:00", SEOUL, slot - DAY)
    due = look("mon 08:00", SEOUL, known, slot + late, days, paused=paused)
    assert (due.slot, due.outcome, due.decided_until) == (slot, outcome, slot)


@pytest.mark.parametrize("whole_store", [False, True])
def test_a_slot_of_a_pause_is_paused_though_nobody_looked_during_it(whole_store: bool) -> None:
    """The letter of the holiday does not go out an hour after it; one at its very end does."""
    slot = utc("2026-11-23T08:00+09:00")
    for end, outcome in ((slot + MINUTE, SlotOutcome.PAUSED), (slot, SlotOutcome.EDITION)):
        known = Known(
            name="weekly",
            clock=clock_key("mon 08:00", SEOUL),
            decided_until=slot - 7 * DAY,
            paused=None if whole_store else slot - 2 * DAY,
            paused_until=None if whole_store else end,
        )
        store = end if whole_store else None
        due = look("mon 08:00", SEOUL, known, slot + HOUR, paused_until=store)
        assert due.outcome is outcome


def test_a_skip_is_counted_in_days_of_the_newsletters_zone() -> None:
    """Sunday evening in London is Monday in Seoul."""
    slot = utc("2026-11-23T08:00+09:00")
    assert slot.day == 22
    for day, outcome in ((22, SlotOutcome.EDITION), (23, SlotOutcome.SKIPPED)):
        skip = Skip(date(2026, 11, day), date(2026, 11, day))
        due = look("mon 08:00", SEOUL, met("mon 08:00", SEOUL, slot - DAY), slot, (skip,))
        assert due.outcome is outcome
