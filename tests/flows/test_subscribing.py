"""A link was opened: somebody confirms, leaves, or looks."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from newsfeed.audience.tokens import Confirmation
from newsfeed.flows.confirming import send_confirmations
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.erasing import erase
from newsfeed.flows.people import People
from newsfeed.flows.subscribing import Confirmed, Visitor, confirm, leave, looked_up
from newsfeed.model import SubscriptionState as State
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, database, newsletters, suppression
from tests.flows.people_kit import (
    ANN,
    BOB,
    NOW,
    active,
    deliveries,
    delivery,
    edition,
    events_of,
    journal_of,
    link_in,
    mail_to,
    newsletter_site,
    people_of,
    person_of,
    state_of,
)
from tests.kit import NEWSLETTER, SETTINGS, Site

CLICK = Visitor(way="one-click", ip="192.0.2.77", user_agent="Mail/1 \u202eevil\r\nBcc: x")
LINK = Visitor(way="link", ip="2001:db8:1:2::3", user_agent="Browser/" + "9" * 900)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path / "site")


def _asked(people: People) -> Confirmation:
    """The confirmation of somebody who was added without consent and mailed."""
    add(people, ANN, "weekly", Enrolment())
    send_confirmations(people)
    return link_in(people, mail_to(people))


def test_whoever_leaves_is_unsubscribed_with_proof_and_journal(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        leave(people, "weekly", person_of(people).public_id, CLICK)
        assert state_of(people) is State.UNSUBSCRIBED
        (*_, left) = consents.of(people.db, person_of(people).id)
        assert (left.event, left.way, left.at) == ("left", "one-click", NOW)
        assert (left.ip, left.user_agent) == ("192.0.2.0/24", "Mail/1 evil Bcc: x")
        assert journal_of(people) == [("left", "weekly")]


def test_leaving_twice_is_leaving_once(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        for _ in range(3):
            leave(people, "weekly", person_of(people).public_id, CLICK)
        assert events_of(people) == ["stated", "left"]
        assert len(journal_of(people)) == 1


def test_a_link_of_nobody_does_nothing_and_says_nothing(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        public_id = person_of(people).public_id
        leave(people, "monthly", public_id, CLICK)
        leave(people, "vanished", public_id, CLICK)
        leave(people, "weekly", "A" * 22, CLICK)
        assert state_of(people) is State.ACTIVE
        erase(people, ANN)
        leave(people, "weekly", public_id, CLICK)
        assert journal_of(people) == [("erased", "")]


def test_leaving_drops_what_waits_but_not_what_is_on_its_way(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        active(people, newsletter="monthly")
        seconds = int(NOW.timestamp())
        for slug, newsletter, state, lease in (
            ("queued", "weekly", "queued", 0),
            ("deferred", "weekly", "deferred", seconds),
            ("leased", "weekly", "queued", seconds + 1),
            ("sent", "weekly", "sent", 0),
            ("other", "monthly", "queued", 0),
        ):
            number = edition(people.db, newsletter, slug)
            delivery(people, number, state=state, lease_until=lease)
        leave(people, "weekly", person_of(people).public_id, CLICK)
        assert deliveries(people.db) == [
            ("dropped", "left"),
            ("dropped", "left"),
            ("queued", ""),
            ("sent", ""),
            ("queued", ""),
        ]


def test_the_journal_is_written_even_if_the_store_is_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever left stays away also after a crash between the two."""

    def crash(*_: object) -> None:
        raise OSError("the power went")

    with people_of(site) as people:
        active(people)
        with monkeypatch.context() as patch:
            patch.setattr(consents, "record", crash)
            with pytest.raises(OSError, match="power"):
                leave(people, "weekly", person_of(people).public_id, CLICK)
        assert state_of(people) is State.ACTIVE
        assert journal_of(people) == [("left", "weekly")]
        leave(people, "weekly", person_of(people).public_id, CLICK)
        assert state_of(people) is State.UNSUBSCRIBED


def test_old_links_of_a_renamed_newsletter_work(tmp_path: Path) -> None:
    site = newsletter_site(tmp_path / "site")
    with people_of(site) as people:
        active(people)
        public_id = person_of(people).public_id
        add(people, BOB, "weekly", Enrolment())
        send_confirmations(people)
        confirmation = link_in(people, mail_to(people, BOB))
        with database.transaction(people.db):
            newsletters.rename(people.db, "weekly", "sunday")
    site.configure("\n".join((SETTINGS, NEWSLETTER.replace('"weekly"', '"sunday"'))))
    with people_of(site) as people:
        assert looked_up(people, "weekly", public_id).title == "주간 브리핑"
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.CONFIRMED
        leave(people, "weekly", public_id, CLICK)
        assert state_of(people, ANN, "sunday") is State.UNSUBSCRIBED
        assert state_of(people, BOB, "sunday") is State.ACTIVE


def test_a_confirmation_activates_and_keeps_the_proof(site: Site) -> None:
    with people_of(site) as people:
        confirmation = _asked(people)
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.CONFIRMED
        assert state_of(people) is State.ACTIVE
        (*_, proof) = consents.of(people.db, person_of(people).id)
        assert (proof.event, proof.way, proof.newsletter) == ("confirmed", "link", "weekly")
        assert (proof.ip, len(proof.user_agent)) == ("2001:db8:1::/48", 200)
        assert proof.wording == confirmation.wording
        assert "‘주간 브리핑’" in consents.wording(people.db, proof.wording)


def test_a_second_confirmation_says_already_and_changes_nothing(site: Site) -> None:
    with people_of(site) as people:
        confirmation = _asked(people)
        confirm(people, "weekly", confirmation, LINK)
        before = events_of(people)
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.ALREADY
        assert events_of(people) == before


def test_looking_changes_nothing(site: Site) -> None:
    with people_of(site) as people:
        _asked(people)
        before = list(people.db.iterdump())
        person = looked_up(people, "weekly", person_of(people).public_id)
        assert (person.masked, person.state) == ("A***@e***.com", State.PENDING)
        assert (person.title, person.language) == ("주간 브리핑", "ko")
        assert list(people.db.iterdump()) == before
        assert state_of(people) is State.PENDING


def test_looking_at_nobody_tells_nothing(site: Site) -> None:
    with people_of(site) as people:
        nobody = looked_up(people, "vanished", "A" * 22)
    assert (nobody.masked, nobody.title, nobody.state) == ("", "한반도 브리핑", None)


def test_a_person_reads_their_own_language(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment(language="en"))
        assert looked_up(people, "weekly", person_of(people).public_id).language == "en"


def test_a_link_from_before_the_person_left_is_dead(site: Site) -> None:
    with people_of(site) as people:
        confirmation = _asked(people)
        leave(people, "weekly", person_of(people).public_id, CLICK)
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.DEAD
    with people_of(site, NOW + timedelta(minutes=1)) as people:
        add(people, ANN, "weekly", Enrolment(again=True))
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.DEAD
        assert state_of(people) is State.PENDING


def test_a_link_to_an_erased_or_suppressed_person_is_dead(site: Site) -> None:
    with people_of(site) as people:
        confirmation = _asked(people)
        with database.transaction(people.db):
            number = person_of(people).address_hash
            suppression.suppress(people.db, number, SuppressionReason.COMPLAINED, NOW)
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.DEAD
        assert state_of(people) is State.PENDING
        erase(people, ANN)
        assert confirm(people, "weekly", confirmation, LINK) is Confirmed.DEAD


def test_a_link_for_other_words_or_another_newsletter_is_dead(site: Site) -> None:
    with people_of(site) as people:
        confirmation = _asked(people)
        other = Confirmation(public_id=confirmation.public_id, wording="v0", issued=NOW)
        assert confirm(people, "weekly", other, LINK) is Confirmed.DEAD
        assert confirm(people, "monthly", confirmation, LINK) is Confirmed.DEAD
        assert confirm(people, "vanished", confirmation, LINK) is Confirmed.DEAD
        assert events_of(people) == ["requested", "mailed"]


def test_times_are_kept_in_utc(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        assert person_of(people).created.tzinfo is UTC
