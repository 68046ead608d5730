"""What the store knows of languages: of editions, of who reads them, and of each copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.model import DeliveryState, EditionKind, EditionState, Letter, SubscriptionState
from newsfeed.store import database, deliveries, editions, subscribers
from newsfeed.store.deliveries import Claim, Outcome
from newsfeed.store.subscribers import Subscriber
from tests.store.kit import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with database.connect(tmp_path / "newsfeed.db", NOW) as db:
        yield db


def said(text: str) -> Letter:
    return Letter(subject=f"Subject {text}", html=f"<p>{text}</p>", text=text, web=text)


def reader(
    db: sqlite3.Connection,
    number: int,
    language: str,
    state: SubscriptionState = SubscriptionState.ACTIVE,
    newsletter: str = "weekly",
) -> Subscriber:
    person = subscribers.add(
        db,
        public_id=f"p{number}",
        address_hash=f"h{number}",
        address=f"reader{number}@example.org",
        name="",
        language=language,
        now=NOW,
    )
    subscribers.put_subscription(db, person.id, newsletter, state, NOW)
    return person


def edition(db: sqlite3.Connection, **letters: Letter) -> int:
    """A released edition in Korean, whose recipients are fixed."""
    number = editions.add(
        db,
        newsletter="weekly",
        slug="one",
        origin="weekly/one",
        domain="example.org",
        language="ko",
        kind=EditionKind.MANUAL,
        state=EditionState.READY,
        slot=NOW,
        not_before=NOW,
        now=NOW,
    )
    editions.put_letters(db, number, {"ko": said("ko"), **letters})
    deliveries.queue(db, editions.get(db, number), NOW)
    editions.set_released(db, number, NOW, "smtp")
    return number


def claimed(db: sqlite3.Connection, number: int) -> Claim:
    (one,) = deliveries.claim(db, number, "somebody", LATER, 10)
    return one


def ended(db: sqlite3.Connection, one: Claim, state: DeliveryState) -> None:
    deliveries.finish(db, [Outcome(claim=one, state=state, due=NOW)], NOW)


def speaks(db: sqlite3.Connection, person: Subscriber, language: str) -> None:
    subscribers.describe(db, person.id, name=person.name, language=language)


def test_languages_are_those_of_active_subscribers_of_a_newsletter(db: sqlite3.Connection) -> None:
    for number, (tag, state, newsletter) in enumerate(
        [
            ("en", SubscriptionState.ACTIVE, "weekly"),
            ("en", SubscriptionState.ACTIVE, "weekly"),
            ("", SubscriptionState.ACTIVE, "weekly"),
            ("ja", SubscriptionState.PENDING, "weekly"),
            ("fr", SubscriptionState.UNSUBSCRIBED, "weekly"),
            ("de", SubscriptionState.ACTIVE, "monthly"),
        ]
    ):
        reader(db, number, tag, state, newsletter)
    assert subscribers.languages(db, "weekly") == ["en"]


def test_an_edition_is_told_of_in_its_own_language(db: sqlite3.Connection) -> None:
    number = edition(db, en=said("en"), ja=said("ja"))
    assert editions.own_letter(db, number) == said("ko")
    assert editions.subjects(db) == {number: "Subject ko"}


def test_letters_take_the_place_of_all_that_were_there(db: sqlite3.Connection) -> None:
    number = edition(db, en=said("en"))
    editions.put_letters(db, number, {"ko": said("new"), "ja": said("ja")})
    assert editions.letters(db, number) == {"ja": said("ja"), "ko": said("new")}


def test_a_copy_is_in_the_language_of_its_reader_when_it_is_first_taken(
    db: sqlite3.Connection,
) -> None:
    """Not in that of the release: who says it in time is heard."""
    person = reader(db, 0, "en")
    number = edition(db)
    speaks(db, person, "ja")
    assert claimed(db, number).language == "ja"


@pytest.mark.parametrize("state", [DeliveryState.DEFERRED, DeliveryState.QUEUED])
def test_every_try_of_a_copy_is_in_one_language(
    db: sqlite3.Connection, state: DeliveryState
) -> None:
    """It has one Message-ID: somebody may have it already."""
    person = reader(db, 0, "en")
    number = edition(db)
    ended(db, claimed(db, number), state)
    speaks(db, person, "ja")
    assert claimed(db, number).language == "en"


def test_a_claim_that_a_dead_process_held_keeps_its_language(db: sqlite3.Connection) -> None:
    person = reader(db, 0, "")
    number = edition(db)
    claimed(db, number)
    deliveries.free_claims(db, number)
    speaks(db, person, "ja")
    assert claimed(db, number).language == ""


def test_a_further_copy_is_in_the_language_that_its_reader_has_by_then(
    db: sqlite3.Connection,
) -> None:
    """It has a Message-ID of its own; where the former never arrived it is that one again."""
    person = reader(db, 0, "en")
    number = edition(db)
    ended(db, claimed(db, number), DeliveryState.FAILED)
    speaks(db, person, "ja")
    deliveries.queue_one(db, number, person.id, NOW)
    again = claimed(db, number)
    ended(db, again, DeliveryState.SENT)
    deliveries.queue_one(db, number, person.id, NOW)
    further = claimed(db, number)
    assert [(one.copy, one.language) for one in (again, further)] == [(0, "en"), (1, "ja")]


def test_a_store_of_the_version_before_knows_in_which_language_its_editions_are(
    tmp_path: Path,
) -> None:
    """Their letters go on as they were, also those that are under way."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db:
        for file in sorted(database.MIGRATIONS.glob("000[1-7].*.sql")):
            db.executescript(file.read_text(encoding="utf-8"))
        db.executescript(OLD)
    with database.connect(path, NOW) as db:
        assert [editions.get(db, number).language for number in (1, 2)] == ["ko-KR", "ja"]
        assert editions.subjects(db) == {1: "S1", 2: "S2"}
        assert claimed(db, 1).language == "en"


OLD = """
PRAGMA journal_mode = WAL;
INSERT INTO edition (id, newsletter, slug, origin, domain, kind, state, slot, not_before, intro,
                     transport, revision, why, composed)
VALUES (1, 'weekly', 'a', 'weekly/a', 'example.org', 'manual', 'released', 0, 0, '', 'smtp', 0, '',
        0),
       (2, 'weekly', 'b', 'weekly/b', 'example.org', 'manual', 'sent', 0, 0, '', 'smtp', 0, '', 0);
INSERT INTO edition_letter VALUES (1, 'ko-KR', 'S1', 'H', 'T', 'W'), (2, 'ja', 'S2', 'H', 'T', 'W');
INSERT INTO subscriber VALUES (1, 'p', 'h', 'reader@example.org', '', 'en', 0);
INSERT INTO subscription VALUES ('weekly', 1, 'active', 0, 0);
INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision, owner, epoch,
                      lease_until, reply)
VALUES (1, 1, 'deferred', 0, 1, 0, 0, '', 1, 0, '');
"""
