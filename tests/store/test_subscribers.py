"""What the store remembers of subscribers, their consents and suppressed addresses."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.model import SubscriptionState as State
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, database, subscribers, suppression
from newsfeed.store.consents import Consent
from newsfeed.store.subscribers import Expired, Subscriber

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MONTH = timedelta(days=30)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with database.connect(tmp_path / "newsfeed.db", NOW) as opened:
        yield opened


def _add(db: sqlite3.Connection, name: str, now: datetime = NOW) -> Subscriber:
    return subscribers.add(
        db,
        public_id=f"public-{name}",
        address_hash=f"hash-{name}",
        address=f"{name}@example.com",
        name=name.title(),
        language="ko",
        now=now,
    )


def test_who_is_added_is_found_by_address_and_by_link(db: sqlite3.Connection) -> None:
    ann = _add(db, "ann")
    assert subscribers.find(db, "hash-ann") == ann
    assert subscribers.by_public_id(db, "public-ann") == ann
    assert subscribers.find(db, "hash-bob") is None
    assert subscribers.by_public_id(db, "hash-ann") is None
    assert (ann.address, ann.name, ann.language) == ("ann@example.com", "Ann", "ko")


def test_an_address_is_known_once(db: sqlite3.Connection) -> None:
    _add(db, "ann")
    with pytest.raises(sqlite3.IntegrityError):
        _add(db, "ann")


def test_a_number_is_never_given_twice(db: sqlite3.Connection) -> None:
    ann = _add(db, "ann")
    subscribers.delete(db, ann.id)
    assert _add(db, "bob").id > ann.id


def test_a_subscription_is_what_was_put_last(db: sqlite3.Connection) -> None:
    ann = _add(db, "ann")
    assert subscribers.subscription(db, ann.id, "weekly") is None
    subscribers.put_subscription(db, ann.id, "weekly", State.PENDING, NOW)
    subscribers.put_subscription(db, ann.id, "weekly", State.ACTIVE, LATER)
    subscribers.put_subscription(db, ann.id, "monthly", State.PENDING, NOW)
    found = subscribers.subscription(db, ann.id, "weekly")
    assert found is not None
    assert (found.state, found.since) == (State.ACTIVE, LATER)
    assert [s.newsletter for s in subscribers.subscriptions(db, ann.id)] == ["monthly", "weekly"]


def test_the_suppressed_are_counted_apart(db: sqlite3.Connection) -> None:
    for name, state in (("ann", State.ACTIVE), ("bob", State.ACTIVE), ("cho", State.PENDING)):
        subscribers.put_subscription(db, _add(db, name).id, "weekly", state, NOW)
    assert subscribers.counts(db) == {"weekly": {State.ACTIVE: 2, State.PENDING: 1}}
    suppression.suppress(db, "hash-bob", SuppressionReason.BOUNCED, NOW)
    assert subscribers.counts(db) == {"weekly": {State.ACTIVE: 1, State.PENDING: 1}}
    assert subscribers.suppressed_counts(db) == {"weekly": 1}


def test_the_list_is_cut_by_newsletter_state_and_number(db: sqlite3.Connection) -> None:
    for name in ("ann", "bob", "cho"):
        person = _add(db, name)
        subscribers.put_subscription(db, person.id, "weekly", State.ACTIVE, NOW)
        subscribers.put_subscription(db, person.id, "monthly", State.PENDING, NOW)
    suppression.suppress(db, "hash-bob", SuppressionReason.COMPLAINED, LATER)

    def names(newsletter: str = "", state: str = "", limit: int = -1) -> list[str]:
        return [one.name for one in subscribers.listed(db, newsletter, state, limit)]

    assert names() == ["Ann", "Ann", "Bob", "Bob", "Cho", "Cho"]
    assert names("weekly") == ["Ann", "Bob", "Cho"]
    assert names("weekly", "active") == ["Ann", "Cho"]
    assert names("", "suppressed") == ["Bob", "Bob"]
    assert names(limit=3) == ["Ann", "Ann", "Bob"]
    assert names(limit=0) == []
    (_, bob) = list(subscribers.listed(db, "", "suppressed"))
    assert (bob.state, bob.since) == ("suppressed", LATER)


def test_whoever_waits_is_given_with_the_mails_so_far(db: sqlite3.Connection) -> None:
    for name, since in (("bob", LATER), ("ann", NOW)):
        subscribers.put_subscription(db, _add(db, name).id, "weekly", State.PENDING, since)
    ann = subscribers.find(db, "hash-ann")
    assert ann is not None
    mail = Consent(event="mailed", at=NOW - MONTH, newsletter="weekly", way="command")
    consents.record(db, ann.id, mail)
    consents.count_mail(db, "hash-ann", NOW - MONTH)
    (first, second) = subscribers.waiting(db)
    assert (first.subscriber, first.mails, first.last_mail) == (ann, 1, NOW - MONTH)
    assert (first.asked, first.wording, second.mails, second.last_mail) == (0, "", 0, None)
    for at, words in ((NOW, "v1"), (LATER, "v2")):
        mail = Consent(event="mailed", at=at, newsletter="weekly", way="form", wording=words)
        consents.record(db, ann.id, mail)
    (first, second) = subscribers.waiting(db, "weekly")
    assert (first.asked, first.asked_last, first.wording) == (2, LATER, "v2")
    assert (second.asked, second.asked_last, second.imported) == (0, None, False)
    consents.record(
        db, ann.id, Consent(event="requested", at=NOW, newsletter="weekly", way="import")
    )
    assert [one.imported for one in subscribers.waiting(db)] == [True, False]
    assert not list(subscribers.waiting(db, "monthly"))
    suppression.suppress(db, "hash-ann", SuppressionReason.BLOCKED, NOW)
    assert [one.subscriber.name for one in subscribers.waiting(db)] == ["Bob"]


def test_a_request_that_nobody_confirms_is_forgotten_with_the_person(
    db: sqlite3.Connection,
) -> None:
    old, young = _add(db, "old"), _add(db, "young")
    subscribers.put_subscription(db, old.id, "weekly", State.PENDING, NOW - MONTH)
    subscribers.put_subscription(db, young.id, "weekly", State.PENDING, NOW)
    assert subscribers.expire_pending(db, MONTH, NOW) == []
    assert subscribers.next_expiry(db, MONTH) == NOW + timedelta(seconds=1)
    gone = subscribers.expire_pending(db, MONTH, NOW + timedelta(seconds=1))
    assert gone == [Expired("weekly", "hash-old")]
    assert subscribers.next_expiry(db, MONTH) == NOW + MONTH + timedelta(seconds=1)
    assert subscribers.find(db, "hash-old") is None
    assert subscribers.find(db, "hash-young") == young


def test_a_forgotten_request_leaves_the_persons_other_newsletters(db: sqlite3.Connection) -> None:
    ann = _add(db, "ann")
    subscribers.put_subscription(db, ann.id, "weekly", State.PENDING, NOW - MONTH)
    subscribers.put_subscription(db, ann.id, "monthly", State.ACTIVE, NOW - MONTH)
    assert subscribers.expire_pending(db, MONTH, LATER) == [Expired("weekly", "hash-ann")]
    assert [s.newsletter for s in subscribers.subscriptions(db, ann.id)] == ["monthly"]


def test_the_proof_of_an_earlier_consent_outlives_a_request(db: sqlite3.Connection) -> None:
    ann = _add(db, "ann")
    stated = Consent(event="stated", at=NOW - MONTH, newsletter="weekly", way="import")
    consents.record(db, ann.id, stated)
    subscribers.put_subscription(db, ann.id, "weekly", State.PENDING, NOW - MONTH)
    assert subscribers.expire_pending(db, MONTH, LATER) == [Expired("weekly", "hash-ann")]
    found = subscribers.subscription(db, ann.id, "weekly")
    assert found is not None
    assert (found.state, found.since) == (State.UNSUBSCRIBED, LATER)
    assert consents.of(db, ann.id) == [stated]


def test_who_was_asked_again_is_not_forgotten_when_the_request_expires(
    db: sqlite3.Connection,
) -> None:
    ann = _add(db, "ann")
    at = NOW - MONTH
    subscribers.put_subscription(db, ann.id, "weekly", State.PENDING, at, asked_again=True)
    found = subscribers.subscription(db, ann.id, "weekly")
    assert found is not None
    assert found.asked_again
    assert subscribers.expire_pending(db, MONTH, LATER) == [Expired("weekly", "hash-ann")]
    found = subscribers.subscription(db, ann.id, "weekly")
    assert found is not None
    assert (found.state, found.asked_again) == (State.UNSUBSCRIBED, False)


def test_nothing_expires_where_nobody_waits(db: sqlite3.Connection) -> None:
    subscribers.put_subscription(db, _add(db, "ann").id, "weekly", State.ACTIVE, NOW - MONTH)
    assert subscribers.next_expiry(db, MONTH) is None


def test_confirmation_mails_are_counted_by_the_address(db: sqlite3.Connection) -> None:
    assert consents.mails(db, "hash-ann") == (0, None)
    ann = _add(db, "ann")
    for at in (NOW, LATER):
        consents.count_mail(db, "hash-ann", at)
    subscribers.delete(db, ann.id)
    assert consents.mails(db, "hash-ann") == (2, LATER)
    assert consents.mails(db, "hash-bob") == (0, None)


def test_a_lifted_suppression_is_noted_until_the_owner_confirms(db: sqlite3.Connection) -> None:
    assert not suppression.lift(db, "h")
    assert not suppression.own_word_only(db, "h")
    for _ in range(2):
        suppression.suppress(db, "h", SuppressionReason.COMPLAINED, NOW)
        assert suppression.lift(db, "h")
        assert suppression.own_word_only(db, "h")
    suppression.confirmed(db, "h")
    assert not suppression.own_word_only(db, "h")


def test_a_consent_is_read_as_it_was_recorded(db: sqlite3.Connection) -> None:
    ann = _add(db, "ann")
    full = Consent(
        event="confirmed",
        at=NOW,
        newsletter="weekly",
        way="link",
        consented=NOW - MONTH,
        source="신청서",
        wording="v1",
        ip="192.0.2.0/24",
        user_agent="Browser/1",
        message_id="<a@example.org>",
    )
    bare = Consent(event="left", at=LATER, newsletter="weekly", way="one-click")
    consents.record(db, ann.id, full)
    consents.record(db, ann.id, bare)
    assert consents.of(db, ann.id) == [full, bare]
    subscribers.delete(db, ann.id)
    assert consents.of(db, ann.id) == []


def test_the_words_behind_a_version_are_kept_once(db: sqlite3.Connection) -> None:
    consents.keep_wording(db, "v1", "ko", "동의합니다")
    consents.keep_wording(db, "v1", "en", "something else")
    assert consents.wording(db, "v1") == "동의합니다"
    assert consents.wording(db, "v2") == ""


def test_a_suppression_is_renewed_but_erased_stays_erased(db: sqlite3.Connection) -> None:
    assert suppression.reason(db, "h") is None
    suppression.suppress(db, "h", SuppressionReason.BOUNCED, NOW)
    suppression.suppress(db, "h", SuppressionReason.ERASED, LATER)
    suppression.suppress(db, "h", SuppressionReason.COMPLAINED, LATER + MONTH)
    assert suppression.reason(db, "h") == (SuppressionReason.ERASED, LATER)
    assert suppression.lift(db, "h")
    assert not suppression.lift(db, "h")
    assert suppression.reason(db, "h") is None


def test_no_byte_of_a_deleted_address_stays_in_the_store(tmp_path: Path) -> None:
    """Also after much coming and going, when pages of the file were split and joined."""
    chance = random.Random(1)
    path = tmp_path / "newsfeed.db"
    with database.connect(path, NOW) as db:
        known: list[Subscriber] = []
        gone = []
        for turn in range(6000):
            if known and chance.random() < 0.45:
                person = known.pop(chance.randrange(len(known)))
                subscribers.delete(db, person.id)
                gone.append(person.address)
            else:
                known.append(_add(db, f"p{turn:05}-{'x' * chance.randrange(50)}"))
            if known and chance.random() < 0.3:
                one = chance.choice(known)
                name = "y" * chance.randrange(900)
                subscribers.describe(db, one.id, name=name, language="en")
            if chance.random() < 0.1:
                db.commit()
        db.commit()
        assert database.forget(db)
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    there = {found.decode() for found in re.findall(rb"p[0-9]{5}-x*@example\.com", left)}
    assert not there & set(gone)
    assert there >= {person.address for person in known}
