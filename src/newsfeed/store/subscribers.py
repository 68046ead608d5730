"""Who subscribed to what. Nothing here commits: whoever calls decides what belongs together."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from newsfeed.model import DeliveryState, SubscriptionState
from newsfeed.store.spans import spans

_ALL = 2**62
"""More rows than there can be."""


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """A person. `public_id` stands for them in links; `language` is "" for the newsletter's own.

    `created` is UTC, to the second.
    """

    id: int
    public_id: str
    address_hash: str
    address: str
    name: str
    language: str
    created: datetime


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is to one newsletter, since when (UTC, to the second).

    `asked_again`: pending after having left or been suppressed, so that only a confirmation of
    their own makes them active.
    """

    newsletter: str
    state: SubscriptionState
    since: datetime
    asked_again: bool = False


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list: one subscription. `state` is `suppressed` where the address is."""

    address: str
    name: str
    language: str
    newsletter: str
    state: str
    since: datetime


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has yet to confirm a newsletter.

    `mails` counts the confirmation mails that the address ever got, `last_mail` is when the last
    one was written. `asked` counts those for this request; `asked_last` is when the last of them
    was written, `wording` the version of its words. `imported`: an import made the request, and
    `by_form`: somebody asked by the web form, for this request. Until `due` no mail to them is
    tried, if one was put off.
    """

    subscriber: Subscriber
    newsletter: str
    since: datetime
    mails: int
    last_mail: datetime | None
    asked: int
    asked_last: datetime | None
    wording: str
    imported: bool
    by_form: bool
    due: datetime | None = None


class Expired(NamedTuple):
    """A request that was not confirmed in time."""

    newsletter: str
    address_hash: str


class LastDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to a person: `at` is when it became final, or when it is tried (again).

    `origin` and `domain` are the edition's, as it was composed.
    """

    newsletter: str
    edition: str
    origin: str
    domain: str
    slot: datetime
    state: DeliveryState
    at: datetime
    tries: int
    copy: int
    reply: str


def find(db: sqlite3.Connection, address_hash: str) -> Subscriber | None:
    """The person with this address."""
    from newsfeed.store.queries import queries

    row = queries.subscriber_by_hash(db, address_hash=address_hash)
    return _subscriber(row) if row else None


def by_public_id(db: sqlite3.Connection, public_id: str) -> Subscriber | None:
    """The person that a link means."""
    from newsfeed.store.queries import queries

    row = queries.subscriber_by_public_id(db, public_id=public_id)
    return _subscriber(row) if row else None


def add(
    db: sqlite3.Connection,
    *,
    public_id: str,
    address_hash: str,
    address: str,
    name: str,
    language: str,
    now: datetime,
) -> Subscriber:
    """A new person; the address must not be known yet."""
    from newsfeed.store.queries import queries

    values = {
        "public_id": public_id,
        "address_hash": address_hash,
        "address": address,
        "name": name,
        "language": language,
    }
    created = int(now.timestamp())
    number = int(queries.add_subscriber(db, **values, created=created))
    return Subscriber(id=number, **values, created=datetime.fromtimestamp(created, UTC))


def describe(db: sqlite3.Connection, id_: int, *, name: str, language: str) -> None:
    """What a person is called from now on, and the language they read."""
    from newsfeed.store.queries import queries

    queries.describe_subscriber(db, id=id_, name=name, language=language)


def delete(db: sqlite3.Connection, id_: int) -> None:
    """Remove a person with all subscriptions and consents."""
    from newsfeed.store.queries import queries

    queries.delete_subscriber(db, id=id_)


def subscriptions(db: sqlite3.Connection, id_: int) -> list[Subscription]:
    """What a person is to each newsletter, by its name."""
    from newsfeed.store.queries import queries

    return [_subscription(row) for row in queries.subscriptions_of(db, id=id_)]


def subscription(db: sqlite3.Connection, id_: int, newsletter: str) -> Subscription | None:
    """What a person is to one newsletter; None for nothing, now or ever."""
    from newsfeed.store.queries import queries

    row = queries.subscription_to(db, id=id_, newsletter=newsletter)
    return _subscription(row) if row else None


def put_subscription(
    db: sqlite3.Connection,
    id_: int,
    newsletter: str,
    state: SubscriptionState,
    now: datetime,
    *,
    asked_again: bool = False,
) -> None:
    """What a person is to a newsletter from `now` on. The lifecycle is the caller's to keep."""
    from newsfeed.store.queries import queries

    queries.put_subscription(
        db,
        id=id_,
        newsletter=newsletter,
        state=state.value,
        since=int(now.timestamp()),
        asked_again=int(asked_again),
    )


def counts(db: sqlite3.Connection) -> dict[str, dict[SubscriptionState, int]]:
    """Newsletter -> state -> how many, without those who are suppressed."""
    from newsfeed.store.queries import queries

    found: dict[str, dict[SubscriptionState, int]] = {}
    for newsletter, state, number in queries.count_subscriptions(db):
        found.setdefault(newsletter, {})[SubscriptionState(state)] = number
    return found


def suppressed_counts(db: sqlite3.Connection) -> dict[str, int]:
    """Newsletter -> how many subscriptions are of suppressed addresses, in whatever state."""
    from newsfeed.store.queries import queries

    return dict(queries.count_suppressed_subscriptions(db))


def listed(
    db: sqlite3.Connection, newsletter: str = "", state: str = "", limit: int = -1
) -> Generator[Listed, None, None]:
    """Subscriptions in the order in which people came, some thousands read at a time.

    `state` is that of a subscription or `suppressed`; "" stands for all, a `limit` below 0 too.
    """
    from newsfeed.store.queries import queries

    chosen = {"newsletter": newsletter, "state": state}
    left = limit if limit >= 0 else _ALL
    for after, last in spans(db):
        found = list(queries.list_subscriptions(db, **chosen, after=after, last=last, most=left))
        yield from map(_listed, found)
        left -= len(found)
        if not left:
            return


def readers(db: sqlite3.Connection, newsletter: str, most: int) -> list[Subscriber]:
    """The first `most` of those who get a newsletter, in the order in which they came."""
    from newsfeed.store.queries import queries

    return [_subscriber(row) for row in queries.readers_of(db, newsletter=newsletter, most=most)]


def languages(db: sqlite3.Connection, newsletter: str) -> list[str]:
    """The language tags that active subscribers of a newsletter read; not of who did not say."""
    from newsfeed.store.queries import queries

    return [tag for (tag,) in queries.languages_read(db, newsletter=newsletter)]


def waiting(db: sqlite3.Connection, newsletter: str = "") -> Iterator[Waiting]:
    """Who has yet to confirm, longest waiting first, without those who are suppressed."""
    from newsfeed.store.queries import queries

    return map(waiting_of, queries.pending_subscriptions(db, newsletter=newsletter))


def expire_pending(db: sqlite3.Connection, age: timedelta, now: datetime) -> list[Expired]:
    """Remove requests that were not confirmed for longer than `age`; gives which.

    A person without another subscription goes with the request. Who had once agreed to the
    newsletter, or was suppressed, becomes unsubscribed instead: the proof is kept.
    """
    from newsfeed.store.queries import queries

    before, at = int((now - age).timestamp()), int(now.timestamp())
    ended = list(queries.expire_pending_again(db, before=before, now=at))
    gone = list(queries.expire_pending(db, before=before))
    for number in {number for (_, number, _) in gone}:
        queries.delete_subscriber_without_subscription(db, id=number)
    return [Expired(newsletter, hashed) for (newsletter, _, hashed) in ended + gone]


def next_expiry(db: sqlite3.Connection, age: timedelta) -> datetime | None:
    """The first second (UTC) at which `expire_pending` has something to do as things are."""
    from newsfeed.store.queries import queries

    since = queries.longest_pending(db)
    return None if since is None else datetime.fromtimestamp(since + 1, UTC) + age


def drop_deliveries(
    db: sqlite3.Connection, id_: int, newsletter: str, why: str, now: datetime
) -> int:
    """Letters of a newsletter ("" for all) that wait for a person are dropped; gives how many.

    One that a process holds at this instant stays: that process looks again before it sends.
    """
    from newsfeed.store.queries import queries

    return int(
        queries.drop_deliveries_of(
            db, id=id_, newsletter=newsletter, reply=why, now=int(now.timestamp())
        )
    )


def clear_replies(db: sqlite3.Connection, id_: int) -> None:
    """Forget what servers answered about a person: it may repeat the address."""
    from newsfeed.store.queries import queries

    queries.clear_replies_to(db, id=id_)


def last_deliveries(
    db: sqlite3.Connection, id_: int, limit: int | None = None
) -> list[LastDelivery]:
    """The newest letters to a person, newest first; all of them without a limit."""
    from newsfeed.store.queries import queries

    most = _ALL if limit is None else limit

    return [
        LastDelivery(
            newsletter=newsletter,
            edition=slug,
            origin=origin,
            domain=domain,
            slot=datetime.fromtimestamp(slot, UTC),
            state=DeliveryState(state),
            at=datetime.fromtimestamp(due if done is None else done, UTC),
            tries=tries,
            copy=copy,
            reply=reply,
        )
        for (
            newsletter,
            slug,
            origin,
            domain,
            slot,
            state,
            due,
            done,
            tries,
            copy,
            reply,
        ) in queries.last_deliveries_to(db, id=id_, most=most)
    ]


def _listed(row: tuple[str, str, str, str, str, int]) -> Listed:
    address, name, language, newsletter, state, since = row
    return Listed(
        address=address,
        name=name,
        language=language,
        newsletter=newsletter,
        state=state,
        since=datetime.fromtimestamp(since, UTC),
    )


def _subscriber(row: tuple[int, str, str, str, str, str, int]) -> Subscriber:
    number, public_id, address_hash, address, name, language, created = row
    return Subscriber(
        id=number,
        public_id=public_id,
        address_hash=address_hash,
        address=address,
        name=name,
        language=language,
        created=datetime.fromtimestamp(created, UTC),
    )


def waiting_of(row: tuple[Any, ...]) -> Waiting:
    """Somebody as the queries of those who have yet to confirm give them."""
    newsletter, since, mails, last_mail, asked, asked_last, wording = row[7:14]
    imported, by_form, due = row[14:]
    return Waiting(
        subscriber=_subscriber(row[:7]),
        newsletter=newsletter,
        since=datetime.fromtimestamp(since, UTC),
        mails=mails,
        last_mail=None if last_mail is None else datetime.fromtimestamp(last_mail, UTC),
        asked=asked,
        asked_last=None if asked_last is None else datetime.fromtimestamp(asked_last, UTC),
        wording=wording,
        imported=bool(imported),
        by_form=bool(by_form),
        due=None if due is None else datetime.fromtimestamp(due, UTC),
    )


def _subscription(row: tuple[str, str, int, int]) -> Subscription:
    newsletter, state, since, asked_again = row
    return Subscription(
        newsletter=newsletter,
        state=SubscriptionState(state),
        since=datetime.fromtimestamp(since, UTC),
        asked_again=bool(asked_again),
    )
