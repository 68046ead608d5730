"""Who got an edition, who did not and why, how fast it goes and how long the rest will take."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from newsfeed.flows.forecast import takes
from newsfeed.flows.naming import edition_named, standstill
from newsfeed.flows.people import People
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import deliveries, editions, facts, holds, newsletters, senders, tallies
from newsfeed.store.deliveries import Unserved
from newsfeed.store.editions import EditionRecord
from newsfeed.store.holds import Hold
from newsfeed.store.senders import Sender

_RECENT = 10
_TO_DO = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
_STRETCH = timedelta(minutes=1)
_SHORTEST = timedelta(seconds=1)


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why letters failed or were put off, by what the relay said. `next` (UTC) is when the first
    of those that were put off is tried again.
    """

    state: DeliveryState
    reply: str
    letters: int
    next: datetime | None


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose letter was on its way when a run ended, so often: they may have got it twice,
    with one Message-ID. `state` is what became of the letter since.
    """

    address: str
    state: DeliveryState
    times: int


class EditionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where an edition is. `left` letters are to be delivered, which takes about `takes` seconds,
    and not less by the quotas; `rate` are those that left in the last minute, or as many as would
    if it went on so. `why` says what is in their way.

    `not_before` (UTC) is when a ready one may leave, and `canary_until` until when the others wait
    for what becomes of the first letters. `holds` are the domains that get nothing now, since they
    refuse us. `repeated` letters may have gone out twice, but for those that have yet to go out
    again, `repeating`; `repeats` names to whom.
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
    rate: float = 0.0
    canary_until: datetime | None = None
    causes: tuple[Cause, ...] = ()
    holds: tuple[Hold, ...] = ()
    repeated: int = 0
    repeating: int = 0
    unserved: tuple[Unserved, ...] = ()
    repeats: tuple[Repeat, ...] = ()


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What was last in the way of delivery, and when (UTC)."""

    problem: str
    at: datetime


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent and what waits. `paused` says why nothing is sent at all; "" if it may be.
    `paused_newsletters` names those that are paused by themselves. `senders` are the processes that
    deliver by SMTP at this moment. `trouble`: letters wait, and none went since. `nobody_delivers`:
    letters wait that may go over the relay, and no process is at it.
    """

    paused: str
    editions: tuple[EditionStatus, ...]
    senders: tuple[Sender, ...] = ()
    trouble: Trouble | None = None
    nobody_delivers: bool = False
    paused_newsletters: tuple[str, ...] = ()


def status(
    people: People, name: str = "", *, failed: bool = False, repeated: bool = False
) -> Status:
    """One edition, or the newest ten and all that are not complete; newest first.

    With `failed` also who was not served, with `repeated` who may have got a letter twice. Raises
    UsageError for a name that there is not.
    """
    db = people.db
    found = [edition_named(db, name)] if name else _recent(editions.everything(db))
    told = tuple(_status(people, edition, failed=failed, repeated=repeated) for edition in found)
    at_work = _at_work(people)
    waiting = [one for one in told if one.left and one.state is EditionState.RELEASED]
    return Status(
        paused=facts.paused(db, people.now),
        editions=told,
        senders=at_work,
        trouble=_trouble(people) if any(one.left for one in told) else None,
        nobody_delivers=not at_work and any(_may_go(one) for one in waiting),
        paused_newsletters=tuple(
            known.name
            for known in newsletters.everyone(db)
            if newsletters.is_paused(known, people.now)
        ),
    )


def _trouble(people: People) -> Trouble | None:
    found = facts.trouble(people.db)
    return found and Trouble(problem=found[0], at=found[1])


def _may_go(one: EditionStatus) -> bool:
    return one.transport == "smtp" and not one.why


def _recent(found: list[EditionRecord]) -> list[EditionRecord]:
    over = (EditionState.SENT, EditionState.CANCELLED)
    return [e for place, e in enumerate(found) if place < _RECENT or e.state not in over]


def _at_work(people: People) -> tuple[Sender, ...]:
    """Who gave a sign of life within the time of a lease, and is not known to have ended since."""
    return tuple(
        one
        for one in senders.everybody(people.db)
        if abs(people.now - one.beat) < deliveries.LEASE
        and not senders.is_dead(people.plan.store, one.id)
    )


def _status(
    people: People, edition: EditionRecord, *, failed: bool, repeated: bool
) -> EditionStatus:
    db = people.db
    counts = deliveries.counts_of(db, edition.id)
    letter = editions.own_letter(db, edition.id)
    over = edition.state is EditionState.CANCELLED
    left = 0 if over else sum(counts.get(state, 0) for state in _TO_DO)
    why = edition.why or in_the_way(people, edition)
    rate = _rate(people, edition) if left and not why else 0.0
    retaken, waiting = tallies.count_retaken(db, edition.id) if _by_smtp(edition) else (0, 0)
    return EditionStatus(
        edition=edition.name,
        state=edition.state,
        why=why,
        subject=letter.subject,
        not_before=edition.not_before,
        recipients=_recipients(people, edition, counts),
        counts=counts,
        transport=edition.transport,
        left=left,
        takes=max(takes(people.plan, left), 60 * left / rate if rate else 0.0),
        rate=rate,
        canary_until=_canary_until(people, edition) if left else None,
        causes=_causes(people, edition),
        holds=_holds(people, edition) if left else (),
        repeated=retaken,
        repeating=waiting if left else 0,
        unserved=tuple(deliveries.unserved(db, edition.id)) if failed else (),
        repeats=_repeats(people, edition) if repeated and _by_smtp(edition) else (),
    )


def _recipients(people: People, edition: EditionRecord, counts: dict[DeliveryState, int]) -> int:
    """Those whom it has; before the release, those whom it would have now."""
    if edition.state in (EditionState.HELD, EditionState.READY):
        return deliveries.expected(people.db, edition.newsletter, edition.recipients_of)
    return sum(counts.values())


def in_the_way(people: People, edition: EditionRecord) -> str:
    """Why nothing of an edition goes that is on its way; "" if nothing stops it."""
    if edition.state not in (EditionState.READY, EditionState.RELEASED):
        return ""
    if people.newsletter(edition.newsletter) is None:
        return f"{edition.newsletter} is not in the settings"
    is_released = edition.state is EditionState.RELEASED
    if is_released and edition.transport != people.plan.mail.transport:
        return f'it was released with mail.transport = "{edition.transport}"; set that again'
    return standstill(people.db, edition.newsletter, people.now)


def _rate(people: People, edition: EditionRecord) -> float:
    """Letters a minute; of one that began less than a minute ago, since then."""
    found = tallies.speed(people.db, edition.id, people.now - _STRETCH)
    if found is None:
        return 0.0
    stretch = min(max(people.now - found.first, _SHORTEST), _STRETCH)
    return found.letters * (_STRETCH / stretch)


def _canary_until(people: People, edition: EditionRecord) -> datetime | None:
    """Until when all but the first letters wait, if they do."""
    newsletter, until = people.newsletter(edition.newsletter), edition.canary_until
    watches = newsletter is not None and newsletter.canary
    return until if watches and until is not None and until > people.now else None


def _causes(people: People, edition: EditionRecord) -> tuple[Cause, ...]:
    return tuple(
        Cause(
            state=one.state,
            reply=one.reply,
            letters=one.letters,
            next=one.due if one.state is DeliveryState.DEFERRED else None,
        )
        for one in tallies.causes(people.db, edition.id)
    )


def _holds(people: People, edition: EditionRecord) -> tuple[Hold, ...]:
    """The holds that are not over, in the order of their domains."""
    found = holds.of(people.db, edition.id)
    return tuple(found[domain] for domain in sorted(found) if found[domain].until > people.now)


def _by_smtp(edition: EditionRecord) -> bool:
    """A letter that is written again into the outbox replaces itself."""
    return edition.transport == "smtp"


def _repeats(people: People, edition: EditionRecord) -> tuple[Repeat, ...]:
    return tuple(
        Repeat(address=address, state=state, times=times)
        for address, state, times in tallies.retaken(people.db, edition.id)
    )
