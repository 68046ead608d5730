"""The ledger of deliveries: rows are claimed by a lease, and only the claim in force writes.

Nothing here commits. Guarantees 3 and 4 of the design rest on these statements.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from newsfeed.model import DeliveryState
from newsfeed.store.editions import EditionRecord

LEASE = timedelta(seconds=60)
"""How long a claim holds unless it is renewed."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One letter to be made and sent, and the claim that allows it, until `lease_until` (seconds
    since 1970-01-01 UTC).

    `copy` counts repeats on purpose: each has a Message-ID of its own. `tries` are those before
    this one, and `since` is when the first of them was put off (seconds). `revision` is that of
    the words that are to be sent. `language` is what the person read when this copy was first
    claimed ("" for the edition's own), whatever they read now.
    """

    edition_id: int
    subscriber_id: int
    public_id: str
    address: str
    name: str
    language: str
    address_hash: str
    owner: str
    epoch: int
    lease_until: int
    copy: int
    tries: int
    since: int | None
    revision: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a claim; `due` (UTC) is when one that is not final is tried again.

    `tried` is False where it never came to a try: that counts for nothing. `waited` are seconds
    that a quota kept it back, which do not count towards giving up. `unknown` tells that the letter
    may have been taken, although nobody said so.
    """

    claim: Claim
    state: DeliveryState
    reply: str = ""
    due: datetime | None = None
    tried: bool = True
    waited: int = 0
    unknown: bool = False


class Unserved(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who did not get an edition, and why. `due` is when it is tried again."""

    address: str
    state: DeliveryState
    reply: str
    tries: int
    due: datetime
    done: datetime | None


def queue(db: sqlite3.Connection, edition: EditionRecord, due: datetime) -> int:
    """Fix the recipients of an edition: a row for each; gives how many."""
    from newsfeed.store.queries import queries

    if edition.recipients_of is None:
        return int(
            queries.queue_subscribers(
                db, edition_id=edition.id, newsletter=edition.newsletter, due=_seconds(due)
            )
        )
    return int(
        queries.queue_recipients_of(
            db,
            edition_id=edition.id,
            other=edition.recipients_of,
            newsletter=edition.newsletter,
            due=_seconds(due),
        )
    )


def queue_one(db: sqlite3.Connection, edition_id: int, subscriber_id: int, due: datetime) -> None:
    """One more letter to one subscriber: a further copy to whoever had one."""
    from newsfeed.store.queries import queries

    queries.queue_one(db, edition_id=edition_id, subscriber_id=subscriber_id, due=_seconds(due))


def state_of(db: sqlite3.Connection, edition_id: int, subscriber_id: int) -> DeliveryState | None:
    """Where an edition's letter to one subscriber is; None where there is none."""
    from newsfeed.store.queries import queries

    state = queries.delivery_state_to(db, edition_id=edition_id, subscriber_id=subscriber_id)
    return DeliveryState(state) if state else None


def served(db: sqlite3.Connection, edition_id: int) -> int:
    """How many got a letter of an edition, or may have: a claim that is open can end either way,
    and how one ended that was taken back nobody knows.
    """
    from newsfeed.store.queries import queries

    return int(queries.count_served(db, edition_id=edition_id))


def expected(db: sqlite3.Connection, newsletter: str, recipients_of: int | None = None) -> int:
    """How many would get an edition of the newsletter that is released now; with `recipients_of`,
    one for those alone whom that edition served.
    """
    from newsfeed.store.queries import queries

    if recipients_of is None:
        return int(queries.count_active(db, newsletter=newsletter))
    return int(queries.count_recipients_of(db, other=recipients_of, newsletter=newsletter))


def claim(
    db: sqlite3.Connection, edition_id: int, owner: str, now: datetime, number: int
) -> list[Claim]:
    """Take up to `number` letters that are due, for `LEASE` from `now`.

    Those who left since the release are dropped and not given. Ask again after an empty answer
    only while `next_due` names a time: all that were claimed may have left. Nothing is given while
    the edition is paused. `owner` must not hold other rows.
    """
    from newsfeed.store.queries import queries

    taken = list(
        queries.claim_deliveries(
            db,
            edition_id=edition_id,
            owner=owner,
            now=_seconds(now),
            lease_until=_seconds(now + LEASE),
            number=number,
        )
    )
    if not taken:
        return []
    queries.drop_unwilling(db, edition_id=edition_id, owner=owner, now=_seconds(now))
    rows = queries.claimed_subscribers(db, edition_id=edition_id, owner=owner)
    names = Claim.__struct_fields__
    return [Claim(**dict(zip(names, row, strict=True))) for row in rows]


def renew(db: sqlite3.Connection, one: Claim, now: datetime) -> Claim | None:
    """Hold a claim for `LEASE` from `now`; None where it is not in force any more, since another
    process took it over.
    """
    from newsfeed.store.queries import queries

    until = _seconds(now + LEASE)
    held = queries.renew_claim(
        db,
        edition_id=one.edition_id,
        subscriber_id=one.subscriber_id,
        owner=one.owner,
        epoch=one.epoch,
        lease_until=until,
    )
    return msgspec.structs.replace(one, lease_until=until) if held else None


def finish(db: sqlite3.Connection, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Write outcomes where the claim is still in force; others belong to whoever holds it now."""
    from newsfeed.store.queries import queries

    queries.finish_delivery(db, [_row(one, now) for one in outcomes])


def _row(one: Outcome, now: datetime) -> dict[str, object]:
    unfinished = one.state in (DeliveryState.QUEUED, DeliveryState.DEFERRED)
    since = one.claim.since
    if since is None and one.tried and one.state is DeliveryState.DEFERRED:
        since = _seconds(now)
    return {
        "edition_id": one.claim.edition_id,
        "subscriber_id": one.claim.subscriber_id,
        "owner": one.claim.owner,
        "epoch": one.claim.epoch,
        "state": one.state.value,
        "due": _seconds(one.due or now),
        "tried": int(one.tried),
        "since": None if since is None else since + one.waited,
        "done": None if unfinished else _seconds(now),
        "reply": one.reply,
        "unknown": int(one.unknown),
        "revision": one.claim.revision,
    }


def free_claims(db: sqlite3.Connection, edition_id: int) -> int:
    """Give back what processes held that are all known to be dead; gives how many."""
    from newsfeed.store.queries import queries

    return int(queries.free_claims(db, edition_id=edition_id))


def free_claims_of(db: sqlite3.Connection, edition_id: int, sender: str) -> int:
    """Give back what a dead process held, whose claims are owned by `sender` and a number, with a
    hyphen between; gives how many.
    """
    from newsfeed.store.queries import queries

    return int(
        queries.free_claims_of(db, edition_id=edition_id, first=f"{sender}-", last=f"{sender}.")
    )


def free_expired(db: sqlite3.Connection, edition_id: int, now: datetime) -> int:
    """Give back what was not renewed in time, by a process that stands still or on another
    machine died; gives how many.
    """
    from newsfeed.store.queries import queries

    return int(queries.free_expired(db, edition_id=edition_id, now=_seconds(now)))


def editions_with_claims(db: sqlite3.Connection) -> list[int]:
    """The editions of which somebody holds letters."""
    from newsfeed.store.queries import queries

    return [edition_id for (edition_id,) in queries.editions_with_claims(db)]


def drop_cancelled(db: sqlite3.Connection, now: datetime, reply: str) -> int:
    """What came back of editions that were cancelled meanwhile leaves no more; gives how many."""
    from newsfeed.store.queries import queries

    return int(queries.drop_cancelled(db, done=_seconds(now), reply=reply))


def forget_waits(db: sqlite3.Connection, edition_id: int) -> None:
    """What waits is given up no sooner than if it had never been tried."""
    from newsfeed.store.queries import queries

    queries.forget_waits(db, edition_id=edition_id)


def recall(db: sqlite3.Connection, edition_id: int, latest: datetime, now: datetime) -> int:
    """What waits beyond `latest` is due `now`: a clock was wrong; gives how many."""
    from newsfeed.store.queries import queries

    return int(
        queries.recall_deliveries(
            db, edition_id=edition_id, latest=_seconds(latest), now=_seconds(now)
        )
    )


def limit(db: sqlite3.Connection, edition_id: int, now: datetime, reply: str) -> int:
    """Leave out whoever was not served yet; gives how many."""
    from newsfeed.store.queries import queries

    return int(queries.limit_deliveries(db, edition_id=edition_id, done=_seconds(now), reply=reply))


def requeue(db: sqlite3.Connection, edition_id: int, due: datetime) -> int:
    """Queue again what failed, waits or was left out; gives how many."""
    from newsfeed.store.queries import queries

    return int(queries.requeue_deliveries(db, edition_id=edition_id, due=_seconds(due)))


def drop(db: sqlite3.Connection, edition_id: int, now: datetime, reply: str) -> int:
    """Nobody else gets the edition; gives how many would have.

    What a process holds at this moment stays, and becomes what that process makes of it.
    """
    from newsfeed.store.queries import queries

    return int(queries.drop_deliveries(db, edition_id=edition_id, done=_seconds(now), reply=reply))


def delete(db: sqlite3.Connection, edition_id: int) -> int:
    """Take the rows of a rehearsal back; gives how many."""
    from newsfeed.store.queries import queries

    return int(queries.delete_deliveries(db, edition_id=edition_id))


def counts(db: sqlite3.Connection) -> dict[int, dict[DeliveryState, int]]:
    """How many letters of each edition are in each state."""
    from newsfeed.store.queries import queries

    found: dict[int, dict[DeliveryState, int]] = defaultdict(dict)
    for edition_id, state, number in queries.delivery_counts(db):
        found[edition_id][DeliveryState(state)] = number
    return found


def counts_of(db: sqlite3.Connection, edition_id: int) -> dict[DeliveryState, int]:
    """How many letters of an edition are in each state."""
    from newsfeed.store.queries import queries

    rows = queries.delivery_counts_of(db, edition_id=edition_id)
    return {DeliveryState(state): number for state, number in rows}


def unserved(db: sqlite3.Connection, edition_id: int) -> list[Unserved]:
    """Who did not get an edition."""
    from newsfeed.store.queries import queries

    return [
        Unserved(
            address=address,
            state=DeliveryState(state),
            reply=reply,
            tries=tries,
            due=datetime.fromtimestamp(due, UTC),
            done=None if done is None else datetime.fromtimestamp(done, UTC),
        )
        for address, state, reply, tries, due, done in queries.unserved(db, edition_id=edition_id)
    ]


def next_due(db: sqlite3.Connection, edition_id: int) -> datetime | None:
    """When the next letter of an edition is to be tried; None where all are final."""
    from newsfeed.store.queries import queries

    seconds = queries.deliveries_due(db, edition_id=edition_id)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def takeable(db: sqlite3.Connection, edition_id: int, now: datetime, most: int) -> int:
    """How many letters could be claimed at `now`; not more than `most` are counted."""
    from newsfeed.store.queries import queries

    return int(queries.count_takeable(db, edition_id=edition_id, now=_seconds(now), most=most))


def tried(db: sqlite3.Connection, edition_id: int, most: int) -> int:
    """How many letters of an edition were tried at least once; not more than `most` are counted."""
    from newsfeed.store.queries import queries

    return int(queries.count_tried(db, edition_id=edition_id, most=most))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
