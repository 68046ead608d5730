"""Once more: to one subscriber, or to all whom an edition did not reach."""

from __future__ import annotations

import email
from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.errors import SettingsError
from newsfeed.flows.approving import pause_edition
from newsfeed.flows.cancelling import cancel
from newsfeed.flows.erasing import erase
from newsfeed.flows.naming import RefusedError
from newsfeed.flows.pausing import pause
from newsfeed.flows.people import People
from newsfeed.flows.resending import resend, retry
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries
from newsfeed.store.deliveries import Outcome
from tests.flows.editions_kit import (
    LATER,
    MANUAL,
    MONDAY,
    READERS,
    WEEKLY,
    counts,
    leave_now,
    letters,
    record,
    released_site,
)
from tests.kit import NEWSLETTER, SETTINGS, Site

ANN = parse_address(READERS[0])


def sent_site(folder: Path, more: str = "") -> Site:
    """A site whose edition everybody has."""
    site = released_site(folder, more)
    site.deliver(MONDAY)
    return site


def fail(who: People, site: Site, state: DeliveryState) -> None:
    """Every letter of the edition gets this outcome."""
    edition = record(site)
    with database.transaction(who.db):
        claims = deliveries.claim(who.db, edition.id, "somebody", MONDAY, 100)
        due = MONDAY + timedelta(days=1)
        outcomes = [Outcome(claim=one, state=state, reply="no", due=due) for one in claims]
        deliveries.finish(who.db, outcomes, MONDAY)


def test_a_further_copy_goes_to_one_person_with_a_message_id_of_its_own(tmp_path: Path) -> None:
    """In a file of its own, too: the first copy stays."""
    site = sent_site(tmp_path)
    before = site.outbox(WEEKLY)
    with site.people(LATER) as who:
        done = resend(who, WEEKLY, ANN)
    assert (done.copy, done.letters) == (True, 1)
    found = site.deliver(LATER)
    assert found is not None
    assert [one.written for one in found] == [1]
    after = site.outbox(WEEKLY)
    assert {name: after.get(name) for name in before} == before
    (name,) = after.keys() - before.keys()
    assert name.endswith("-1.eml")
    first, copy = (
        email.message_from_bytes(data)
        for data in (before[name.replace("-1.eml", ".eml")], after[name])
    )
    assert copy["To"] == first["To"] == ANN.address
    assert copy["Message-ID"] != first["Message-ID"]
    assert record(site).state is EditionState.SENT


def test_who_came_after_the_release_gets_a_first_copy(tmp_path: Path) -> None:
    site = sent_site(tmp_path)
    site.subscribe("late@example.org", now=LATER)
    with site.people(LATER) as who:
        assert not resend(who, WEEKLY, parse_address("late@example.org")).copy
    site.deliver(LATER)
    assert "late@example.org" in letters(site)


def test_a_letter_that_failed_keeps_its_message_id_when_it_is_sent_after_all(
    tmp_path: Path,
) -> None:
    """It may have arrived: a mail program then shows it once."""
    site = released_site(tmp_path)
    with site.people(MONDAY) as who:
        fail(who, site, DeliveryState.FAILED)
        assert not resend(who, WEEKLY, ANN).copy
        (copy,) = who.db.execute("SELECT max(copy) FROM delivery").fetchone()
    assert copy == 0


def test_nobody_gets_a_copy_who_does_not_want_letters(tmp_path: Path) -> None:
    site = sent_site(tmp_path)
    with site.people(LATER) as who:
        leave_now(who, ANN.address)
        erase(who, parse_address(READERS[1]))
        for address, why in (
            (ANN, "is unsubscribed"),
            (parse_address(READERS[1]), "gets nothing: erased"),
            (parse_address("nobody@example.org"), "is not subscribed"),
        ):
            with pytest.raises(RefusedError, match=f"{address.address}: {why}"):
                resend(who, WEEKLY, address)
    assert record(site).state is EditionState.SENT


def test_a_letter_that_waits_is_not_queued_twice(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.people(LATER) as who, pytest.raises(RefusedError, match="waits to be delivered"):
        resend(who, WEEKLY, ANN)


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.DEFERRED])
def test_whom_it_did_not_reach_is_tried_again_at_once(tmp_path: Path, state: DeliveryState) -> None:
    site = released_site(tmp_path)
    with site.people(MONDAY) as who:
        fail(who, site, state)
    site.deliver(MONDAY)
    assert letters(site) == {}
    with site.people(LATER) as who:
        assert retry(who, WEEKLY).letters == 5
    site.deliver(LATER)
    assert sorted(letters(site)) == sorted(READERS)
    assert counts(site) == {DeliveryState.SENT: 5}


def test_with_more_room_the_outbox_gets_the_rest(tmp_path: Path) -> None:
    site = sent_site(tmp_path, "[mail.files]\nlimit = 2\n")
    assert counts(site) == {DeliveryState.SENT: 2, DeliveryState.LIMITED: 3}
    site.configure(SETTINGS + NEWSLETTER)
    with site.people(LATER) as who:
        assert retry(who, WEEKLY).letters == 3
    site.deliver(LATER)
    assert sorted(letters(site)) == sorted(READERS)


def test_where_everybody_was_served_nothing_is_tried_again(tmp_path: Path) -> None:
    site = sent_site(tmp_path)
    before = site.outbox(WEEKLY)
    with site.people(LATER) as who:
        assert retry(who, WEEKLY).letters == 0
    site.deliver(LATER)
    assert record(site).state is EditionState.SENT
    assert site.outbox(WEEKLY) == before


def test_whoever_left_is_not_tried_again(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    with site.people(MONDAY) as who:
        fail(who, site, DeliveryState.FAILED)
        leave_now(who, ANN.address)
        retry(who, WEEKLY)
    site.deliver(LATER)
    assert sorted(letters(site)) == sorted(READERS[1:])


@pytest.mark.parametrize("more", ["", MANUAL])
def test_what_is_held_paused_or_cancelled_has_to_be_let_go_first(tmp_path: Path, more: str) -> None:
    site = released_site(tmp_path, more)
    with site.people(LATER) as who:
        remedies = ["editions new weekly"]
        if more:
            remedies.insert(0, "editions approve")
        else:
            remedies.insert(0, "editions resume")
            pause_edition(who, WEEKLY)
        for remedy in remedies:
            with pytest.raises(RefusedError, match=remedy):
                retry(who, WEEKLY)
            with pytest.raises(RefusedError, match=remedy):
                resend(who, WEEKLY, ANN)
            if remedy == remedies[0]:
                cancel(who, WEEKLY)


def test_without_its_newsletter_nothing_can_be_delivered(tmp_path: Path) -> None:
    site = sent_site(tmp_path)
    site.configure(SETTINGS + NEWSLETTER.replace('"weekly"', '"daily"'))
    with site.people(LATER) as who, pytest.raises(SettingsError, match="not in the settings"):
        resend(who, WEEKLY, ANN)
    assert record(site).state is EditionState.SENT


def test_a_pause_that_keeps_a_copy_back_is_told(tmp_path: Path) -> None:
    site = sent_site(tmp_path)
    with site.people(LATER) as who:
        pause(who, "weekly")
        assert "newsfeed resume weekly" in resend(who, WEEKLY, ANN).standstill
