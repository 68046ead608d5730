"""How often something is allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsfeed.web.throttle import HOUR, Throttle


class _Clock:
    def __init__(self) -> None:
        self.now = 1_795_143_600.0

    def __call__(self) -> float:
        return self.now


def _allowed(throttle: Throttle, key: str, tries: int) -> int:
    return sum(throttle.wait(key) == 0 for _ in range(tries))


def test_a_network_may_do_so_much_at_once_and_then_in_an_hour_again() -> None:
    clock = _Clock()
    throttle = Throttle(clock, most=60, in_all=1000)
    assert _allowed(throttle, "a", 200) == 60
    assert throttle.wait("a") == 60  # seconds until the first of them is paid off
    assert _allowed(throttle, "b", 10) == 10
    clock.now += 60
    assert _allowed(throttle, "a", 200) == 1
    clock.now += HOUR
    assert _allowed(throttle, "a", 200) == 60


def test_all_together_may_do_no_more_than_that() -> None:
    clock = _Clock()
    throttle = Throttle(clock, most=60, in_all=100)
    assert sum(throttle.wait(f"network {number}") == 0 for number in range(500)) == 100
    assert throttle.wait("one more") > 0
    clock.now += HOUR
    assert throttle.wait("one more") == 0


def test_the_table_stays_small_and_keeps_the_worst() -> None:
    clock = _Clock()
    throttle = Throttle(clock, most=5, in_all=1_000_000, keys=100)
    assert _allowed(throttle, "busy", 10) == 5
    for number in range(10_000):
        throttle.wait(f"network {number}")
        assert len(throttle) <= 100
    assert throttle.wait("busy") > 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 4000)), max_size=60),
    st.integers(1, 5),
)
def test_no_hour_has_more_than_twice_the_number(tries: list[tuple[str, float]], most: int) -> None:
    """What an even pace with a start at once comes to, whenever somebody tries; and after the
    seconds that were told one more is allowed.
    """
    clock = _Clock()
    throttle = Throttle(clock, most=most, in_all=1000)
    done: dict[str, list[float]] = {}
    for key, pause in tries:
        clock.now += pause
        wait = throttle.wait(key)
        if wait:
            clock.now += wait
            assert throttle.wait(key) == 0
        done.setdefault(key, []).append(clock.now)
    for times in done.values():
        for begin in times:
            assert sum(begin <= time < begin + HOUR for time in times) <= 2 * most
