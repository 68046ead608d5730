"""Released editions are delivered, by the transport that the settings name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.people import People
from newsfeed.flows.stopping import Stop
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import deliveries, editions, facts

MAX_TIME = timedelta(minutes=30)
"""How long one run goes on: what is put off for longer is for the next."""

_PATIENCE = 2.0
"""Seconds to wait for a run that ends just now and no longer looks for further editions."""

Progress = Callable[[str, int], None]
Clock = Callable[[], datetime]


def deliver(
    people: People,
    *,
    clock: Clock = lambda: datetime.now(UTC),
    progress: Progress = lambda _what, _done: None,
    patience: float = _PATIENCE,
    max_time: timedelta = MAX_TIME,
    tell: Callable[[str], None] = lambda _what: None,
    wait: Callable[[datetime], bool] = lambda _until: True,
    stop: Stop | None = None,
    connected: Callable[[int], None] = lambda _number: None,
) -> list[Delivered] | None:
    """Deliver what is released, also what others release meanwhile; None where another run does
    it (guarantee 7).

    `clock` gives the time (aware) at each claim; `tell` hears of a relay that cannot be reached
    and is tried again, and of a canary that is out. Where all that is left has to wait, `wait` is
    asked whether this run waits until then (aware), perhaps often. Once `stop` is set, in any
    thread, nothing more is claimed, and what is on its way is finished. `connected` hears how many
    connections to the relay are open, whenever that changes. Raises OutputError where letters
    cannot be written, RefusedByRelayError where the relay refuses us; what has left stays recorded.
    """
    facts.notice_copy(people.db, people.plan.store)
    transport = people.plan.mail.transport
    others = [one for one in _released(people) if one.transport != transport]
    found: list[Delivered] | None = []
    if len(others) < len(_released(people)):
        if transport == "files":
            from newsfeed.flows.filing import file_letters

            found = file_letters(
                people, clock=clock, progress=progress, patience=patience, stop=stop or Stop()
            )
        else:
            from newsfeed.flows.mailing.mail import mail

            found = mail(
                people,
                clock=clock,
                max_time=max_time,
                patience=patience,
                progress=progress,
                tell=tell,
                wait=wait,
                stop=stop,
                connected=connected,
            )
    if found is None:
        return None
    return [*found, *(_left_to(people, one) for one in others)]


def waiting_letters(db: sqlite3.Connection) -> int:
    """How many letters of released editions have yet to leave."""
    released = [one for one in editions.everything(db) if one.state is EditionState.RELEASED]
    open_states = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
    counts = [deliveries.counts_of(db, one.id) for one in released]
    return sum(one.get(state, 0) for one in counts for state in open_states)


def _released(people: People) -> list[editions.EditionRecord]:
    everything = reversed(editions.everything(people.db))
    return [one for one in everything if one.state is EditionState.RELEASED]


def _left_to(people: People, edition: editions.EditionRecord) -> Delivered:
    """An edition that began to leave in another way goes on in that way alone: some have it."""
    files = edition.transport == "files"
    why = f'it was released with mail.transport = "{edition.transport}"; set that again'
    return Delivered(
        edition=edition.name,
        transport=edition.transport,
        folder=edition.origin if files else "",
        written=0,
        counts=deliveries.counts_of(people.db, edition.id),
        why=f"{why}, or `newsfeed editions reset {edition.name}`" if files else why,
    )
