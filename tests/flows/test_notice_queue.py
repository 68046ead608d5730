"""Mails that are no editions wait in a queue, and nobody gets more of them than they shall."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.flows.erasing import erase
from newsfeed.flows.notice_queue import Kind, enqueue
from newsfeed.flows.people import People
from newsfeed.store import newsletters, subscribers
from newsfeed.store.subscribers import Subscriber
from tests.kit import NEWSLETTER, NOW, SETTINGS, Site

ADDRESS = "mina.kim@mail.example.com"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    found.subscribe(ADDRESS)
    return found


def _person(people: People) -> Subscriber:
    (found,) = people.db.execute("SELECT public_id FROM subscriber").fetchone()
    person = subscribers.by_public_id(people.db, found)
    assert person is not None
    return person


def _rows(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return db.execute(
        "SELECT kind, subscriber_id, newsletter, at, due, tries, done, reply FROM notice"
    ).fetchall()


def test_a_mail_waits_until_it_is_due(site: Site) -> None:
    with site.people() as people:
        person, due = _person(people), NOW + timedelta(days=1)
        assert enqueue(
            people.db,
            kind="left",
            subscriber_id=person.id,
            newsletter="weekly",
            now=NOW,
            due=due,
        )
        at, later = int(NOW.timestamp()), int(due.timestamp())
        assert _rows(people.db) == [("left", person.id, "weekly", at, later, 0, None, "")]


@pytest.mark.parametrize(
    ("kind", "hours", "most"),
    [("already", 24, 1), ("preferences", 1, 1), ("preferences", 24, 3), ("confirmed", 24, 5)],
)
def test_strangers_cannot_fill_a_mailbox__s_08(
    site: Site, kind: Kind, hours: int, most: int
) -> None:
    """Five orders, as far apart as a shorter limit wants it, within a time."""
    with site.people() as people:
        person = _person(people)
        taken = [
            enqueue(
                people.db,
                kind=kind,
                subscriber_id=person.id,
                newsletter="",
                now=NOW + number * timedelta(hours=hours) / 5,
            )
            for number in range(5)
        ]
        assert taken.count(True) == most
        later = NOW + timedelta(days=1, hours=hours)
        assert enqueue(people.db, kind=kind, subscriber_id=person.id, newsletter="", now=later)


def test_what_waits_for_a_person_goes_with_them__l_c_09(site: Site) -> None:
    with site.people() as people:
        enqueue(
            people.db,
            kind="already",
            subscriber_id=_person(people).id,
            newsletter="weekly",
            now=NOW,
        )
    with site.people() as people:
        erase(people, parse_address(ADDRESS))
        assert _rows(people.db) == []


def test_a_renamed_newsletter_takes_its_mails_along(site: Site) -> None:
    with site.people() as people:
        enqueue(
            people.db,
            kind="already",
            subscriber_id=_person(people).id,
            newsletter="weekly",
            now=NOW,
        )
        newsletters.rename(people.db, "weekly", "letters")
        assert [row[2] for row in _rows(people.db)] == ["letters"]
