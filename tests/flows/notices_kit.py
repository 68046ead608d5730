"""A commercial newsletter, whose subscribers are told what became of their consent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from newsfeed.address import Address, parse_address
from newsfeed.audience.tokens import Confirmation
from newsfeed.audience.wording import wording_for
from newsfeed.digest.gate import flaws
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.notice_queue import Kind, enqueue
from newsfeed.flows.notices import send_notices
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Confirmed, Visitor, confirm
from newsfeed.store import database
from tests.flows.people_kit import ANN, MONTHLY, NOW, people_of, person_of
from tests.flows.relay_kit import Relay
from tests.kit import NEWSLETTER, SETTINGS, Site

MANY = tuple(parse_address(f"reader{number}@example.org") for number in range(6))
BY_LINK = Visitor(way="link")
SENDER = 'phone = "02-123-4567"\npostal_address = "서울특별시 예시구 보기로 1"\n'
COMMERCIAL = f"{NEWSLETTER}{SENDER}commercial = true\n"


def commercial_site(folder: Path, *more: str, newsletter: str = COMMERCIAL) -> Site:
    """A site with the commercial newsletter weekly, and monthly, which is not."""
    return Site(folder, "\n".join((SETTINGS, *more, newsletter, MONTHLY)))


def joined(
    people: People, address: Address = ANN, newsletter: str = "weekly", language: str | None = None
) -> None:
    """Somebody asks for a newsletter, and confirms."""
    add(people, address, newsletter, Enrolment(language=language))
    settings = people.newsletter(newsletter)
    assert settings is not None
    link = Confirmation(
        public_id=person_of(people, address).public_id,
        wording=wording_for("ko").titled(settings.title).version,
        issued=people.now,
    )
    assert confirm(people, newsletter, link, BY_LINK) is Confirmed.CONFIRMED


def queued(people: People, kind: Kind, address: Address = ANN, newsletter: str = "weekly") -> bool:
    """A mail waits, if the person may get one."""
    with database.transaction(people.db):
        number = person_of(people, address).id
        return enqueue(
            people.db, kind=kind, subscriber_id=number, newsletter=newsletter, now=people.now
        )


def sent(people: People, limit: int = 100) -> Mailed:
    """What is due is sent by the transport of the settings."""
    return send_notices(people, clock=lambda: people.now, environ={}, limit=limit)


def sent_by(
    site: Site,
    server: Relay,
    now: datetime = NOW,
    *,
    mail: str = "",
    smtp: str = "",
    limit: int = 100,
) -> Mailed:
    """What is due is sent over a relay, with more for the tables [mail] and [mail.smtp]."""
    usual = (site.folder / "newsfeed.toml").read_text()
    site.configure(server.settings(mail, smtp) + usual)
    try:
        with people_of(site, now) as people:
            return sent(people, limit)
    finally:
        site.configure(usual)


def rows(people: People) -> list[tuple[str, bool, str]]:
    """Kind, whether it is over, and what was said, of each mail."""
    found = people.db.execute("SELECT kind, done IS NOT NULL, reply FROM notice ORDER BY id")
    return [(kind, bool(over), reply) for kind, over, reply in found]


def read(raw: bytes) -> EmailMessage:
    """A mail that no strict receiver could object to, as the standard library reads it."""
    assert flaws(raw) == []
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def filed(site: Site) -> Iterator[tuple[str, EmailMessage]]:
    """The mails in the outbox, by path."""
    for path, raw in site.outbox().items():
        yield path, read(raw)
