"""When letters are due: the next slots of a newsletter, and what becomes of them as things are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.flows.dues import due_of
from newsfeed.flows.editions import skips_of, slot_after, zone_of
from newsfeed.flows.people import People
from newsfeed.model import SlotOutcome
from newsfeed.schedule.due import clock_key
from newsfeed.schedule.skips import Skips
from newsfeed.settings import Newsletter
from newsfeed.store import facts, newsletters
from newsfeed.store.newsletters import Known


class Fate(StrEnum):
    """What a slot will be, unless somebody changes it: DUE is an edition, if there is news."""

    DUE = "due"
    TOO_LATE = "too late"
    SKIPPED = "skipped"
    PAUSED = "paused"


_FATES = {
    SlotOutcome.EDITION: Fate.DUE,
    SlotOutcome.TOO_LATE: Fate.TOO_LATE,
    SlotOutcome.SKIPPED: Fate.SKIPPED,
    SlotOutcome.PAUSED: Fate.PAUSED,
}


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A slot to come, or one that came and is not decided yet, in its newsletter's zone."""

    at: datetime
    fate: Fate


class Timetable(msgspec.Struct, frozen=True, kw_only=True):
    """A newsletter's next slots. Datetimes are aware, in its zone.

    `decided_until` is None where no run has met it, or met it with this schedule. `ahead` tells
    that slots are decided for a time to come. `paused` is why nothing is sent now, "" if it is;
    `paused_until` is when that ends by itself. `waiting` is the slot that the next run decides.
    """

    newsletter: str
    title: str
    schedule: str
    timezone: str
    decided_until: datetime | None
    ahead: bool
    paused: str
    paused_until: datetime | None
    waiting: Slot | None
    slots: tuple[Slot, ...]


def timetable(people: People, newsletter: Newsletter, count: int) -> Timetable:
    """The next `count` slots that are neither past nor decided.

    Raises SettingsError for a schedule or a day to skip that cannot be read.
    """
    now = people.now
    zone = zone_of(newsletter, people.plan.site.timezone)
    known = newsletters.known(people.db, newsletter.name)
    decided = _decided_until(newsletter, known, zone)
    why, until = pause_of(people, known)
    skips = skips_of(newsletter, people.db)
    slots = islice(_slots(people, newsletter, max(decided or now, now)), count)
    return Timetable(
        newsletter=newsletter.name,
        title=newsletter.title,
        schedule=newsletter.schedule,
        timezone=zone.key,
        decided_until=decided and decided.astimezone(zone),
        ahead=decided is not None and decided > now,
        paused=why,
        paused_until=until and until.astimezone(zone),
        waiting=_waiting(people, newsletter, zone),
        slots=tuple(
            Slot(at=slot, fate=_fate(slot, skips, zone, paused=bool(why), until=until))
            for slot in slots
        ),
    )


def _waiting(people: People, newsletter: Newsletter, zone: ZoneInfo) -> Slot | None:
    due = due_of(people.plan, people.db, newsletter, people.now)
    if due.slot is None or due.outcome is None:
        return None
    return Slot(at=due.slot.astimezone(zone), fate=_FATES[due.outcome])


def _decided_until(newsletter: Newsletter, known: Known | None, zone: ZoneInfo) -> datetime | None:
    same = known is not None and known.clock == clock_key(newsletter.schedule, zone.key)
    return known.decided_until if known and same else None


def pause_of(people: People, known: Known | None) -> tuple[str, datetime | None]:
    """Why nothing is sent now, and until when if somebody set an end: the later one counts."""
    everything = facts.paused(people.db, people.now)
    by_itself = known if newsletters.is_paused(known, people.now) else None
    ends = [facts.paused_until(people.db)] if everything else []
    ends += [by_itself.paused_until] if by_itself else []
    why = everything or ("paused by hand" if by_itself else "")
    known_ends = [end for end in ends if end]
    return why, max(known_ends) if known_ends and len(known_ends) == len(ends) else None


def _slots(people: People, newsletter: Newsletter, after: datetime) -> Iterator[datetime]:
    site_zone = people.plan.site.timezone
    slot = slot_after(newsletter, site_zone, after)
    while slot is not None:
        yield slot
        slot = slot_after(newsletter, site_zone, slot)


def _fate(
    slot: datetime, skips: Skips, zone: ZoneInfo, *, paused: bool, until: datetime | None
) -> Fate:
    if paused and (until is None or slot < until):
        return Fate.PAUSED
    return Fate.SKIPPED if any(skip.covers(slot, zone) for skip in skips) else Fate.DUE
