"""When a letter that was put off is tried again, and how long a domain that refuses us is left
alone. Values in, values out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_PUT_OFF = (15 * _MINUTE, 30 * _MINUTE, 60 * _MINUTE, 120 * _MINUTE, 240 * _MINUTE)
"""After a 4xx (RFC 5321 section 4.5.4.1, standards E-S-08); never less than greylisting asks for
(five minutes; RFC 6647 section 5, E-S-09). The last one repeats.
"""

_LOST = (timedelta(seconds=10), _MINUTE, 5 * _MINUTE, *_PUT_OFF)
"""After a lost connection: a relay that restarts costs seconds, not a quarter of an hour."""

_HOLD = timedelta(hours=1)
_DOUBLINGS = 3


def next_try(
    tries: int,
    since: datetime | None,
    now: datetime,
    give_up_after: timedelta,
    *,
    lost: bool,
) -> datetime | None:
    """When to try again a letter that was put off at `now`; None: it is given up.

    `tries` are those before this one, and `since` when the first of them was put off, as a claim
    has them (None: this is the first). `lost` tells that the connection broke, without a reply.
    The last try is at `since + give_up_after`, at the latest. Datetimes are aware.
    """
    end = (since or now) + give_up_after
    if now >= end:
        return None
    waits = _LOST if lost else _PUT_OFF
    return min(now + waits[min(tries, len(waits) - 1)], end)


def hold_until(strikes: int, now: datetime) -> datetime:
    """Until when nothing goes to a domain that refused us `strikes` times, this one included:
    1, 2, 4, then always 8 hours.
    """
    return now + _HOLD * (1 << min(max(strikes - 1, 0), _DOUBLINGS))
