"""When a newsletter is due, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.schedule.slots import latest_slot, next_slot
from newsfeed.schedule.words import parse_schedule

SEOUL = "Asia/Seoul"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
APIA = "Pacific/Apia"


def instants(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Any instant between two days."""
    return st.datetimes(
        datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC)
    )


def slots(text: str, zone: str, after: str, count: int) -> list[str]:
    """The next `count` slots as local times with their offset."""
    schedule, at, found = parse_schedule(text), datetime.fromisoformat(after), []
    for _ in range(count):
        slot = next_slot(schedule, ZoneInfo(zone), at)
        assert slot is not None
        assert slot.utcoffset() == timedelta(0)
        found.append(slot.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes"))
        at = slot
    return found


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        ("mon 08:00", SEOUL, "2026-11-21T00:00Z", ["2026-11-23T08:00+09:00"]),
        ("daily 07:30", SEOUL, "2026-11-21T00:00Z", ["2026-11-22T07:30+09:00"]),
        (
            "1st,last 09:00",
            SEOUL,
            "2027-02-01T00:01Z",
            ["2027-02-28T09:00+09:00", "2027-03-01T09:00+09:00"],
        ),
        (
            "every 2 weeks fri 17:00",
            SEOUL,
            "1970-01-05T00:00Z",
            ["1970-01-09T17:00+09:00", "1970-01-23T17:00+09:00"],
        ),
        (
            "0 9 13 * fri",
            SEOUL,
            "2026-11-09T00:00Z",
            ["2026-11-13T09:00+09:00", "2026-11-20T09:00+09:00", "2026-11-27T09:00+09:00"],
        ),
        ("0 0 29 feb *", SEOUL, "2096-03-01T00:00Z", ["2104-02-29T00:00+09:00"]),
    ],
)
def test_a_schedule_is_due_when_its_words_say(
    text: str, zone: str, after: str, expected: list[str]
) -> None:
    """Slots are local times of the newsletter's zone; a slot at `after` itself is not next."""
    assert slots(text, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        (  # 02:00 to 03:00 does not exist on 8 March 2026
            "daily 02:30",
            NEW_YORK,
            "2026-03-07T12:00Z",
            ["2026-03-08T03:30-04:00", "2026-03-09T02:30-04:00"],
        ),
        (  # 01:00 to 02:00 comes twice on 1 November 2026
            "daily 01:30",
            NEW_YORK,
            "2026-10-31T12:00Z",
            ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"],
        ),
        (  # half an hour forward at 02:00 on 4 October 2026
            "daily 02:15",
            LORD_HOWE,
            "2026-10-03T12:00Z",
            ["2026-10-04T02:45+11:00", "2026-10-05T02:15+11:00"],
        ),
        (  # half an hour back at 02:00 on 5 April 2026
            "daily 01:45",
            LORD_HOWE,
            "2026-04-04T12:00Z",
            ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
        ),
        (  # 30 December 2011 did not exist: its slot falls together with the next day's
            "daily 08:00",
            APIA,
            "2011-12-29T00:00Z",
            ["2011-12-29T08:00-10:00", "2011-12-31T08:00+14:00", "2012-01-01T08:00+14:00"],
        ),
        (  # pushed out of the gap, 02:30 comes after 03:15 and meets 03:30
            "15,30 2,3 * * *",
            NEW_YORK,
            "2026-03-08T05:00Z",
            ["2026-03-08T03:15-04:00", "2026-03-08T03:30-04:00", "2026-03-09T02:15-04:00"],
        ),
        (  # of two times in one rule, the one in the gap comes second
            "10,35 2 * * *",
            LORD_HOWE,
            "2026-10-03T12:00Z",
            ["2026-10-04T02:35+11:00", "2026-10-04T02:40+11:00", "2026-10-05T02:10+11:00"],
        ),
        (  # asked between the gap's end and the slot that was pushed out of it
            "daily 02:30",
            NEW_YORK,
            "2026-03-08T07:10Z",
            ["2026-03-08T03:30-04:00", "2026-03-09T02:30-04:00"],
        ),
        (  # 1987 and 1988 are the last years in which Seoul changed its clocks
            "daily 02:30",
            SEOUL,
            "1988-05-07T00:00Z",
            ["1988-05-08T03:30+10:00", "1988-05-09T02:30+10:00"],
        ),
    ],
)
def test_a_clock_change_makes_exactly_one_slot(
    text: str, zone: str, after: str, expected: list[str]
) -> None:
    """A time in a gap is due once, later by the gap; a repeated time is due once, at first."""
    assert slots(text, zone, after, len(expected)) == expected


@given(
    st.sampled_from([SEOUL, NEW_YORK, LORD_HOWE, APIA, "Europe/Dublin", "Africa/Casablanca"]),
    instants("2011-12-01", "2027-12-31"),
    st.lists(st.tuples(st.integers(0, 23), st.integers(0, 59)), min_size=1, max_size=4),
)
def test_next_is_the_earliest_instant_that_any_wall_time_means(
    zone: str, after: datetime, times: list[tuple[int, int]]
) -> None:
    """Compared with all times of the days around, each turned into an instant (PEP 495)."""
    schedule = parse_schedule("daily " + ",".join(f"{h:02}:{m:02}" for h, m in times))
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    candidates = (
        (midnight + timedelta(days=day, hours=h, minutes=m))
        .replace(tzinfo=ZoneInfo(zone))
        .astimezone(UTC)
        for day in range(-3, 5)
        for h, m in times
    )
    expected = min(instant for instant in candidates if instant > after)
    assert next_slot(schedule, ZoneInfo(zone), after) == expected


@given(
    st.sampled_from(["mon 08:00", "*/7 2 * * *", "last 23:59", "every 3 weeks sun 02:30"]),
    st.sampled_from([SEOUL, NEW_YORK, LORD_HOWE]),
    instants("2026-01-01", "2026-12-01"),
    st.timedeltas(timedelta(0), timedelta(days=20)),
)
def test_latest_is_the_last_of_the_slots_in_between(
    text: str, zone_name: str, after: datetime, length: timedelta
) -> None:
    """What walking from slot to slot would find: (after, until], or nothing."""
    schedule, zone, until = parse_schedule(text), ZoneInfo(zone_name), after + length
    expected, slot = None, next_slot(schedule, zone, after)
    while slot is not None and slot <= until:
        expected, slot = slot, next_slot(schedule, zone, slot)
    assert latest_slot(schedule, zone, after, until) == expected


def test_a_slot_at_the_end_counts_and_one_at_the_start_does_not() -> None:
    """Deciding at the very instant of a slot finds it once."""
    schedule, zone = parse_schedule("mon 08:00"), ZoneInfo(SEOUL)
    monday = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert latest_slot(schedule, zone, monday - timedelta(days=1), monday) == monday
    assert latest_slot(schedule, zone, monday, monday + timedelta(days=1)) is None


def test_a_year_of_minutes_is_searched_by_halving() -> None:
    """The last minute of a long interval is found, whatever lies before."""
    schedule, zone = parse_schedule("* * * * *"), ZoneInfo(SEOUL)
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 11, 1, 6, 30, tzinfo=UTC)
    for seconds in (0, 1, 59):
        assert latest_slot(schedule, zone, start, end + timedelta(seconds=seconds)) == end


def test_there_is_no_slot_after_the_last_year() -> None:
    """The end of the calendar is not an error."""
    end = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    for zone in (SEOUL, NEW_YORK):
        assert next_slot(parse_schedule("daily 08:00"), ZoneInfo(zone), end) is None
