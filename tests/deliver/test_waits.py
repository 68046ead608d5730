"""When letters are tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.waits import hold_until, next_try

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LIFE = timedelta(hours=48)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def schedule(*, lost: bool, life: timedelta = LIFE) -> list[timedelta]:
    """When a letter is tried that never goes, counted from the first try."""
    tries, now = 0, NOW
    moments = []
    while due := next_try(tries, NOW if tries else None, now, life, lost=lost):
        moments.append(due - NOW)
        tries, now = tries + 1, due
    return moments


def test_after_a_4xx_waits_grow_until_it_is_given_up__e_s_08() -> None:
    first = [15 * MINUTE, 45 * MINUTE, 105 * MINUTE, 225 * MINUTE]
    every_four = [first[-1] + 4 * HOUR * times for times in range(1, 12)]
    assert schedule(lost=False) == [*first, *every_four, LIFE]


def test_a_lost_connection_is_made_up_for_at_once() -> None:
    """A relay that restarts does not cost a quarter of an hour."""
    found = schedule(lost=True, life=10 * HOUR)
    assert found[:4] == [10 * SECOND, 70 * SECOND, 370 * SECOND, 1270 * SECOND]
    steps = [after - before for before, after in pairwise(found[3:])]
    assert steps[:4] == [30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR]


@pytest.mark.parametrize("tries", range(20))
def test_greylisting_gets_its_five_minutes__e_s_09(tries: int) -> None:
    due = next_try(tries, NOW if tries else None, NOW, LIFE, lost=False)
    assert due is not None
    assert due - NOW >= 5 * MINUTE


def test_the_last_try_is_at_the_end_and_not_after_it() -> None:
    late = NOW + LIFE - MINUTE
    assert next_try(9, NOW, late, LIFE, lost=False) == NOW + LIFE
    assert next_try(9, NOW, NOW + LIFE, LIFE, lost=False) is None
    assert next_try(9, NOW, NOW + 2 * LIFE, LIFE, lost=True) is None


def test_who_gives_up_at_once_tries_once() -> None:
    assert next_try(0, None, NOW, timedelta(0), lost=False) is None


@given(
    tries=st.integers(0, 10_000),
    passed=st.timedeltas(timedelta(-10), timedelta(30)),
    life=st.timedeltas(timedelta(0), timedelta(30)),
    lost=st.booleans(),
)
def test_a_next_try_lies_ahead_and_within_the_letter_s_life(
    tries: int, passed: timedelta, life: timedelta, lost: bool
) -> None:
    """Also where a clock went back."""
    now = NOW + passed
    due = next_try(tries, NOW, now, life, lost=lost)
    if due is None:
        assert passed >= life
    else:
        assert now < due <= NOW + life
        assert due - now <= 4 * HOUR


def test_a_domain_that_refuses_us_is_left_alone_for_longer_each_time() -> None:
    found = [(hold_until(strikes, NOW) - NOW) / HOUR for strikes in (1, 2, 3, 4, 5, 1_000_000)]
    assert found == [1, 2, 4, 8, 8, 8]
