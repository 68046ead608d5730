"""Released editions go into the outbox, up to its limit (the `files` transport)."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime

from newsfeed.deliver import outbox
from newsfeed.errors import NewsfeedError
from newsfeed.flows.letters import refuse_flaws
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.naming import standstill
from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.people import People
from newsfeed.flows.pressing import Press, press_of, renewed
from newsfeed.flows.stopping import Stop
from newsfeed.model import DeliveryState, EditionState
from newsfeed.settings import Newsletter
from newsfeed.store import database, deliveries, editions
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.store.editions import EditionRecord
from newsfeed.store.private import HeldError

_BATCH = 200
"""Letters that are written before their outcomes are stored in one commit."""

Progress = Callable[[str, int], None]
Clock = Callable[[], datetime]


def file_letters(
    people: People, *, clock: Clock, progress: Progress, patience: float, stop: Stop
) -> list[Delivered] | None:
    """Write the letters of what is released, until `stop`; None where another run does it
    (guarantee 7).

    Raises OutputError where letters cannot be written; what was written stays recorded, or is
    written again with the same Message-ID.
    """
    done: dict[int, Delivered] = {}
    try:
        with delivery_lock(people.plan, patience):
            while waiting := [one for one in _open(people.db) if one.id not in done]:
                for edition in waiting:
                    if stop.is_set():
                        return list(done.values())
                    done[edition.id] = _deliver(people, edition, clock, progress, stop)
    except HeldError:
        return None
    return list(done.values())


def _open(db: sqlite3.Connection) -> list[EditionRecord]:
    """Released editions that are not complete, the oldest first."""
    return [
        edition
        for edition in reversed(editions.everything(db))
        if edition.state is EditionState.RELEASED and edition.transport == "files"
    ]


def _deliver(
    people: People, edition: EditionRecord, clock: Clock, progress: Progress, stop: Stop
) -> Delivered:
    db, written = people.db, 0
    with database.transaction(db):
        # The lock is ours: whoever held claims is dead.
        deliveries.free_claims(db, edition.id)
    newsletter = people.newsletter(edition.newsletter)
    if newsletter is None:
        why = f"{edition.newsletter} is not in the settings"
    elif not (why := standstill(db, edition.newsletter, clock())):
        written = _write(people, newsletter, edition, clock, progress, stop)
        why = standstill(db, edition.newsletter, clock())
    with database.transaction(db):
        state = editions.get(db, edition.id).state
        unfinished = deliveries.next_due(db, edition.id)
        if unfinished is None and state is EditionState.RELEASED:
            editions.set_finished(db, edition.id, clock())
    return Delivered(
        edition=edition.name,
        transport=edition.transport,
        folder=edition.origin,
        written=written,
        counts=deliveries.counts_of(db, edition.id),
        why=why if unfinished else "",
    )


def _write(
    people: People,
    newsletter: Newsletter,
    edition: EditionRecord,
    clock: Clock,
    progress: Progress,
    stop: Stop,
) -> int:
    """Write letters into the outbox up to its limit; gives how many."""
    db, limit = people.db, people.plan.mail.files.limit
    owner, written = secrets.token_hex(8), 0
    press = press_of(people, newsletter, edition)
    room = limit - deliveries.counts_of(db, edition.id).get(DeliveryState.SENT, 0)
    while room > 0:
        if stop.is_set():
            return written
        now = clock()
        with database.transaction(db):
            if standstill(db, edition.newsletter, now):
                return written
            press = renewed(people, newsletter, press)
            claims = deliveries.claim(db, edition.id, owner, now, min(room, _BATCH))
        if not claims and not _more(db, edition, now):
            return written
        outcomes = _put_out(people, press, claims, now)
        with database.transaction(db):
            deliveries.finish(db, outcomes, clock())
            _pause_if_none_went(db, edition, outcomes)
        sent = sum(one.state is DeliveryState.SENT for one in outcomes)
        written, room = written + sent, room - sent
        progress("delivering", written)
    with database.transaction(db):
        state = editions.get(db, edition.id).state
        if state is EditionState.RELEASED and not standstill(db, edition.newsletter, clock()):
            deliveries.limit(db, edition.id, clock(), _limited(limit))
    return written


def _put_out(people: People, press: Press, claims: list[Claim], now: datetime) -> list[Outcome]:
    """Write the letters of a batch, but for a copy that is not correct (standards E-P-06)."""
    letters, outcomes = [], []
    for claim in claims:
        try:
            message = press.message(claim, now)
            refuse_flaws(message, press.edition.newsletter, press.label)
        except (NewsfeedError, ValueError) as error:
            reply = error.problem if isinstance(error, NewsfeedError) else type(error).__name__
            outcomes.append(Outcome(claim=claim, state=DeliveryState.FAILED, reply=reply))
        else:
            name = f"{claim.public_id}-{claim.copy}" if claim.copy else claim.public_id
            letters.append((name, message))
            outcomes.append(Outcome(claim=claim, state=DeliveryState.SENT))
    outbox.write_many(people.plan.outbox / press.edition.origin, letters)
    return outcomes


def _pause_if_none_went(
    db: sqlite3.Connection, edition: EditionRecord, outcomes: list[Outcome]
) -> None:
    """What goes wrong for everybody is about nobody: the operator has to look first."""
    failed = [one for one in outcomes if one.state is DeliveryState.FAILED]
    if failed and DeliveryState.SENT not in deliveries.counts_of(db, edition.id):
        editions.set_state(db, edition.id, EditionState.PAUSED, failed[0].reply)


def _more(db: sqlite3.Connection, edition: EditionRecord, now: datetime) -> bool:
    """Whether asking again may bring something: all that were claimed may just have left."""
    due = deliveries.next_due(db, edition.id)
    state = editions.get(db, edition.id).state
    return due is not None and due <= now and state is EditionState.RELEASED


def _limited(limit: int) -> str:
    return f"the outbox holds {limit} letters of an edition (mail.files.limit)"
