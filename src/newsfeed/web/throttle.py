"""How often something is allowed, for each of many keys and for all of them together.

Each count is one number, the instant at which all that was done would be paid off at an even pace
(the generic cell rate algorithm of ITU-T I.371). The table of them is bounded.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

HOUR = 3600.0


def paid_off(before: float, now: float, most: int, within: float) -> tuple[float, float]:
    """When one more would be paid off, and the seconds to wait before it is allowed (0: now).

    `before` is when what was done is paid off; `most` may be done at once, and again `within` so
    many seconds. What is not allowed does not count.
    """
    after = max(before, now) + within / most
    wait = after - now - within
    return (before, wait) if wait > within * 1e-9 else (after, 0.0)


class Throttle:
    """Allows `most` within an hour for each key, and `in_all` for all keys together.

    `clock` gives seconds. At most `keys` keys are remembered; where more come at once, those that
    are soonest paid off are forgotten, and the limit in all is what holds. For many threads.
    """

    def __init__(
        self, clock: Callable[[], float], *, most: int, in_all: int, keys: int = 10_000
    ) -> None:
        self._clock = clock
        self._most = most
        self._in_all = in_all
        self._keys = keys
        self._table: dict[str, float] = {}
        self._total = -math.inf
        self._lock = threading.Lock()

    def wait(self, key: str) -> int:
        """0 where one more is allowed, which is then counted; else the seconds to wait."""
        with self._lock:
            now = self._clock()
            own, own_wait = paid_off(self._table.get(key, -math.inf), now, self._most, HOUR)
            total, total_wait = paid_off(self._total, now, self._in_all, HOUR)
            if own_wait or total_wait:
                return math.ceil(max(own_wait, total_wait))
            self._total = total
            self._table[key] = own
            if len(self._table) > self._keys:
                self._forget(now)
            return 0

    def __len__(self) -> int:
        return len(self._table)

    def _forget(self, now: float) -> None:
        """Half of the table at most is kept, so that this is seldom done."""
        owing = sorted((end, key) for key, end in self._table.items() if end > now)
        self._table = {key: end for end, key in owing[-(self._keys // 2) :]}
