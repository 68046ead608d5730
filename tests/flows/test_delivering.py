"""Letters in the outbox: each recipient once, by the ledger."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsfeed.audience.keys import address_hash
from newsfeed.deliver import outbox
from newsfeed.flows import delivering, filing
from newsfeed.flows.locks import delivery_lock
from newsfeed.flows.pressing import Press
from newsfeed.flows.status import status
from newsfeed.flows.subscribing import Visitor, leave
from newsfeed.model import DeliveryState, EditionState
from newsfeed.store import database, deliveries, editions, newsletters, subscribers
from tests.kit import NEWSLETTER, SETTINGS, Site

FRIDAY = datetime(2026, 11, 20, 3, tzinfo=UTC)
MONDAY = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)
PEOPLE = tuple(f"reader{number}@example.org" for number in range(5))
EDITION = "weekly/2026-11-23"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path, SETTINGS + NEWSLETTER)
    site.post("one.md", date="2026-11-01")
    site.publish(FRIDAY)
    site.subscribe(*PEOPLE)
    return site


def parsed(message: bytes) -> email.message.EmailMessage:
    found = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    return found


def recipients(site: Site) -> list[str]:
    return sorted(str(parsed(message)["To"]) for message in site.outbox(EDITION).values())


def test_every_active_subscriber_gets_a_letter_of_their_own(site: Site) -> None:
    site.round(MONDAY)
    assert recipients(site) == sorted(PEOPLE)
    for message in site.outbox().values():
        own = str(parsed(message)["To"])
        assert not [one for one in PEOPLE if one != own and one.encode() in message]


def test_message_ids_differ_by_person_and_name_nobody(site: Site) -> None:
    site.round(MONDAY)
    ids = {str(parsed(message)["Message-ID"]) for message in site.outbox().values()}
    assert len(ids) == len(PEOPLE)
    assert all(re.fullmatch(r"<[0-9a-f]{32}@example\.org>", one) for one in ids)


def test_a_letter_made_again_after_a_crash_has_the_same_message_id(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters are written, and the process dies before their outcomes are stored."""
    site.publish(MONDAY)

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(deliveries, "finish", die)
        site.deliver(MONDAY)
    before = {path: parsed(message)["Message-ID"] for path, message in site.outbox().items()}
    assert len(before) == len(PEOPLE)
    site.deliver(MONDAY + timedelta(minutes=5))
    after = {path: parsed(message)["Message-ID"] for path, message in site.outbox().items()}
    assert after == before
    with site.people(MONDAY) as who:
        (one,) = status(who, EDITION).editions
    assert one.counts == {DeliveryState.SENT: len(PEOPLE)}
    assert one.state is EditionState.SENT


def test_who_leaves_after_the_release_gets_no_letter(site: Site) -> None:
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        person = subscribers.find(who.db, address_hash(who.keys, PEOPLE[0]))
        assert person
        leave(who, "weekly", person.public_id, Visitor(way="link"))
    site.deliver(MONDAY)
    assert recipients(site) == sorted(PEOPLE[1:])


def test_who_comes_after_the_release_gets_the_next_edition_only(site: Site) -> None:
    site.publish(MONDAY)
    site.subscribe("late@example.org", now=MONDAY)
    site.deliver(MONDAY)
    assert recipients(site) == sorted(PEOPLE)


def test_the_outbox_holds_as_many_letters_of_an_edition_as_its_limit_allows(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + "[mail.files]\nlimit = 2\n")
    site.round(MONDAY)
    assert len(site.outbox(EDITION)) == 2
    with site.people(MONDAY) as who:
        (one,) = status(who, EDITION, failed=True).editions
    assert one.counts == {DeliveryState.SENT: 2, DeliveryState.LIMITED: 3}
    assert {person.reply for person in one.unserved} == {
        "the outbox holds 2 letters of an edition (mail.files.limit)"
    }


def test_a_paused_edition_gets_nothing_at_the_next_claim(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pausing takes effect between two claims of a delivery that runs."""
    monkeypatch.setattr(filing, "_BATCH", 2)
    site.publish(MONDAY)
    written = outbox.write_many

    def write_and_pause(folder: Path, letters: list[tuple[str, bytes]]) -> int:
        with database.connect(site.plan().store, MONDAY) as other:
            edition = editions.find(other, EDITION)
            assert edition
            editions.set_state(other, edition.id, EditionState.PAUSED, "wait")
        return written(folder, letters)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "write_many", write_and_pause)
        site.deliver(MONDAY)
    assert len(site.outbox(EDITION)) == 2
    with site.people(MONDAY) as who:
        edition = editions.find(who.db, EDITION)
        assert edition
        assert edition.state is EditionState.PAUSED
        editions.set_state(who.db, edition.id, EditionState.RELEASED)
    site.deliver(MONDAY)
    assert recipients(site) == sorted(PEOPLE)


def test_a_paused_newsletter_delivers_nothing_until_it_is_resumed(site: Site) -> None:
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        newsletters.pause(who.db, "weekly", MONDAY, None)
    site.deliver(MONDAY)
    assert site.outbox() == {}
    with site.people(MONDAY) as who:
        newsletters.resume(who.db, "weekly")
    site.deliver(MONDAY)
    assert len(site.outbox()) == len(PEOPLE)


def test_a_second_run_leaves_delivery_to_the_first(site: Site) -> None:
    site.publish(MONDAY)
    with delivery_lock(site.plan(), 0), site.people(MONDAY) as who:
        assert delivering.deliver(who, clock=lambda: MONDAY, patience=0) is None
    assert site.outbox() == {}


def test_outcomes_of_a_claim_that_is_no_longer_in_force_are_not_written(site: Site) -> None:
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        edition = editions.find(who.db, EDITION)
        assert edition
        with database.transaction(who.db):
            first = deliveries.claim(who.db, edition.id, "first", MONDAY, 10)
        later = MONDAY + 2 * deliveries.LEASE
        with database.transaction(who.db):
            assert deliveries.free_expired(who.db, edition.id, later) == len(PEOPLE)
            second = deliveries.claim(who.db, edition.id, "second", later, 10)
        assert len(first) == len(second) == len(PEOPLE)
        failed = [deliveries.Outcome(claim=one, state=DeliveryState.FAILED) for one in first]
        deliveries.finish(who.db, failed, later)
        assert deliveries.counts_of(who.db, edition.id) == {DeliveryState.QUEUED: len(PEOPLE)}
        sent = [deliveries.Outcome(claim=one, state=DeliveryState.SENT) for one in second]
        deliveries.finish(who.db, sent, later)
        assert deliveries.counts_of(who.db, edition.id) == {DeliveryState.SENT: len(PEOPLE)}


def test_nobody_claims_what_another_holds(site: Site) -> None:
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        edition = editions.find(who.db, EDITION)
        assert edition
        with database.transaction(who.db):
            first = deliveries.claim(who.db, edition.id, "first", MONDAY, 3)
            second = deliveries.claim(who.db, edition.id, "second", MONDAY, 10)
            third = deliveries.claim(who.db, edition.id, "third", MONDAY, 10)
    assert (len(first), len(second), len(third)) == (3, 2, 0)
    assert not {one.subscriber_id for one in first} & {one.subscriber_id for one in second}


def test_an_edition_that_nobody_subscribed_to_is_complete_at_once(tmp_path: Path) -> None:
    site = Site(tmp_path, SETTINGS + NEWSLETTER)
    site.post("one.md", date="2026-11-01")
    site.publish(FRIDAY)
    site.round(MONDAY)
    with site.people(MONDAY) as who:
        (one,) = status(who).editions
    assert (one.state, one.recipients) == (EditionState.SENT, 0)


def test_the_way_to_leave_works_for_each_letter(site: Site) -> None:
    """The link of a letter belongs to its own recipient, in the header and in both parts."""
    from newsfeed.audience.tokens import read_leave_token

    site.round(MONDAY)
    with site.people(MONDAY) as who:
        for path, message in site.outbox().items():
            letter = parsed(message)
            link = str(letter["List-Unsubscribe"])
            assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            found = re.fullmatch(r"<https://news\.example\.org/u/weekly/([^>]+)>", link)
            assert found
            assert read_leave_token(who.keys, "weekly", found[1]) == Path(path).stem
            for kind in ("plain", "html"):
                part = letter.get_body((kind,))
                assert part
                assert link.strip("<>") in part.get_content()


def broken_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody can write a correct letter to that address, or ("") to anybody."""
    written = Press.message

    def message(self: Press, claim: deliveries.Claim, now: datetime) -> bytes:
        if address in ("", claim.address):
            raise ValueError("not for a header")
        return written(self, claim, now)

    monkeypatch.setattr(Press, "message", message)


def test_a_copy_that_cannot_be_written_fails_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_for(PEOPLE[2], monkeypatch)
    site.round(MONDAY)
    assert recipients(site) == sorted(set(PEOPLE) - {PEOPLE[2]})
    with site.people(MONDAY) as who:
        (one,) = status(who, EDITION, failed=True).editions
    assert one.state is EditionState.SENT
    assert [person.address for person in one.unserved] == [PEOPLE[2]]


def test_what_fails_for_everybody_pauses_the_edition_with_the_reason(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_for("", monkeypatch)
    site.round(MONDAY)
    with site.people(MONDAY) as who:
        (one,) = status(who, EDITION).editions
    assert (one.state, one.why) == (EditionState.PAUSED, "ValueError")


def test_letters_written_before_a_crash_are_not_counted_against_the_limit_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.configure(SETTINGS + NEWSLETTER + "[mail.files]\nlimit = 5\n")
    site.publish(MONDAY)

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(deliveries, "finish", die)
        site.deliver(MONDAY)
    site.deliver(MONDAY)
    with site.people(MONDAY) as who:
        (one,) = status(who, EDITION).editions
    assert one.counts == {DeliveryState.SENT: 5}


def test_an_edition_that_is_released_while_another_is_delivered_goes_along(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.configure(SETTINGS + NEWSLETTER + NEWSLETTER.replace("weekly", "second"))
    site.publish(FRIDAY)
    site.subscribe(PEOPLE[0], newsletter="second")
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        second = editions.find(who.db, "second/2026-11-23")
        assert second
        editions.set_state(who.db, second.id, EditionState.PAUSED)
    written = outbox.write_many

    def write_and_resume(folder: Path, letters: list[tuple[str, bytes]]) -> int:
        with database.connect(site.plan().store, MONDAY) as other:
            editions.set_state(other, second.id, EditionState.RELEASED)
        return written(folder, letters)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "write_many", write_and_resume)
        site.deliver(MONDAY)
    assert len(site.outbox("second/2026-11-23")) == 1


def test_a_newsletter_that_is_not_in_the_settings_is_not_released(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'approval = "manual"\n')
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        edition = editions.find(who.db, EDITION)
        assert edition
        editions.set_state(who.db, edition.id, EditionState.READY)
    site.configure(SETTINGS + NEWSLETTER.replace("weekly", "other"))
    report = site.publish(MONDAY + timedelta(minutes=1))
    assert report.released == ()
    assert any("weekly" in line and "rename" in line for line in report.warnings)
    site.configure(SETTINGS + NEWSLETTER)
    site.round(MONDAY + timedelta(minutes=2))
    assert recipients(site) == sorted(PEOPLE)


def test_letters_released_by_a_clock_that_was_ahead_go_at_the_right_time_too(site: Site) -> None:
    site.publish(MONDAY)
    site.deliver(MONDAY - timedelta(hours=12))
    assert recipients(site) == sorted(PEOPLE)


def test_a_delivery_that_stands_still_says_why(site: Site) -> None:
    site.publish(MONDAY)
    with site.people(MONDAY) as who:
        newsletters.pause(who.db, "weekly", MONDAY, None)
    (one,) = site.deliver(MONDAY) or []
    assert one.why == "weekly is paused: `newsfeed resume weekly`"
    with site.people(MONDAY) as who:
        (told,) = status(who).editions
    assert told.why == one.why


def test_letters_that_were_left_out_end_with_status_3(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + "[mail.files]\nlimit = 2\n")
    done = site.run("send", "weekly")
    assert done.returncode == 3
    assert "3 letters not written" in done.stderr


def test_a_newsletter_of_text_gets_text_alone(site: Site) -> None:
    site.configure(SETTINGS + NEWSLETTER + 'format = "text"\n')
    site.round(MONDAY)
    assert {parsed(message).get_content_type() for message in site.outbox().values()} == {
        "text/plain"
    }
