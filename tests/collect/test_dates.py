"""Promises about dates: what authors write is understood, and nothing is guessed."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.dates import file_name_date, parse_date

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2024, 7, 12, 9, 0, tzinfo=SEOUL)
MIDNIGHT = datetime(2024, 7, 12, tzinfo=SEOUL)


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-12 09:00:00 +0900",
        "2024-07-12 09:00:00 +09:00",
        "2024-07-12 09:00:00 +09",
        "2024-07-12 09:00:00 KST",
        "2024-07-12 09:00:00 JST",
        "2024-07-12 00:00:00 UTC",
        "2024-07-12 00:00 GMT",
        "2024-07-12 00:00:00 -0000",
        "2024-07-11 20:00:00 -0400",
        "2024-07-12T00:00:00Z",
        "2024-07-12t00:00:00z",
        "2024-07-12T00:00:00.000Z",
        "2024-07-12T09:00:00.0+09:00",
        "20240712T000000Z",
        "Fri, 12 Jul 2024 09:00:00 +0900",
        "12 jul 2024 00:00 GMT",
        " 2024-07-12  09:00 ",
        "2024-07-12 09:00",
        "2024-7-12 9:00",
        "2024/07/12 09:00:00",
        "2024.07.12 09:00",
        "2024. 7. 12. (금) 오전 9:00",
        "2024년 7월 12일 9시",
        "2024년 7월 12일 오전 9시 0분",
        "2024년 7월 12일 금요일 09:00",
        "2024년 07월 12일 09시 00분 00초",
    ],
)
def test_every_way_to_write_a_moment_means_the_same_instant(text: str) -> None:
    assert parse_date(text, SEOUL) == NINE


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-12",
        "2024-7-12",
        "20240712",
        "2024-W28-5",
        "2024W285",
        "2024/07/12",
        "2024/7/12",
        "2024.07.12",
        "2024.7.12.",
        "2024. 7. 12.",
        "2024. 7. 12",
        "2024년 7월 12일",
        "2024년7월12일",
        "2024년 7월 12일 오전 12시",
        "12 Jul 2024",
        "Fri, 12 Jul 2024",
        "Jul 12 2024",
        "July 12, 2024",
    ],
)
def test_a_day_without_a_time_begins_at_midnight_in_the_sites_zone(text: str) -> None:
    assert parse_date(text, SEOUL) == MIDNIGHT


def test_a_time_without_a_zone_is_in_the_sites_zone() -> None:
    """Midnight in UTC is nine in Seoul (F-X-13)."""
    assert parse_date("2026-03-01 09:00", SEOUL).astimezone(UTC) == datetime(2026, 3, 1, tzinfo=UTC)


def test_afternoon_hours_count_from_twelve() -> None:
    assert parse_date("2024년 7월 12일 오후 9시 30분", SEOUL).time() == time(21, 30)
    assert parse_date("2024. 7. 12. 오후 12:05", SEOUL).time() == time(12, 5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (NINE, NINE),
        (datetime(2024, 7, 12, 9), NINE),  # noqa: DTZ001
        (datetime(2024, 7, 12, tzinfo=UTC), NINE),
        (date(2024, 7, 12), MIDNIGHT),
    ],
)
def test_dates_that_toml_has_read_are_taken(value: date, expected: datetime) -> None:
    assert parse_date(value, SEOUL) == expected


@given(
    st.datetimes(
        datetime(1900, 1, 2),  # noqa: DTZ001
        datetime(9998, 12, 30),  # noqa: DTZ001
        timezones=st.builds(timezone, st.integers(-1439, 1439).map(lambda m: timedelta(minutes=m))),
    )
)
def test_what_other_programs_write_is_read_back_exactly(moment: datetime) -> None:
    """ISO 8601, Jekyll's form and that of mail, and the result is always aware (F-X-14)."""
    whole = moment.replace(microsecond=0)
    assert parse_date(moment.isoformat(), SEOUL) == moment
    assert parse_date(whole.strftime("%Y-%m-%d %H:%M:%S %z"), SEOUL) == whole
    assert parse_date(format_datetime(whole), SEOUL) == whole


def test_a_clock_change_neither_fails_nor_doubles() -> None:
    """02:30 is skipped on 31 March 2024 in Berlin, and comes twice on 27 October."""
    assert parse_date("2024-03-31 02:30", BERLIN).utcoffset() == timedelta(hours=1)
    assert parse_date("2024-10-27 02:30", BERLIN).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29 09:00",
        "2024-13-01",
        "2024-00-10",
        "2024년 2월 30일",
        "30 Feb 2024",
        "12 Foo 2024",
        "2024-07-12 24:00",
        "2024-07-12 09:60",
        "2024-07-12 09:00 +99:00",
        "2024년 7월 12일 오후 13시",
    ],
)
def test_days_and_times_that_do_not_exist_are_called_so(text: str) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        parse_date(text, SEOUL)


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01",
        "1899-12-31",
        "9999-12-31",
        "00010101",
        date(1, 1, 1),
        datetime(9999, 1, 1, tzinfo=UTC),
    ],
)
def test_impossible_years_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"the year \d{4} is impossible"):
        parse_date(value, SEOUL)


@pytest.mark.parametrize("text", ["1900-01-01", "9998-12-31 23:59"])
@pytest.mark.parametrize("name", ["Asia/Seoul", "Pacific/Kiritimati", "America/New_York"])
def test_every_date_that_is_taken_can_be_told_in_utc(text: str, name: str) -> None:
    assert parse_date(text, ZoneInfo(name)).astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "12/07/2024",
        "24.07.12",
        "07-12-2024",
        "10",
        "2024",
        "2024-07",
        "202407",
        "2024-W28",
        "2024W28",
        "2024-07/12",
        "2024-07-123",
        "2024-07-12T09",
        "2024-07-12 +0900",
        "yesterday",
        "",
        "٢٠٢٤-٠٧-١٢",
        "x" * 100_000,
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="only one way") as caught:
        parse_date(text, SEOUL)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("name", ["CST", "IST", "soon"])
def test_an_abbreviation_that_is_not_one_offset_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown or can mean several"):
        parse_date(f"2024-07-12 09:00 {name}", SEOUL)


@pytest.mark.parametrize("value", [None, True, 20240712, 1.5, ["2024-07-12"], {}, time(9)])
def test_values_that_are_no_dates_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(value, SEOUL)


@given(st.text() | st.from_regex(r"\A\d{4}.\d{1,2}.\d{1,2}.{0,20}\Z"))
def test_any_text_is_an_aware_date_or_a_value_error(text: str) -> None:
    try:
        moment = parse_date(text, SEOUL)
    except ValueError as error:
        assert str(error)
    else:
        assert moment.utcoffset() is not None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2024-07-12-summit.md", (date(2024, 7, 12), "summit")),
        ("2024-7-2-한미-정상.txt", (date(2024, 7, 2), "한미-정상")),
        ("2024-07-12-v1.2.markdown", (date(2024, 7, 12), "v1.2")),
        ("about.md", (None, "about")),
        ("2024-07-12.md", (None, "2024-07-12")),
        ("24-07-12-short.md", (None, "24-07-12-short")),
        ("12024-07-12-x.md", (None, "12024-07-12-x")),
        ("no-extension", (None, "no-extension")),
        (".md", (None, ".md")),
    ],
)
def test_jekylls_file_names_give_date_and_slug(
    name: str, expected: tuple[date | None, str]
) -> None:
    assert file_name_date(name) == expected


@pytest.mark.parametrize("name", ["2024-02-30-x.md", "2024-13-01-x.md", "0001-01-01-x.md"])
def test_an_impossible_date_in_a_file_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"does not exist|impossible"):
        file_name_date(name)


def test_the_moment_does_not_depend_on_how_a_day_is_padded() -> None:
    forms = itertools.product(("2024-{}-{}", "2024/{}/{}", "2024.{}.{}"), ("07", "7"), ("02", "2"))
    found = {parse_date(form.format(month, day), SEOUL) for form, month, day in forms}
    assert found == {datetime(2024, 7, 2, tzinfo=SEOUL)}
