"""Ready editions that wait for the operator's yes, since they would leave for good by SMTP.

An edition is held first, then asked about: so neither a `publish` that runs meanwhile nor the end
of the process lets it go without an answer. Nobody is kept waiting while somebody thinks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

import msgspec

from newsfeed.flows.forecast import takes
from newsfeed.flows.naming import edition_named, newsletter_of
from newsfeed.flows.plan import Plan
from newsfeed.flows.releasing import ready
from newsfeed.model import EditionState
from newsfeed.store import database, deliveries, editions
from newsfeed.store.editions import EditionRecord

UNCONFIRMED = "its sending was not confirmed"
"""Why an edition is held that was asked about."""


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """An edition that would be released now. It would go to `recipients`, which takes at least
    `takes` seconds by the quotas. Where `canary` is not 0, it goes to so many of them first, and to
    the others `canary_wait` (such as 15m) later.
    """

    edition: str
    subject: str
    recipients: int
    takes: float
    canary: int
    canary_wait: str


def hold_departures(plan: Plan, db: sqlite3.Connection, now: datetime) -> tuple[Departure, ...]:
    """Hold the editions that would be released at `now` (aware), and give what there is to ask.

    Those to nobody stay as they are, and so do those on their way.
    """
    found = []
    for one in ready(plan, db, now):
        with database.transaction(db):
            edition = editions.get(db, one.id)
            number = deliveries.expected(db, edition.newsletter, edition.recipients_of)
            if edition.state is not EditionState.READY or not number:
                continue
            editions.set_state(db, edition.id, EditionState.HELD, UNCONFIRMED)
        found.append(_departure(plan, db, edition, number))
    return tuple(found)


def let_go(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Make editions ready again that were held to ask; others stay as they are meanwhile."""
    for name in names:
        with database.transaction(db):
            edition = edition_named(db, name)
            if edition.state is EditionState.HELD and edition.why == UNCONFIRMED:
                editions.set_state(db, edition.id, EditionState.READY)


def _departure(
    plan: Plan, db: sqlite3.Connection, edition: EditionRecord, recipients: int
) -> Departure:
    newsletter = newsletter_of(plan, edition)
    letter = editions.own_letter(db, edition.id)
    canary = newsletter.canary if newsletter.canary < recipients else 0
    return Departure(
        edition=edition.name,
        subject=letter.subject,
        recipients=recipients,
        takes=takes(plan, recipients),
        canary=canary,
        canary_wait=newsletter.canary_wait,
    )
