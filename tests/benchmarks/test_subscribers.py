"""The rows that the benchmark of subscribers imports."""

from __future__ import annotations

from benchmarks.subscribers import subscriber


def test_everybody_comes_once_and_half_of_the_names_are_korean() -> None:
    """Always the same, in no order, or two runs would measure two things."""
    rows = [subscriber(number, 1000) for number in range(1000)]
    addresses = [address for address, *_ in rows]
    assert len(set(addresses)) == 1000
    assert addresses != sorted(addresses)
    assert rows == [subscriber(number, 1000) for number in range(1000)]
    assert sum("가" <= name[0] <= "힣" for _, name, *_ in rows) == 500
