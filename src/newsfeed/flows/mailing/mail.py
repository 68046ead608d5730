"""Released editions leave by SMTP, until every letter is final or the time is over."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from newsfeed.deliver.smtp.parcel import Relay
from newsfeed.deliver.smtp.run import run
from newsfeed.deliver.smtp.signals import until_told
from newsfeed.deliver.smtp.timeouts import Timeouts
from newsfeed.deliver.smtp.trouble import RefusedByRelayError, RelayError
from newsfeed.errors import NewsfeedError
from newsfeed.flows.mailing.desk import Clock, LedgerDesk, Wait
from newsfeed.flows.mailing.lane import Lane
from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.people import People
from newsfeed.flows.readiness import refuse_unless_ready
from newsfeed.flows.relaying import relay_of
from newsfeed.flows.stopping import Stop
from newsfeed.model import EditionState
from newsfeed.store import database, deliveries, editions, facts, senders

_PAUSE = 0.1

_GRACE = 12.0
"""Seconds for what is on the wire once another thread wants an end: a service that is ended has
half a minute in all, and what is cut then is settled as after a crash.
"""


class _BusyError(Exception):
    """Another process delivers, and is alive."""


def mail(
    people: People,
    *,
    clock: Clock,
    max_time: timedelta,
    patience: float,
    progress: Callable[[str, int], None],
    tell: Callable[[str], None],
    wait: Wait,
    stop: Stop | None = None,
    connected: Callable[[int], None] = lambda _number: None,
    environ: Mapping[str, str] = os.environ,
) -> list[Delivered] | None:
    """Deliver what is released, also what others release meanwhile, until `stop`; None where
    another run does it (guarantee 7). `connected` hears how many connections are open.

    Raises RelayError where the relay cannot be used, SettingsError, StoreError; what has left
    stays recorded.
    """
    plan, db = people.plan, people.db
    try:
        relay = relay_of(plan, environ)
        refuse_unless_ready(people, relay)
    except NewsfeedError as error:
        with database.explained(plan.store), database.transaction(db):
            facts.note_trouble(db, str(error), clock())
        raise
    end = time.monotonic() + max_time.total_seconds()
    try:
        with senders.presence(plan.store) as sender, _joined(people, sender, clock, patience):
            desk = LedgerDesk(
                people, sender, end=end, clock=clock, progress=progress, tell=tell, wait=wait
            )
            trouble = _run(desk, relay, tell, stop, connected)
    except _BusyError:
        return None
    return [_delivered(db, lane, trouble, clock()) for lane in desk.lanes]


@contextmanager
def _joined(people: People, sender: str, clock: Clock, patience: float) -> Iterator[None]:
    """Be a sender of the store; wait for another that ends just now, and no longer looks for
    further editions. Raises _BusyError where it goes on.
    """
    db, store = people.db, people.plan.store
    last = time.monotonic() + patience
    while not _join(people, sender, clock()):
        if time.monotonic() >= last:
            raise _BusyError
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        with database.explained(store), database.transaction(db):
            senders.leave(db, sender)


def _join(people: People, sender: str, now: datetime) -> bool:
    db, store = people.db, people.plan.store
    with database.transaction(db):
        senders.bury(db, store)
        if senders.others_at_work(db, sender, now):
            return False
        senders.join(db, sender, now)
    return True


def _run(
    desk: LedgerDesk,
    relay: Relay,
    tell: Callable[[str], None],
    wish: Stop | None,
    connected: Callable[[int], None],
) -> str:
    """Talk to the relay until nothing is left to do, or somebody wants an end. Gives what was
    wrong with the relay when it was last tried, or "".
    """
    troubles: list[str] = []
    sent = 0

    def hear(error: RelayError) -> None:
        nonlocal sent
        if str(error) not in troubles:
            tell(f"{error} (it is tried again)")
        troubles.append(str(error))
        desk.trouble(str(error))
        sent = desk.sent

    async def talk() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def told() -> None:
            loop.call_soon_threadsafe(stop.set)

        timeouts = Timeouts(stop=_GRACE) if wish else None
        with until_told(stop.set), wish.heard(told) if wish else nullcontext():
            await run(relay, desk, stop=stop, timeouts=timeouts, troubled=hear, connected=connected)

    try:
        asyncio.run(talk())
    except RefusedByRelayError as error:
        desk.trouble(str(error))
        if error.login:
            desk.pause_all(error.problem)
        raise
    finally:
        desk.close()
    return troubles[-1] if troubles and desk.sent == sent else ""


def _delivered(db: sqlite3.Connection, lane: Lane, trouble: str, now: datetime) -> Delivered:
    """What became of an edition; `trouble` is in the way where letters are due and did not go."""
    edition = editions.get(db, lane.edition.id)
    due = deliveries.next_due(db, edition.id)
    why = edition.why if edition.state is EditionState.PAUSED else lane.why
    if due is not None and due <= now:
        why = why or trouble
    return Delivered(
        edition=edition.name,
        transport=edition.transport,
        folder="",
        written=lane.sent,
        counts=deliveries.counts_of(db, edition.id),
        why=why if due else "",
        paused=edition.state is EditionState.PAUSED,
        next=due if due is not None and due > now else None,
    )
