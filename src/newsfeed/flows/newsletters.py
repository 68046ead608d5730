"""How each newsletter stands: when it is due, whether it is paused, how many people get it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.flows.editions import next_slot_of, skips_of, zone_of
from newsfeed.flows.people import People
from newsfeed.flows.renaming import vanished
from newsfeed.flows.timetable import pause_of
from newsfeed.model import SubscriptionState
from newsfeed.schedule.due import clock_key
from newsfeed.settings import Newsletter
from newsfeed.store import newsletters, subscribers
from newsfeed.store.newsletters import Known


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A newsletter as `newsfeed newsletters list` shows it. Datetimes are aware, in its zone.

    `next_slot` is None without a schedule and in a pause without an end; skipped days are passed
    over, and so is a pause.
    `decided_until` is None where no run has met it. `vanished` ones have subscribers and are not
    in the settings. The numbers leave suppressed addresses out.
    """

    name: str
    title: str
    schedule: str
    timezone: str
    next_slot: datetime | None
    decided_until: datetime | None
    paused: bool
    paused_until: datetime | None
    active: int
    pending: int
    unsubscribed: int
    vanished: bool


def standing(people: People) -> list[Standing]:
    """Every newsletter of the settings in their order, then the vanished ones.

    Raises SettingsError for a schedule or skip that cannot be read.
    """
    there = [(newsletter.name, newsletter) for newsletter in people.plan.newsletters]
    gone = [(name, None) for name, _ in vanished(people)]
    counts = subscribers.counts(people.db)
    return [
        _standing(people, name, settings, counts.get(name, {})) for name, settings in there + gone
    ]


def _standing(
    people: People,
    name: str,
    newsletter: Newsletter | None,
    counts: dict[SubscriptionState, int],
) -> Standing:
    now, site_zone = people.now, people.plan.site.timezone
    known = newsletters.known(people.db, name)
    zone = zone_of(newsletter, site_zone) if newsletter else ZoneInfo(site_zone)
    slot = _next_slot(newsletter, known, zone, people) if newsletter else None
    paused = newsletters.is_paused(known, now)
    until = known.paused_until if known and paused else None
    return Standing(
        name=name,
        title=newsletter.title if newsletter else "",
        schedule=newsletter.schedule if newsletter else "",
        timezone=zone.key,
        next_slot=slot,
        decided_until=known.decided_until.astimezone(zone) if known and known.clock else None,
        paused=paused,
        paused_until=until and until.astimezone(zone),
        active=counts.get(SubscriptionState.ACTIVE, 0),
        pending=counts.get(SubscriptionState.PENDING, 0),
        unsubscribed=counts.get(SubscriptionState.UNSUBSCRIBED, 0),
        vanished=newsletter is None,
    )


def _next_slot(
    newsletter: Newsletter, known: Known | None, zone: ZoneInfo, people: People
) -> datetime | None:
    """The first slot that is neither past, decided nor in a pause, None where the pause has no end;
    another clock starts from now.
    """
    same = known is not None and known.clock == clock_key(newsletter.schedule, zone.key)
    after = max(known.decided_until, people.now) if known and same else people.now
    why, end = pause_of(people, known)
    if why and end is None:
        return None
    if end is not None:
        after = max(after, end - timedelta(seconds=1))  # a slot at the end itself is due
    return next_slot_of(
        newsletter, people.plan.site.timezone, after, skips_of(newsletter, people.db)
    )
