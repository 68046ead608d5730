"""When letters come again that the quotas of a receiving domain keep back.

They stand in a line, as far apart as the quotas ask for, so that a hundred thousand are not looked
at again every minute. Whoever comes and finds no room goes to the end. As the store counts letters
for a little longer than the quota says, somewhat more come than can go, and no room is lost by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


class Turns:
    """The line of those who wait for the quotas of one domain, to get one edition.

    A process has a line of its own: where several put off letters to the same domain, or one after
    another, each looks at a letter about once.
    """

    def __init__(self, quotas: Sequence[tuple[int, int]]) -> None:
        """`quotas` are letters and seconds of each; there is at least one."""
        self._quotas = sorted(quotas, key=lambda quota: quota[1])
        self._anchor: datetime | None = None
        self._number = 0

    def next(self, first: datetime) -> datetime:
        """When one more letter comes again, at the end of the line, in whole seconds. `first` is
        when the quotas let the next letter go.
        """
        due = self._anchor + self._wait() if self._anchor else first
        if due <= first or self._is_far(first):
            self._anchor, self._number, due = first, 0, first
        self._number += 1
        return due + timedelta(microseconds=-due.microsecond % 1_000_000)

    def _wait(self) -> timedelta:
        """How long after the first the next in line comes: evenly, by the quota of the shortest
        time, and by another one once as many went as that lets go at once.
        """
        shortest = self._quotas[0]
        slowest = max(
            seconds / count
            for count, seconds in self._quotas
            if (count, seconds) == shortest or self._number >= count
        )
        return timedelta(seconds=self._number * slowest)

    def _is_far(self, first: datetime) -> bool:
        """Whether the line began in a time that a clock showed by mistake (standards S-38)."""
        longest = timedelta(seconds=self._quotas[-1][1])
        return self._anchor is not None and self._anchor > first + longest
