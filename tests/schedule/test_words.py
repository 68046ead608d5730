"""What a schedule may look like, and what is said about one that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.errors import SettingsError
from newsfeed.schedule.rules import ALL_DAYS, ALL_MINUTES, ALL_MONTHS, ALL_WEEKDAYS, Rule
from newsfeed.schedule.words import parse_schedule


def at_eight(
    *,
    days: tuple[int, ...] = ALL_DAYS,
    months: tuple[int, ...] = ALL_MONTHS,
    weekdays: tuple[int, ...] = ALL_WEEKDAYS,
    last: bool = False,
    weeks: int = 1,
) -> Rule:
    """The rule for 08:00 on those days."""
    return Rule(hours=(8,), days=days, months=months, weekdays=weekdays, last=last, weeks=weeks)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (
            "mon 08:00",
            (
                at_eight(
                    weekdays=(0,),
                ),
            ),
        ),
        (
            "Monday 8:00",
            (
                at_eight(
                    weekdays=(0,),
                ),
            ),
        ),
        (
            "mon,thu 08:00",
            (
                at_eight(
                    weekdays=(0, 3),
                ),
            ),
        ),
        (
            "thu , mon  08:00",
            (
                at_eight(
                    weekdays=(0, 3),
                ),
            ),
        ),
        (
            "sat-mon 08:00",
            (
                at_eight(
                    weekdays=(0, 5, 6),
                ),
            ),
        ),
        (
            "weekdays 08:00",
            (
                at_eight(
                    weekdays=(0, 1, 2, 3, 4),
                ),
            ),
        ),
        ("daily 08:00", (at_eight(),)),
        ("daily 18:30,08:00", (at_eight(), Rule(hours=(18,), minutes=(30,)))),
        (
            "1st 08:00",
            (
                at_eight(
                    days=(1,),
                ),
            ),
        ),
        (
            "2nd,15th 08:00",
            (
                at_eight(
                    days=(2, 15),
                ),
            ),
        ),
        (
            "last 08:00",
            (
                at_eight(
                    days=(),
                    last=True,
                ),
            ),
        ),
        (
            "15th,last 08:00",
            (
                at_eight(
                    days=(15,),
                    last=True,
                ),
            ),
        ),
        (
            "every 2 weeks fri 08:00",
            (
                at_eight(
                    weekdays=(4,),
                    weeks=2,
                ),
            ),
        ),
        (
            "0 8 * * mon-fri",
            (
                at_eight(
                    weekdays=(0, 1, 2, 3, 4),
                ),
            ),
        ),
        (
            "*/20 8-9 1 jan,7 *",
            (Rule(minutes=(0, 20, 40), hours=(8, 9), days=(1,), months=(1, 7)),),
        ),
        ("5/25 8 * * *", (Rule(minutes=(5, 30, 55), hours=(8,)),)),
        (
            "0 8 29 feb *",
            (
                at_eight(
                    days=(29,),
                    months=(2,),
                ),
            ),
        ),
    ],
)
def test_every_documented_form_is_read(text: str, rules: tuple[Rule, ...]) -> None:
    """Words and cron fields mean the sets of minutes that a reader expects."""
    assert parse_schedule(text).rules == rules


def test_a_day_and_a_weekday_are_alternatives_as_in_cron() -> None:
    """POSIX crontab: `0 8 13 * fri` is every 13th and every Friday, not Friday the 13th."""
    assert parse_schedule("0 8 13 * fri").rules == (
        at_eight(
            days=(13,),
        ),
        at_eight(
            weekdays=(4,),
        ),
    )


def test_a_star_with_a_step_is_no_alternative() -> None:
    """`*/2` days and a weekday must both hold, as in Vixie cron."""
    (rule,) = parse_schedule("0 8 */10 * mon").rules
    assert (rule.days, rule.weekdays) == ((1, 11, 21, 31), (0,))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("mondy 08:00", "did you mean `monday`?"),
        ("weekday 08:00", "did you mean `weekdays`?"),
        ("mon 8am", "write `08:00`"),
        ("mon 8:30pm", "write `20:30`"),
        ("mon 12am", "write `00:00`"),
        ("mon 0730", "write `07:30`"),
        ("mon 24:00", "write `00:00`"),
        ("mon 08:00:00", "write `08:00`"),
        ("mon", "write `mon 08:00`"),
        ("mon,, 08:00", "a comma too many"),
        ("mon 08:00 sharp", "`sharp` after the time"),
        ("2th 08:00", "write `2nd`"),
        ("0th 08:00", "write `1st`"),
        ("31st 08:00", "write `last`"),
        ("@daily", "write `daily 00:00`"),
        ("0 9 * * 1", "write names: `0 9 * * mon`"),
        ("0 9 * * 0,6", "write names: `0 9 * * sun,sat`"),
        ("0 9 * * 1-5", "write names: `0 9 * * mon-fri`"),
        ("0 9 * * mon/2", "weekdays have no steps"),
        ("0 9 * * lun", "`lun` is not a weekday"),
        ("60 9 * * *", "numbers from 0 to 59"),
        ("0 9 5-3 * *", "`5-3` is not a day"),
        ("0 9 * smarch *", "`smarch` is not a month"),
        ("*/0 9 * * *", "`*/0` is not a minute"),
        ("0 9 30 feb *", "it would never be due"),
        ("0 0 9 * * mon", "leave the seconds"),
        ("every 2 weeks 17:00", "write `every 2 weeks fri 17:00`"),
        ("every 0 weeks fri 17:00", "1 to 52"),
        ("every 2 weeks frday 17:00", "did you mean `friday`?"),
        ("월 08:00", "known are `mon 08:00`"),
        ("", "it is empty"),
    ],
)
def test_a_wrong_schedule_is_answered_with_the_nearest_right_form(text: str, hint: str) -> None:
    """The message names the setting, quotes what was written and says what to write."""
    with pytest.raises(SettingsError) as caught:
        parse_schedule(text, where="config.toml: newsletters.weekly.schedule")
    assert hint in str(caught.value)
    assert str(caught.value).startswith(
        f"config.toml: newsletters.weekly.schedule: the schedule `{text}` cannot be read: "
    )


@given(st.text(alphabet="0123456789*/,-:@ adefhilmnorstuwy", max_size=30) | st.text(max_size=20))
def test_any_text_is_a_schedule_or_a_settings_error(text: str) -> None:
    """No text makes the parser fail in another way, and what it reads can come true."""
    try:
        schedule = parse_schedule(text)
    except SettingsError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert all(rule.possible and rule.minutes and rule.hours for rule in schedule.rules)


def test_an_unrestricted_minute_stays_unrestricted() -> None:
    """`*` means all sixty minutes and all days."""
    (rule,) = parse_schedule("* * * * *").rules
    assert (rule.minutes, rule.days) == (ALL_MINUTES, ALL_DAYS)
