"""Who got an edition, who did not and why, and how long the rest will take."""

from __future__ import annotations

from datetime import datetime

import msgspec

from newsfeed.flows.forecast import takes
from newsfeed.flows.naming import edition_named, standstill
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import deliveries, editions, facts
from newsfeed.store.deliveries import Unserved
from newsfeed.store.editions import EditionRecord

_RECENT = 10
_TO_DO = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


class EditionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where an edition is. `left` letters are to be delivered, which takes at least `takes`
    seconds; `why` says what is in their way. `not_before` (UTC) is when a ready one may leave.
    """

    edition: str
    state: EditionState
    why: str
    subject: str
    not_before: datetime
    recipients: int
    counts: dict[DeliveryState, int]
    transport: str
    left: int
    takes: float
    unserved: tuple[Unserved, ...] = ()


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent and what waits. `paused` says why nothing is sent at all; "" if it may be."""

    paused: str
    editions: tuple[EditionStatus, ...]


def status(people: People, name: str = "", *, failed: bool = False) -> Status:
    """One edition, or the newest ten and all that are not complete; newest first.

    With `failed` also who was not served. Raises UsageError for a name that there is not.
    """
    db = people.db
    found = [edition_named(db, name)] if name else _recent(editions.everything(db))
    return Status(
        paused=facts.paused(db, people.now),
        editions=tuple(_status(people, edition, failed=failed) for edition in found),
    )


def _recent(found: list[EditionRecord]) -> list[EditionRecord]:
    over = (EditionState.SENT, EditionState.CANCELLED)
    return [e for place, e in enumerate(found) if place < _RECENT or e.state not in over]


def _status(people: People, edition: EditionRecord, *, failed: bool) -> EditionStatus:
    counts = deliveries.counts_of(people.db, edition.id)
    (letter,) = editions.letters(people.db, edition.id).values()
    over = edition.state is EditionState.CANCELLED
    left = 0 if over else sum(counts.get(state, 0) for state in _TO_DO)
    return EditionStatus(
        edition=edition.name,
        state=edition.state,
        why=edition.why or _in_the_way(people, edition),
        subject=letter.subject,
        not_before=edition.not_before,
        recipients=_recipients(people, edition, counts),
        counts=counts,
        transport=edition.transport,
        left=left,
        takes=takes(people.plan, left),
        unserved=tuple(deliveries.unserved(people.db, edition.id)) if failed else (),
    )


def _recipients(people: People, edition: EditionRecord, counts: dict[DeliveryState, int]) -> int:
    """Those whom it has; before the release, those whom it would have now."""
    if edition.state in (EditionState.HELD, EditionState.READY):
        return deliveries.expected(people.db, edition.newsletter, edition.recipients_of)
    return sum(counts.values())


def _in_the_way(people: People, edition: EditionRecord) -> str:
    """Why nothing of an edition goes that is on its way; "" if nothing stops it."""
    if edition.state not in (EditionState.READY, EditionState.RELEASED):
        return ""
    if people.newsletter(edition.newsletter) is None:
        return f"{edition.newsletter} is not in the settings"
    return standstill(people.db, edition.newsletter, people.now)
