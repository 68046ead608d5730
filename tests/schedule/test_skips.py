"""Days on which a newsletter does not appear."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.errors import SettingsError
from newsfeed.schedule.skips import Skip, parse_skip, parse_skips

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
ordinary = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(ordinary, ordinary, st.sampled_from(["..", " .. ", ".. "]))
def test_a_range_covers_its_first_and_last_day_and_no_other(
    one: date, other: date, dots: str
) -> None:
    first, last = sorted((one, other))
    skip = parse_skip(f" {first}{dots}{last} ")
    assert skip == Skip(first, last)
    for day, covered in (
        (first - timedelta(days=1), False),
        (first, True),
        (last, True),
        (last + timedelta(days=1), False),
    ):
        for hour in (0, 23):
            slot = datetime(day.year, day.month, day.day, hour, 59, tzinfo=SEOUL)
            assert skip.covers(slot.astimezone(NEW_YORK), SEOUL) is covered


def test_a_single_day_is_a_range_of_one() -> None:
    assert parse_skips(["2026-12-25", "2026-09-24..2026-09-27"]) == (
        Skip(date(2026, 12, 25), date(2026, 12, 25)),
        Skip(date(2026, 9, 24), date(2026, 9, 27)),
    )


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2026-9-24", "`2026-09-24`"),
        ("2026.09.24", "`2026-09-24`"),
        ("2026/9/24 - 2026/9/27", "`2026-09-24..2026-09-27`"),
        ("2026/9/27 - 2026/9/24", "`2026-09-24..2026-09-27`"),
        ("2026-09-24-2026-09-27", "`2026-09-24..2026-09-27`"),
        ("2026-09-24…2026-09-27", "`2026-09-24..2026-09-27`"),
        ("2026-09-24 to 2026-09-27", "`2026-09-24..2026-09-27`"),
        ("2026. 9. 24 ~ 2026. 9. 27", "`2026-09-24..2026-09-27`"),
        ("2026-09-27..2026-09-24", "`2026-09-24..2026-09-27`"),
        ("2026-02-30", "`2026-12-25`"),
        ("2026-09-24..2026-09-31", "`2026-12-25`"),
        ("christmas", "`2026-12-25`"),
        ("", "`2026-12-25`"),
        ("12-25", "`2026-12-25`"),
        ("٢٠٢٦-١٢-٢٥", "`2026-12-25`"),
        ("2026-09-24T08:00", "`2026-09-24`"),
    ],
)
def test_what_cannot_be_read_is_answered_with_the_right_form(text: str, right: str) -> None:
    """One line that names the key, what is written there, and what to write instead."""
    with pytest.raises(SettingsError) as caught:
        parse_skip(text, where="newsletters.weekly.skip")
    assert str(caught.value).startswith(f"newsletters.weekly.skip: `{text}`")
    assert right in caught.value.remedy


@given(st.text(alphabet="0123456789-. ~/2026", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_skip_or_a_settings_error_whose_remedy_can_be_read(text: str) -> None:
    """Whoever writes what the message says is understood."""
    try:
        skip = parse_skip(text)
    except SettingsError as error:
        for right in error.remedy.split("`")[1::2]:
            parse_skip(right)
    else:
        assert skip.first <= skip.last
