"""Letters that a quota keeps back come again in their turn: not too often, and none too late."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.deliver.pace import Quota, estimate
from newsfeed.deliver.turns import Turns

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

Quotas = Sequence[tuple[int, int]]


class Line:
    """Letters that all want to leave at the same time, by quotas that are kept exactly."""

    def __init__(self, quotas: Quotas, letters: int, processes: int = 1) -> None:
        self._quotas = quotas
        self._left = [deque([START - 9 * DAY] * count, count) for count, _ in quotas]
        self._turns = [Turns(quotas) for _ in range(processes)]
        self._waiting = [(START, number) for number in range(letters)]
        self.now = START
        self.looks = 0

    def empty(self, late: float = 0.5) -> None:
        """Until all have left; each is looked at up to `late` seconds after its time."""
        random = Random(0)
        while self._waiting:
            due, number = heapq.heappop(self._waiting)
            self.now = max(self.now, due + random.random() * late * SECOND)
            self.looks += 1
            first = self._first()
            if first <= self.now:
                for left in self._left:
                    left.append(self.now)
            else:
                turn = random.choice(self._turns).next(first)
                assert turn >= first
                assert turn.microsecond == 0
                heapq.heappush(self._waiting, (turn, number))

    def _first(self) -> datetime:
        return max(
            left[0] + (seconds + 1.1) * SECOND
            for left, (_, seconds) in zip(self._left, self._quotas, strict=True)
        )


@pytest.mark.parametrize("late", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("quotas", [[(20, 60)], [(5, 60), (7, 300)], [(500, 3600), (20, 60)]])
def test_who_waits_is_looked_at_about_twice_and_the_quota_is_used(
    quotas: Quotas, late: float
) -> None:
    line = Line(quotas, 2_000)
    line.empty(late)
    least = estimate(2_000, [Quota(count=count, seconds=seconds) for count, seconds in quotas])
    assert line.now - START < 1.2 * least
    assert line.looks < 2.5 * 2_000


def test_several_processes_look_at_each_letter_about_once_more_each() -> None:
    line = Line([(20, 60)], 2_000, processes=4)
    line.empty()
    assert line.now - START < 1.2 * timedelta(minutes=100)
    assert line.looks < 7 * 2_000


def test_what_a_days_quota_lets_go_at_once_is_not_spread_over_the_day() -> None:
    line = Line([(20, 60), (2_000, 86_400)], 1_000)
    line.empty()
    assert line.now - START < timedelta(minutes=60)


@given(
    quotas=st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from((1, 60, 3600))), min_size=1, max_size=3
    ),
    letters=st.integers(1, 60),
)
def test_nobody_waits_for_ever(quotas: Quotas, letters: int) -> None:
    line = Line(quotas, letters)
    line.empty()
    least = estimate(letters, [Quota(count=count, seconds=seconds) for count, seconds in quotas])
    longest = max(seconds for _, seconds in quotas)
    assert line.now - START <= 3 * least + 3 * longest * SECOND


def test_the_line_begins_anew_where_it_is_over_or_was_of_another_time__s_38() -> None:
    turns = Turns([(2, 60)])
    assert turns.next(START) == START
    assert turns.next(START) > START
    later = START + timedelta(hours=1)
    assert turns.next(later) == later
    for jump in (365 * DAY, -366 * DAY, DAY):
        later += jump
        assert turns.next(later) == later
        assert later < turns.next(later) < later + timedelta(minutes=1)
