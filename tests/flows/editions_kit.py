"""A weekly newsletter with five readers, and its clock in the test's hand."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.audience.keys import address_hash
from newsfeed.deliver import outbox
from newsfeed.flows import filing
from newsfeed.flows.people import People
from newsfeed.flows.sending import send
from newsfeed.flows.subscribing import Visitor, leave
from newsfeed.model import DeliveryState
from newsfeed.store import deliveries, editions, subscribers
from newsfeed.store.editions import EditionRecord
from tests.kit import NEWSLETTER, SETTINGS, Site

FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)
MONDAY = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)
READERS = tuple(f"reader{number}@example.org" for number in range(5))
WEEKLY = "weekly/2026-11-23"
MANUAL = 'approval = "manual"\n'


def weekly_site(folder: Path, more: str = "") -> Site:
    """Two articles, five readers, and the newsletter's clock begun on Friday."""
    site = Site(folder / "site", SETTINGS + NEWSLETTER + more)
    site.post("one.md", "The first text.", date="2026-11-01")
    site.post("two.md", "The second text.", date="2026-11-02")
    site.publish(FRIDAY)
    site.subscribe(*READERS, now=FRIDAY)
    return site


def released_site(folder: Path, more: str = "") -> Site:
    """The same on Monday: its edition is released, and nothing of it is delivered."""
    site = weekly_site(folder, more)
    site.publish(MONDAY)
    return site


def record(site: Site, name: str = WEEKLY) -> EditionRecord:
    """What the ledger says of an edition."""
    with site.people(MONDAY) as who:
        found = editions.find(who.db, name)
    assert found is not None
    return found


def counts(site: Site, name: str = WEEKLY) -> dict[DeliveryState, int]:
    """How many letters of an edition are in each state."""
    with site.people(MONDAY) as who:
        found = editions.find(who.db, name)
        assert found is not None
        return deliveries.counts_of(who.db, found.id)


def places(site: Site, name: str = WEEKLY) -> list[tuple[str, bool]]:
    """The file names of an edition's articles, and whether they appear by title alone."""
    with site.people(MONDAY) as who:
        found = editions.find(who.db, name)
        assert found is not None
        return [(one.id, one.listed) for one in editions.articles(who.db, found.id)]


def send_now(site: Site, now: datetime, newsletter: str = "") -> None:
    """`newsfeed send` as a whole."""
    with site.shop(now) as shop:
        found = next((n for n in shop.plan.newsletters if n.name == newsletter), None)
        send(shop, found)
    site.deliver(now)


def leave_now(who: People, address: str) -> None:
    """Somebody leaves the weekly newsletter by a link."""
    person = subscribers.find(who.db, address_hash(who.keys, parse_address(address).key))
    assert person is not None
    leave(who, "weekly", person.public_id, Visitor(way="link"))


def letters(site: Site, name: str = WEEKLY) -> dict[str, EmailMessage]:
    """The letters of an edition in the outbox, by recipient."""
    found = {}
    for data in site.outbox(name).values():
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        found[str(message["To"])] = message
    return found


def text_of(message: EmailMessage) -> str:
    """The text part of a letter."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@contextmanager
def during_delivery(
    monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]
) -> Iterator[None]:
    """Letters are claimed two at a time, and this happens while the first two are written."""
    write = outbox.write_many
    done: list[object] = []

    def watched(folder: Path, items: list[tuple[str, bytes]]) -> int:
        if not done:
            done.append(action())
        return write(folder, items)

    with monkeypatch.context() as patched:
        patched.setattr(filing, "_BATCH", 2)
        patched.setattr(outbox, "write_many", watched)
        yield
    assert done, "nothing was delivered"
