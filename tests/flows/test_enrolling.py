"""The operator adds somebody, takes them off, and lifts a suppression."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.audience.lifecycle import PENDING_FOR
from newsfeed.errors import NewsfeedError, UsageError
from newsfeed.flows.confirming import send_confirmations
from newsfeed.flows.enrolling import Added, Enrolment, add, reinstate, unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.flows.keeping import keep_house
from newsfeed.flows.people import People
from newsfeed.flows.profile import counted, profile
from newsfeed.flows.subscribing import Confirmed, Visitor, confirm
from newsfeed.model import SubscriptionState as State
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, database, suppression
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
from tests.kit import Site

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path / "site")


def _suppress(people: People, reason: SuppressionReason) -> None:
    with database.transaction(people.db):
        suppression.suppress(people.db, person_of(people).address_hash, reason, people.now)


def test_a_stated_consent_makes_active_and_is_kept(site: Site) -> None:
    with people_of(site) as people:
        said = Enrolment(consent="paper form 7", consented=NOW - timedelta(days=9))
        assert add(people, ANN, "weekly", said) == Added(state=State.ACTIVE, changed=True)
        (proof,) = consents.of(people.db, person_of(people).id)
        assert (proof.event, proof.source, proof.at) == ("stated", "paper form 7", NOW)
        assert proof.consented == NOW - timedelta(days=9)


def test_without_a_consent_somebody_is_pending(site: Site) -> None:
    with people_of(site) as people:
        assert add(people, ANN, "weekly", Enrolment()).state is State.PENDING
        assert add(people, ANN, "weekly", Enrolment()) == Added(state=State.PENDING, changed=False)
        assert events_of(people) == ["requested"]
        assert add(people, ANN, "weekly", Enrolment(consent="a form")).state is State.ACTIVE
        assert add(people, ANN, "weekly", Enrolment()) == Added(state=State.ACTIVE, changed=False)


def test_an_address_is_one_person_however_it_is_written(site: Site) -> None:
    with people_of(site) as people:
        active(people, parse_address("Ann.Lee@Example.com"))
        active(people, parse_address("ann.lee@example.COM"), "monthly")
        found = profile(people, ANN)
        assert len(found.subscriptions) == 2
        assert found.address == "Ann.Lee@example.com"


def test_names_and_languages_are_kept_until_others_are_given(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment(name=" {{ Ann }}\r\nBcc: x\u202e", language="en"))
        assert person_of(people).name == "{{ Ann }} Bcc: x"
        add(people, ANN, "monthly", Enrolment())
        assert (person_of(people).name, person_of(people).language) == ("{{ Ann }} Bcc: x", "en")
        add(people, ANN, "monthly", Enrolment(name="Ann", language="ko"))
        assert (person_of(people).name, person_of(people).language) == ("Ann", "ko")


@pytest.mark.parametrize("consent", ["", "a form"])
def test_whoever_left_is_taken_back_by_their_own_confirmation_only(
    site: Site, consent: str
) -> None:
    with people_of(site) as people:
        active(people)
        unsubscribe(people, ANN)
        with pytest.raises(NewsfeedError, match=r"left weekly on 2026-11-20.*--again"):
            add(people, ANN, "weekly", Enrolment(consent=consent))
        assert state_of(people) is State.UNSUBSCRIBED
        said = Enrolment(consent=consent, again=True)
        assert add(people, ANN, "weekly", said) == Added(state=State.PENDING, changed=True)
        assert events_of(people) == ["stated", "left", "requested"]


def _confirmed(people: People, newsletter: str = "weekly") -> Confirmed:
    """The person confirms by the link of a mail."""
    send_confirmations(people, newsletter)
    said = link_in(people, mail_to(people, newsletter=newsletter), newsletter)
    return confirm(people, newsletter, said, Visitor(way="link"))


def test_who_left_and_was_asked_again_is_not_taken_back_by_a_stated_consent(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        unsubscribe(people, ANN)
        add(people, ANN, "weekly", Enrolment(again=True))
        with pytest.raises(NewsfeedError, match="only their own confirmation counts"):
            active(people)
        assert state_of(people) is State.PENDING
        said = Enrolment(consent="a form", again=True)
        assert add(people, ANN, "weekly", said) == Added(state=State.PENDING, changed=False)
        assert active(people, newsletter="monthly").state is State.ACTIVE
        assert _confirmed(people) is Confirmed.CONFIRMED
        assert state_of(people) is State.ACTIVE


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_a_reinstated_address_comes_back_by_its_owners_confirmation_only(
    site: Site, reason: SuppressionReason
) -> None:
    with people_of(site) as people:
        active(people)
        _suppress(people, reason)
        reinstate(people, ANN)
        for newsletter in ("weekly", "monthly"):
            with pytest.raises(NewsfeedError, match="only their own confirmation counts"):
                active(people, newsletter=newsletter)
        assert (state_of(people), state_of(people, newsletter="monthly")) == (State.PENDING, None)
        assert _confirmed(people) is Confirmed.CONFIRMED
        assert active(people, newsletter="monthly").state is State.ACTIVE


def test_an_address_that_was_erased_and_reinstated_has_to_confirm(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        erase(people, ANN)
        reinstate(people, ANN)
        with pytest.raises(NewsfeedError, match="only their own confirmation counts"):
            active(people)
        assert not profile(people, ANN).known
        said = Enrolment(consent="a form", again=True)
        assert add(people, ANN, "weekly", said) == Added(state=State.PENDING, changed=True)
        assert _confirmed(people) is Confirmed.CONFIRMED


def test_who_did_not_confirm_after_a_suppression_is_still_not_taken_back(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        _suppress(people, SuppressionReason.COMPLAINED)
        assert reinstate(people, ANN).pending == ("weekly",)
    with site.shop(NOW + PENDING_FOR + timedelta(days=1)) as shop:
        keep_house(shop)
    with people_of(site, NOW + PENDING_FOR + timedelta(days=2)) as people:
        with pytest.raises(NewsfeedError, match="left weekly"):
            active(people)
        assert state_of(people) is State.UNSUBSCRIBED


def test_a_link_from_before_a_suppression_is_dead(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
        said = link_in(people, mail_to(people))
        _suppress(people, SuppressionReason.COMPLAINED)
    with people_of(site, LATER) as people:
        reinstate(people, ANN)
        assert confirm(people, "weekly", said, Visitor(way="link")) is Confirmed.DEAD


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_a_suppressed_address_is_refused_with_the_way_out(
    site: Site, reason: SuppressionReason
) -> None:
    with people_of(site) as people:
        active(people)
        _suppress(people, reason)
        for again in (False, True):
            said = Enrolment(consent="a form", again=again)
            with pytest.raises(NewsfeedError, match=f"{reason.value} since .* reinstate"):
                add(people, ANN, "monthly", said)
        assert state_of(people, newsletter="monthly") is None


def test_an_unknown_newsletter_is_refused_with_the_nearest(site: Site) -> None:
    with people_of(site) as people:
        with pytest.raises(UsageError, match="did you mean `weekly`"):
            add(people, ANN, "wekly", Enrolment())
        with pytest.raises(UsageError, match="there are: `weekly`, `monthly`"):
            unsubscribe(people, ANN, "zzz")
        assert not profile(people, ANN).known


def test_one_can_be_taken_off_a_newsletter_that_vanished(site: Site) -> None:
    with people_of(site) as people:
        active(people)
    site.configure((site.folder / "newsfeed.toml").read_text().replace('"weekly"', '"other"'))
    with people_of(site) as people:
        with pytest.raises(UsageError):
            active(people, BOB, "weekly")
        assert [count.newsletter for count in counted(people)] == ["other", "monthly", "weekly"]
        assert unsubscribe(people, ANN, "weekly") == ["weekly"]


def test_unsubscribing_takes_off_one_or_all(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        active(people, newsletter="monthly")
        delivery(people, edition(people.db))
        assert unsubscribe(people, ANN, "weekly") == ["weekly"]
        assert unsubscribe(people, ANN) == ["monthly"]
        assert unsubscribe(people, ANN) == []
        assert unsubscribe(people, BOB) == []
        assert journal_of(people) == [("left", "weekly"), ("left", "monthly")]
        assert deliveries(people.db) == [("dropped", "left")]
        assert events_of(people)[2:] == ["left", "left"]


def test_a_reinstated_address_gets_nothing_until_the_person_confirms(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        active(people, newsletter="monthly")
        unsubscribe(people, ANN, "monthly")
        _suppress(people, SuppressionReason.COMPLAINED)
        done = reinstate(people, ANN)
        assert (done.reason, done.pending) == (SuppressionReason.COMPLAINED, ("weekly",))
        assert state_of(people) is State.PENDING
        assert state_of(people, newsletter="monthly") is State.UNSUBSCRIBED
        assert events_of(people)[-1] == "reinstated"
        assert journal_of(people)[-1] == ("reinstated", "")


def test_reinstating_what_is_not_suppressed_changes_nothing(site: Site) -> None:
    with people_of(site) as people:
        active(people)
        assert reinstate(people, ANN).reason is None
        assert reinstate(people, BOB).reason is None
        assert state_of(people) is State.ACTIVE
        assert journal_of(people) == []


def test_a_profile_tells_everything(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment(name="Ann", language="en", consent="a form"))
        delivery(people, edition(people.db, slug="2026-11-16"), state="sent", reply="250 queued")
        _suppress(people, SuppressionReason.BOUNCED)
    with people_of(site, LATER) as people:
        found = profile(people, ANN)
        person = person_of(people)
    assert (found.known, found.name, found.language) == (True, "Ann", "en")
    assert (found.address, found.public_id) == (ANN.address, person.public_id)
    assert (found.created, found.suppressed, found.suppressed_since) == (NOW, "bounced", NOW)
    (subscription,) = found.subscriptions
    assert (subscription.newsletter, subscription.state) == ("weekly", State.ACTIVE)
    (agreed,) = found.consents
    assert (agreed.consent.event, agreed.consent.source) == ("stated", "a form")
    (letter,) = found.deliveries
    assert (letter.edition, letter.state) == ("weekly/2026-11-16", "sent")
    assert letter.reply == "250 queued"
    assert letter.message_id.endswith("@example.org>")


def test_an_unknown_address_has_an_empty_profile(site: Site) -> None:
    with people_of(site) as people:
        found = profile(people, ANN)
    assert (found.known, found.suppressed, found.subscriptions) == (False, "", ())
