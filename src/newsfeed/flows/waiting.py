"""Whether anything in the ledger waits: for delivery, for its time, or for the operator."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from newsfeed.errors import message
from newsfeed.flows.build import Workshop
from newsfeed.flows.editions import slot_after
from newsfeed.flows.renaming import vanished
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import deliveries, editions, facts, newsletters

_TO_DO = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """`busy`: the next run has something to do or to say at once. `times` (UTC) are when editions
    that are ready may leave.
    """

    busy: bool
    times: tuple[datetime, ...]


def waiting(shop: Workshop) -> Waiting:
    """What there is to wait for."""
    found = editions.everything(shop.db)
    ready = [one.not_before for one in found if one.state is EditionState.READY]
    busy = (
        any(one.state is EditionState.RELEASED for one in found)
        or any(time <= shop.seams.now for time in ready)
        or bool(warnings(shop))
        or bool(standing_still(shop))
    )
    return Waiting(busy=busy, times=tuple(ready))


def next_moment(shop: Workshop) -> datetime | None:
    """When there may be something to do next, after now: the next slot, the time of an edition
    that is ready, or the end of a pause. None where nothing is known to come.

    Raises SettingsError for a schedule that cannot be read.
    """
    now, zone = shop.seams.now, shop.plan.site.timezone
    slots = [slot_after(newsletter, zone, now) for newsletter in shop.plan.newsletters]
    ends = [known.paused_until for known in newsletters.everyone(shop.db)]
    moments = (*slots, *ends, facts.paused_until(shop.db), *waiting(shop).times)
    return min((moment for moment in moments if moment and moment > now), default=None)


def warnings(shop: Workshop) -> list[str]:
    """What every run has to tell the operator until it is mended."""
    why = facts.paused(shop.db, shop.seams.now)
    paused = [message("", f"nothing is sent: {why}", "`newsfeed resume` lets it go on")]
    lost = [
        message(
            name,
            f"{number:,} subscribers, but no such newsletter in the settings",
            f"put it back, or `newsfeed newsletters rename {name} NEW`",
        )
        for name, number in vanished(shop)
    ]
    still = [] if why else _paused(shop)
    return [*(paused if why else still), *lost]


def standing_still(shop: Workshop, besides: Collection[str] = ()) -> tuple[str, ...]:
    """A line for each edition that waits for the operator, but for those of `besides`: held for
    approval, or paused with letters left.
    """
    found = []
    for one in reversed(editions.everything(shop.db)):
        if one.name in besides:
            continue
        if one.state is EditionState.HELD:
            found.append(f"{one.name}: waits for approval: `newsfeed editions approve {one.name}`")
        elif one.state is EditionState.PAUSED:
            counts = deliveries.counts_of(shop.db, one.id)
            left = sum(counts.get(state, 0) for state in _TO_DO)
            why = f" ({one.why})" if one.why else ""
            said = f"{one.name}: paused{why}, letters left: {left:,}: `newsfeed editions resume"
            found += [f"{said} {one.name}`"] if left else []
    return tuple(found)


def _paused(shop: Workshop) -> list[str]:
    now = shop.seams.now
    return [
        message(known.name, "nothing is sent: it is paused", f"`newsfeed resume {known.name}`")
        for known in newsletters.everyone(shop.db)
        if newsletters.is_paused(known, now)
    ]
