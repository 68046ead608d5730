"""Schedule, clock and what was decided before -> what is due now. Pure: no clock, no store."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.model import SlotOutcome
from newsfeed.schedule.skips import Skips
from newsfeed.schedule.words import Schedule
from newsfeed.store.newsletters import Known

FAR_AHEAD = timedelta(days=1)
"""A decision further in the future than this shows that the machine's clock was wrong."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at the clock found.

    `slot` (UTC) is to be recorded with `outcome`; EDITION means that one is to be composed now.
    None where nothing is due. `decided_until` (UTC, whole seconds) is what holds from now on,
    and `changed` tells that it, or the clock, differs from what the store knows. `ahead` tells
    that slots are decided for more than a day to come, so that nothing is due for long.
    """

    slot: datetime | None
    outcome: SlotOutcome | None
    decided_until: datetime
    changed: bool
    ahead: bool


def clock_key(schedule_text: str, zone_name: str) -> str:
    """What a schedule and its zone are known by: another key starts anew from now.

    Case and spaces mean nothing in a schedule and change nothing here.
    """
    text = " ".join(schedule_text.lower().split())
    return hashlib.sha256(f"{text}\n{zone_name}".encode()).hexdigest()[:32]


def decide(  # everything that a decision rests on, by name
    schedule: Schedule | None,
    zone: ZoneInfo,
    *,
    clock: str,
    known: Known | None,
    now: datetime,
    max_late: timedelta,
    skips: Skips = (),
    paused: bool = False,
    paused_until: datetime | None = None,
) -> Due:
    """The latest slot in (`decided_until`, `now`] and what becomes of it.

    `clock` is the `clock_key` of the settings, `known` what the store keeps; `now` is aware.
    `paused` says that this newsletter or the whole store is paused now; `paused_until` is when
    a pause of the whole store ends or ended, if somebody set an end.

    `decided_until` moves to the slot and not to `now`: a run in which nothing is due leaves the
    store as it is, and a clock that is ahead for a while decides no more than the slots that it
    shows. It never moves back: not for a clock that was set back, nor for an edited schedule.
    """
    instant = now.astimezone(UTC).replace(microsecond=0)
    if known is None or known.clock != clock:
        start = max(instant, known.decided_until) if known else instant
        return _nothing(start, instant, scheduled=schedule is not None, changed=True)
    slot = _latest(schedule, zone, known.decided_until, instant)
    if slot is None:
        return _nothing(known.decided_until, instant, scheduled=schedule is not None, changed=False)
    ends = [end for end in (known.paused_until, paused_until) if end is not None]
    if paused or any(slot < end for end in ends):
        outcome = SlotOutcome.PAUSED  # also after the pause: whether anybody looked in between
    elif any(skip.covers(slot, zone) for skip in skips):  # must not matter
        outcome = SlotOutcome.SKIPPED
    elif now - slot > max_late:
        outcome = SlotOutcome.TOO_LATE
    else:
        outcome = SlotOutcome.EDITION
    return Due(slot=slot, outcome=outcome, decided_until=slot, changed=True, ahead=False)


def _latest(
    schedule: Schedule | None, zone: ZoneInfo, after: datetime, until: datetime
) -> datetime | None:
    """The last slot of the interval; APScheduler is imported only where there may be one."""
    if schedule is None or until <= after:
        return None
    from newsfeed.schedule.slots import latest_slot

    return latest_slot(schedule, zone, after, until)


def _nothing(decided_until: datetime, now: datetime, *, scheduled: bool, changed: bool) -> Due:
    return Due(
        slot=None,
        outcome=None,
        decided_until=decided_until,
        changed=changed,
        ahead=scheduled and decided_until - now > FAR_AHEAD,
    )
