"""Whoever is erased is nowhere, and stays out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from newsfeed.deliver import outbox
from newsfeed.errors import NewsfeedError, StoreError
from newsfeed.flows.confirming import send_confirmations
from newsfeed.flows.enrolling import Enrolment, add, reinstate
from newsfeed.flows.erasing import erase
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.people import People
from newsfeed.flows.profile import profile
from newsfeed.flows.subscribing import Visitor, confirm
from newsfeed.model import SubscriptionState as State
from newsfeed.model import SuppressionReason
from newsfeed.store import subscribers, suppression
from tests.flows.people_kit import (
    ANN,
    BOB,
    NOW,
    active,
    deliveries,
    delivery,
    edition,
    journal_of,
    link_in,
    mail_to,
    newsletter_site,
    people_of,
    person_of,
    state_of,
)
from tests.kit import Site

NAME = "Ann-Marie Leewood"
TRACES = (ANN.address, "ann.lee", NAME, "Leewood", "Leewood-Browser", "Leewood-Form")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path / "site")


def _known_everywhere(people: People) -> None:
    """Ann confirms by a mail, gets letters, waits for one, and a server repeated her address."""
    said = Enrolment(name=NAME, language="en", consent="")
    add(people, ANN, "weekly", said)
    add(people, ANN, "monthly", Enrolment(consent="Leewood-Form"))
    active(people, BOB)
    send_confirmations(people)
    visitor = Visitor(way="link", ip="192.0.2.1", user_agent="Leewood-Browser")
    confirm(people, "weekly", link_in(people, mail_to(people)), visitor)
    delivery(people, edition(people.db, slug="a"), state="failed", reply=f"550 <{ANN.address}>?")
    delivery(people, edition(people.db, slug="b"))
    person = person_of(people)
    for folder, name in (("2026-11-16", person.public_id), ("test", person.address_hash)):
        message = f"To: {NAME} <{ANN.address}>\r\n\r\n".encode()
        outbox.write(people.plan.outbox / "weekly" / folder, name, message)
        outbox.write(people.plan.outbox / "weekly" / folder, "B" * 22, b"To: bob\r\n\r\n")


def _traces(folder: Path) -> Iterator[str]:
    """Where below the folder anything of Ann's can be read, whatever the case."""
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes().lower()
            yield from (f"{file}: {t}" for t in TRACES if t.lower().encode() in content)


def test_not_a_byte_of_an_erased_person_stays(site: Site) -> None:
    with people_of(site) as people:
        _known_everywhere(people)
        assert len({trace.rpartition(":")[2] for trace in _traces(site.folder)}) == len(TRACES)
        done = erase(people, ANN)
        assert (done.known, done.complete, len(done.letters)) == (True, True, 3)
        assert not list(_traces(site.folder))  # the store is still open, its journal beside it
    assert not list(_traces(site.folder))
    with people_of(site) as people:
        assert state_of(people, BOB) is State.ACTIVE
        assert deliveries(people.db) == [("failed", ""), ("dropped", "erased")]
        assert len(list(people.plan.outbox.rglob("*.eml"))) == 2
        assert not profile(people, ANN).known


def test_an_erased_address_stays_out(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        erase(people, ANN)
        with pytest.raises(NewsfeedError, match=r"erased since .* reinstate"):
            active(people)
        assert profile(people, ANN).suppressed == "erased"


def test_an_address_that_was_never_known_can_be_erased(site: Site) -> None:
    with people_of(site) as people:
        done = erase(people, ANN)
        assert (done.known, done.complete, done.letters) == (False, True, ())
        with pytest.raises(NewsfeedError, match="erased"):
            active(people)
        assert journal_of(people) == [("erased", "")]
    assert not list(_traces(site.folder))


def test_erasing_may_be_repeated(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        number = person_of(people).address_hash
        assert erase(people, ANN).known
        assert not erase(people, ANN).known
        found = suppression.reason(people.db, number)
        assert found is not None
        assert found[0] is SuppressionReason.ERASED


def test_older_copies_of_the_store_are_named_and_left(site: Site) -> None:
    with people_of(site) as people:
        copy = people.plan.store.with_name("newsfeed.db.before-20261101T000000Z")
        copy.write_bytes(b"old")
        assert erase(people, ANN).copies == (copy,)
    assert copy.read_bytes() == b"old"


def test_while_another_reads_the_erasure_says_that_it_is_not_complete(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        people.db.execute("PRAGMA busy_timeout = 10")
        with closing(sqlite3.connect(people.plan.store)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM subscriber").fetchone()
            assert not erase(people, ANN).complete
            assert not profile(people, ANN).known
        assert erase(people, ANN).complete
        assert not list(_traces(site.folder))


def test_nothing_is_erased_while_another_run_writes_letters(site: Site) -> None:
    """It would write one more afterwards."""
    with people_of(site) as people:
        active(people)
        with delivery_lock(people.plan, 0):
            with pytest.raises(StoreError, match="another newsfeed"):
                erase(people, ANN, patience=0)
            assert state_of(people) is State.ACTIVE
        assert erase(people, ANN, patience=0).known


def test_a_crash_before_the_commit_leaves_something_to_erase(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went")

    with people_of(site) as people:
        _known_everywhere(people)
        with monkeypatch.context() as patch:
            patch.setattr(suppression, "suppress", crash)
            with pytest.raises(OSError, match="power"):
                erase(people, ANN)
        assert profile(people, ANN).known
        assert erase(people, ANN).known
    assert not list(_traces(site.folder))


def _during_the_walk(
    monkeypatch: pytest.MonkeyPatch, people: People, action: Callable[[People], object]
) -> None:
    """Let another process do something while the whole outbox is walked the first time."""
    walk = outbox.erase
    done: list[Path] = []

    def walked(folder: Path, names: set[str]) -> list[Path]:
        found = walk(folder, names)
        if folder == people.plan.outbox and not done:
            done.append(folder)
            with closing(sqlite3.connect(people.plan.store, timeout=0)) as db:
                db.execute("PRAGMA foreign_keys = ON")
                action(msgspec.structs.replace(people, db=db))
        return found

    monkeypatch.setattr(outbox, "erase", walked)


def test_others_write_to_the_store_while_the_outbox_is_walked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with people_of(site) as people:
        _known_everywhere(people)
        _during_the_walk(monkeypatch, people, lambda other: active(other, BOB, "monthly"))
        assert erase(people, ANN).known
        assert state_of(people, BOB, "monthly") is State.ACTIVE
    assert not list(_traces(site.folder))


def test_what_is_written_during_the_walk_is_erased_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(other: People) -> None:
        add(other, ANN, "weekly", Enrolment())
        assert send_confirmations(other).mailed == 1
        letter = f"To: <{ANN.address}>\r\n\r\n".encode()
        folder = other.plan.outbox / "weekly/2026-11-16"
        outbox.write(folder, person_of(other).public_id, letter)

    with people_of(site) as people:
        active(people, BOB)
        _during_the_walk(monkeypatch, people, ask)
        done = erase(people, ANN)
        assert (done.known, len(done.letters)) == (True, 2)
    assert not list(_traces(site.folder))


def test_a_mail_outlives_neither_the_request_nor_the_erasure(site: Site) -> None:
    """Who was forgotten by expiry is found in the outbox all the same."""
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
        subscribers.delete(people.db, person_of(people).id)
        people.db.commit()
        assert list(_traces(people.plan.outbox))
        done = erase(people, ANN)
        assert (done.known, len(done.letters)) == (False, 1)
    assert not list(_traces(site.folder))


def test_the_count_of_confirmation_mails_outlives_the_erasure(site: Site) -> None:
    mailed = 0
    for turn in range(5):
        with people_of(site, NOW + turn * timedelta(days=2)) as people:
            reinstate(people, ANN)
            add(people, ANN, "weekly", Enrolment())
            mailed += send_confirmations(people).mailed
            erase(people, ANN)
    assert mailed == 3
