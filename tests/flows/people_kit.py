"""A small newsletter with subscribers, its clock in the test's hand."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from newsfeed import app
from newsfeed.address import Address, parse_address
from newsfeed.audience import journal
from newsfeed.audience.keys import address_hash
from newsfeed.audience.tokens import Confirmation, read_confirm_token
from newsfeed.flows.enrolling import Added, Enrolment, add
from newsfeed.flows.people import People
from newsfeed.model import SubscriptionState
from newsfeed.store import consents, subscribers
from newsfeed.store.subscribers import Subscriber
from tests.kit import NEWSLETTER, SETTINGS, Site, plain

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
MONTHLY = NEWSLETTER.replace('"weekly"', '"monthly"').replace("주간", "월간")
ANN = parse_address("Ann.Lee@example.com")
BOB = parse_address("bob@example.org")


def newsletter_site(folder: Path, *more: str) -> Site:
    """A site with the newsletters weekly and monthly; `more` is added to its settings."""
    return Site(folder, "\n".join((SETTINGS, *more, NEWSLETTER, MONTHLY)))


@contextlib.contextmanager
def people_of(site: Site, now: datetime = NOW) -> Iterator[People]:
    """The subscribers of a site at a time."""
    with app.people(site.plan(), now) as people:
        yield people


def active(people: People, address: Address = ANN, newsletter: str = "weekly") -> Added:
    """Somebody who is active by a stated consent."""
    return add(people, address, newsletter, Enrolment(consent="a form"))


def person_of(people: People, address: Address = ANN) -> Subscriber:
    """Somebody who is known."""
    person = subscribers.find(people.db, address_hash(people.keys, address.key))
    assert person is not None
    return person


def state_of(
    people: People, address: Address = ANN, newsletter: str = "weekly"
) -> SubscriptionState | None:
    """What somebody is to a newsletter."""
    person = subscribers.find(people.db, address_hash(people.keys, address.key))
    found = person and subscribers.subscription(people.db, person.id, newsletter)
    return found.state if found else None


def events_of(people: People, address: Address = ANN) -> list[str]:
    """What is on record about somebody's consent."""
    return [c.event for c in consents.of(people.db, person_of(people, address).id)]


def journal_of(people: People) -> list[tuple[str, str]]:
    """Event and newsletter of each entry of the journal."""
    return [(entry.event, entry.newsletter) for entry in journal.read(people.plan.journal)]


def edition(db: sqlite3.Connection, newsletter: str = "weekly", slug: str = "one") -> int:
    """An edition in the ledger."""
    cursor = db.execute(
        "INSERT INTO edition (newsletter, slug, origin, domain, language, kind, state, slot,"
        " not_before, intro, transport, revision, why, composed)"
        " VALUES (?, ?, ?, 'example.org', 'ko', 'manual', 'released', 0, 0, '', '', 0, '', 0)",
        (newsletter, slug, f"{newsletter}/{slug}"),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def delivery(
    people: People,
    edition_id: int,
    address: Address = ANN,
    *,
    state: str = "queued",
    lease_until: int = 0,
    reply: str = "",
) -> None:
    """A letter of an edition to somebody, in the ledger."""
    people.db.execute(
        "INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision,"
        " owner, epoch, lease_until, done, reply) VALUES (?, ?, ?, 0, 0, 0, 0, '', 0, ?, NULL, ?)",
        (edition_id, person_of(people, address).id, state, lease_until, reply),
    )
    people.db.commit()


def deliveries(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """State and reply of each letter of the ledger."""
    return db.execute("SELECT state, reply FROM delivery ORDER BY edition_id").fetchall()


def mail_to(people: People, address: Address = ANN, newsletter: str = "weekly") -> EmailMessage:
    """The confirmation mail in the outbox, read by the standard library."""
    folder = people.plan.outbox / newsletter / "confirm"
    file = folder / f"{person_of(people, address).address_hash}.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def link_in(people: People, message: EmailMessage, newsletter: str = "weekly") -> Confirmation:
    """What the link of a confirmation mail says."""
    start = f"{people.plan.links_url}/c/{newsletter}/"
    (line,) = (ln for ln in plain(message).splitlines() if ln.startswith(start))
    found = read_confirm_token(people.keys, newsletter, line.removeprefix(start), people.now)
    assert found is not None
    return found
