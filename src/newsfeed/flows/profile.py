"""What is known of people: all of one (standards L-C-08), or the list of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime

import msgspec

from newsfeed.address import Address
from newsfeed.audience.keys import address_hash
from newsfeed.flows.people import People
from newsfeed.store import consents, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Listed, Subscriber, Subscription


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """A line of somebody's consents, and the words that were agreed to, "" where none are kept."""

    consent: Consent
    wording: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to somebody. `at` (UTC) is when it became final, or is tried (again).

    `message_id` is what to look for in a mail server's log.
    """

    edition: str
    state: str
    at: datetime
    tries: int
    reply: str
    message_id: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of an address. `known` is False where only a hash may be."""

    address: str
    known: bool
    public_id: str = ""
    name: str = ""
    language: str = ""
    created: datetime | None = None
    suppressed: str = ""
    suppressed_since: datetime | None = None
    subscriptions: tuple[Subscription, ...] = ()
    consents: tuple[Agreed, ...] = ()
    deliveries: tuple[Sent, ...] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many people are what to a newsletter. The suppressed are counted apart only."""

    newsletter: str
    pending: int = 0
    active: int = 0
    unsubscribed: int = 0
    suppressed: int = 0


def profile(people: People, address: Address, *, letters: int | None = None) -> Profile:
    """Everything that is known of an address, with the newest `letters`, or all."""
    db = people.db
    number = address_hash(people.keys, address.key)
    reason = suppression.reason(db, number)
    found = Profile(
        address=address.address,
        known=False,
        suppressed=reason[0].value if reason else "",
        suppressed_since=reason[1] if reason else None,
    )
    person = subscribers.find(db, number)
    if person is None:
        return found
    return msgspec.structs.replace(
        found,
        address=person.address,
        known=True,
        public_id=person.public_id,
        name=person.name,
        language=person.language,
        created=person.created,
        subscriptions=tuple(subscribers.subscriptions(db, person.id)),
        consents=tuple(
            Agreed(consent=c, wording=consents.wording(db, c.wording) if c.wording else "")
            for c in consents.of(db, person.id)
        ),
        deliveries=tuple(_sent(people, person, letters)),
    )


def counted(people: People) -> list[Count]:
    """A line for each newsletter of the settings, and for others that still have people."""
    states = subscribers.counts(people.db)
    suppressed = subscribers.suppressed_counts(people.db)
    names = [n.name for n in people.plan.newsletters]
    names += sorted((states.keys() | suppressed.keys()) - set(names))
    return [
        Count(
            newsletter=name,
            suppressed=suppressed.get(name, 0),
            **{state.value: number for state, number in states.get(name, {}).items()},
        )
        for name in names
    ]


def listed(
    people: People, *, newsletter: str = "", state: str = "", limit: int | None = None
) -> Generator[Listed, None, None]:
    """Subscriptions one by one, in the order in which people came. To be closed before the store
    is, by whoever may not come to the end.
    """
    return subscribers.listed(people.db, newsletter, state, -1 if limit is None else limit)


def _sent(people: People, person: Subscriber, letters: int | None) -> Iterator[Sent]:
    from newsfeed.flows.letters import message_id, seed

    for one in subscribers.last_deliveries(people.db, person.id, letters):
        yield Sent(
            edition=f"{one.newsletter}/{one.edition}",
            state=one.state.value,
            at=one.at,
            tries=one.tries,
            reply=one.reply,
            message_id=message_id(
                seed(one.origin, one.slot), person.public_id, one.copy, one.domain
            ),
        )
