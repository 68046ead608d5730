"""What is due, and what becomes of it: each slot is decided once, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import msgspec

from newsfeed.errors import (
    BodyError,
    OutputError,
    SettingsError,
    StoreError,
    TemplateError,
    UsageError,
)
from newsfeed.flows.build import Workshop
from newsfeed.flows.composing import Draft, draft, record
from newsfeed.flows.dues import due_of
from newsfeed.flows.editions import choice_for, zone_of
from newsfeed.flows.naming import standstill
from newsfeed.flows.outcomes import Decided
from newsfeed.flows.pictures import keep
from newsfeed.model import EditionKind, SlotOutcome
from newsfeed.schedule.due import Due, clock_key
from newsfeed.settings import Newsletter
from newsfeed.store import database, editions, newsletters

_ATTEMPTS = 5


class Decisions(NamedTuple):
    """What became of slots, and what stood in the way of others, as messages for people."""

    decided: tuple[Decided, ...]
    errors: tuple[str, ...]


def decide_due(shop: Workshop, *, dry_run: bool = False) -> Decisions:
    """Decide the slots that are due, and compose and record their editions.

    First sight of a newsletter, and a change of its schedule or zone, make nothing due
    (guarantee 1). With `dry_run` nothing is recorded. A newsletter whose letter cannot be
    composed is told among the errors, stays undecided, and stops no other.
    """
    found, errors = [], []
    for newsletter in shop.plan.newsletters:
        try:
            one = _decided(shop, newsletter, dry_run=dry_run)
        except (SettingsError, TemplateError, OutputError) as error:
            errors.append(str(error))
        else:
            found += [one] if one.outcome or one.ahead else []
    return Decisions(tuple(found), tuple(errors))


def decide_now(shop: Workshop, newsletter: Newsletter, *, dry_run: bool = False) -> Decided:
    """Compose an edition by hand, whatever the schedule says: a slot of kind manual.

    Raises UsageError while the newsletter is paused.
    """
    if why := standstill(shop.db, newsletter.name, shop.seams.now):
        raise UsageError("nothing is sent now", where=newsletter.name, remedy=why)
    return _carried_out(
        shop,
        newsletter,
        lambda: _due_by_hand(shop, newsletter),
        EditionKind.MANUAL,
        dry_run=dry_run,
    )


def _due_by_hand(shop: Workshop, newsletter: Newsletter) -> Due:
    """Due now; a second later where something was decided by hand in this one."""
    slot = shop.seams.now.replace(microsecond=0)
    while newsletters.slot_outcome(shop.db, newsletter.name, slot, EditionKind.MANUAL):
        slot += timedelta(seconds=1)
    return Due(
        slot=slot,
        outcome=SlotOutcome.EDITION,
        decided_until=shop.seams.now,
        changed=True,
        ahead=False,
    )


def _decided(shop: Workshop, newsletter: Newsletter, *, dry_run: bool) -> Decided:
    return _carried_out(
        shop,
        newsletter,
        lambda: due_of(shop.plan, shop.db, newsletter, shop.seams.now),
        EditionKind.SCHEDULED,
        dry_run=dry_run,
    )


def _carried_out(
    shop: Workshop,
    newsletter: Newsletter,
    ask: Callable[[], Due],
    kind: EditionKind,
    *,
    dry_run: bool,
) -> Decided:
    """Compose outside of the transaction, which takes long, and record if nobody came first."""
    for _ in range(_ATTEMPTS):
        seen = database.revision(shop.db)
        due = ask()
        try:
            made, outcome = _made(shop, newsletter, due, kind)
        except BodyError as error:
            shop.blame(error)  # and once more without the article that is broken
            continue
        if made and not dry_run:
            keep(shop, made.pictures)
        if (
            dry_run
            or not due.changed
            or _recorded(shop, newsletter, due, outcome, made, kind, seen)
        ):
            return _told(newsletter, due, outcome, made)
    raise StoreError(
        "other runs keep changing the ledger", where=newsletter.name, remedy="try again later"
    )


def _told(
    newsletter: Newsletter, due: Due, outcome: SlotOutcome | None, made: Draft | None
) -> Decided:
    told = Decided(newsletter=newsletter.name, slot=due.slot, outcome=outcome, ahead=due.ahead)
    if made is None:
        return told
    return msgspec.structs.replace(
        told,
        edition=f"{newsletter.name}/{made.slug}",
        state=made.state,
        subject=made.letter.subject,
        articles=made.titles,
        size=made.size,
        warnings=made.warnings,
    )


def _made(
    shop: Workshop, newsletter: Newsletter, due: Due, kind: EditionKind
) -> tuple[Draft | None, SlotOutcome | None]:
    if due.outcome is not SlotOutcome.EDITION or due.slot is None:
        return None, due.outcome
    choice = choice_for(shop, newsletter)
    if len(choice.items) < newsletter.min_items:
        return None, SlotOutcome.NOTHING_NEW
    return draft(shop, newsletter, choice, kind=kind, slot=due.slot), SlotOutcome.EDITION


def _recorded(
    shop: Workshop,
    newsletter: Newsletter,
    due: Due,
    outcome: SlotOutcome | None,
    made: Draft | None,
    kind: EditionKind,
    seen: str,
) -> bool:
    """Write the decision and its edition, all or nothing; False where the ledger changed."""
    db, zone = shop.db, zone_of(newsletter, shop.plan.site.timezone)
    with database.transaction(db):
        if database.revision(db) != seen:
            return False
        editions.touch(db)
        if kind is EditionKind.SCHEDULED:
            clock = clock_key(newsletter.schedule, zone.key)
            newsletters.save_clock(db, newsletter.name, clock, due.decided_until)
        edition_id = record(shop, made) if made else None
        if due.slot and outcome:
            first = newsletters.record_slot(
                db,
                newsletter.name,
                due.slot,
                kind,
                outcome,
                shop.seams.now,
                edition_id=edition_id,
            )
            if edition_id and not first:
                raise StoreError(
                    f"the slot of {due.slot:%Y-%m-%d %H:%M} has its edition already",
                    where=newsletter.name,
                    remedy="see `newsfeed editions list`",
                )
        return True
