"""The operator's word on an edition: approved, paused, resumed. Each takes effect at once.

A pause holds from the next claim on: who claims letters asks for the state in the same statement.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from newsfeed.flows.naming import edition_named, refused, standstill
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries, editions, holds
from newsfeed.store.editions import EditionRecord

BY_HAND = "by `newsfeed editions pause`"
"""Why an edition is paused that an operator paused."""


class Stepped(msgspec.Struct, frozen=True, kw_only=True):
    """Where an edition is now; `changed` is False where it was so before.

    `left` letters wait. `not_before` (UTC) is when it may leave; `standstill` says why nothing
    of its newsletter is delivered, and what ends that, or "".
    """

    edition: str
    state: EditionState
    changed: bool
    not_before: datetime
    left: int
    standstill: str


def approve(people: People, name: str) -> Stepped:
    """Let a held edition go; the next run releases it. One that is ready stays so.

    Raises UsageError for an unknown name, RefusedError for one that went or was cancelled.
    """
    with database.transaction(people.db):
        edition = edition_named(people.db, name)
        if edition.state not in (EditionState.HELD, EditionState.READY):
            raise refused(
                edition, "it needs no approval any more", f"see `newsfeed status {edition.name}`"
            )
        return _step(people, edition, EditionState.READY)


def pause_edition(people: People, name: str) -> Stepped:
    """Hand out no more letters of a released edition, from the next claim on.

    Raises UsageError for an unknown name, RefusedError for one that is not on its way.
    """
    with database.transaction(people.db):
        edition = edition_named(people.db, name)
        if edition.state in (EditionState.HELD, EditionState.READY):
            raise refused(
                edition,
                "nothing of it is on its way",
                f"`newsfeed pause {edition.newsletter}` keeps it back, "
                f"`newsfeed editions cancel {edition.name}` ends it",
            )
        if edition.state not in (EditionState.RELEASED, EditionState.PAUSED):
            raise refused(edition, "nothing of it is on its way", _see(edition))
        return _step(people, edition, EditionState.PAUSED, edition.why or BY_HAND)


def resume_edition(people: People, name: str) -> Stepped:
    """Let a paused edition go on; the next run delivers what is left of it.

    What failed so far stops it no more, and no receiving domain is held any longer: somebody has
    looked.
    Raises UsageError for an unknown name, RefusedError for one that was not released.
    """
    with database.transaction(people.db):
        edition = edition_named(people.db, name)
        if edition.state is EditionState.HELD:
            remedy = f"`newsfeed editions approve {edition.name}`"
            raise refused(edition, "it waits for approval", remedy)
        if edition.state is EditionState.READY:
            raise refused(edition, "it is not paused", "`newsfeed send` delivers it")
        if edition.state not in (EditionState.RELEASED, EditionState.PAUSED):
            raise refused(edition, "there is nothing to go on with", _see(edition))
        failed = deliveries.counts_of(people.db, edition.id).get(DeliveryState.FAILED, 0)
        editions.forgive(people.db, edition.id, failed)
        holds.lift(people.db, edition.id)
        deliveries.forget_waits(people.db, edition.id)
        deliveries.recall(people.db, edition.id, people.now, people.now)
        return _step(people, edition, EditionState.RELEASED)


def _see(edition: EditionRecord) -> str:
    return f"see `newsfeed editions show {edition.name}`"


def _step(people: People, edition: EditionRecord, state: EditionState, why: str = "") -> Stepped:
    if edition.state is not state:
        editions.set_state(people.db, edition.id, state, why)
    counts = deliveries.counts_of(people.db, edition.id)
    return Stepped(
        edition=edition.name,
        state=state,
        changed=edition.state is not state,
        not_before=edition.not_before,
        left=counts.get(DeliveryState.QUEUED, 0) + counts.get(DeliveryState.DEFERRED, 0),
        standstill=standstill(people.db, edition.newsletter, people.now),
    )
