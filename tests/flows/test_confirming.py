"""Those who have yet to confirm: the mail that asks them, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.address import parse_address
from newsfeed.app import people_of as people_in
from newsfeed.audience.lifecycle import PENDING_FOR, Mailing
from newsfeed.audience.tokens import CONFIRM_WITHIN
from newsfeed.deliver import outbox
from newsfeed.errors import OutputError, StoreError
from newsfeed.flows.confirming import pending, send_confirmations
from newsfeed.flows.enrolling import Enrolment, add, reinstate, unsubscribe
from newsfeed.flows.keeping import keep_house, next_expiry
from newsfeed.flows.people import People
from newsfeed.flows.renaming import rename
from newsfeed.flows.subscribing import Confirmed, Visitor, confirm
from newsfeed.model import SubscriptionState as State
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, database, facts, subscribers, suppression
from tests.flows.people_kit import (
    ANN,
    BOB,
    NOW,
    active,
    events_of,
    link_in,
    mail_to,
    newsletter_site,
    people_of,
    person_of,
    state_of,
)
from tests.kit import Site, plain

CHO = parse_address("cho@example.net")
DAY = timedelta(days=1)
SPAM = "Win http://spam.example now {link}"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return newsletter_site(tmp_path / "site")


def _letters(people: People) -> int:
    return sum(1 for _ in people.plan.outbox.rglob("*.eml"))


def _why(people: People) -> list[Mailing]:
    return [one.mailing for one in pending(people)]


def test_nobody_is_mailed_by_being_added_or_listed(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        assert _why(people) == [Mailing.MAY]
        assert not people.plan.outbox.exists()


def test_each_pending_person_is_mailed_once(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        active(people, BOB)
        assert send_confirmations(people).mailed == 1
        assert send_confirmations(people).mailed == 0
        assert (_letters(people), _why(people)) == (1, [Mailing.ASKED])
    with people_of(site, NOW + CONFIRM_WITHIN) as people:
        assert send_confirmations(people).mailed == 0


def test_whose_link_ran_out_gets_one_that_works_and_no_more(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
        first = mail_to(people)["Message-ID"]
    with people_of(site, NOW + CONFIRM_WITHIN + timedelta(seconds=1)) as people:
        assert _why(people) == [Mailing.RAN_OUT]
        assert send_confirmations(people).mailed == 1
        assert send_confirmations(people).mailed == 0
        assert (mail_to(people)["Message-ID"] != first, _letters(people)) == (True, 1)
        assert link_in(people, mail_to(people)).issued == people.now.replace(microsecond=0)
    with people_of(site, NOW + 20 * DAY) as people:
        assert _why(people) == [Mailing.ASKED_TWICE]
        assert send_confirmations(people).mailed == 0


def test_whose_link_is_for_other_words_can_be_mailed_again(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
    text = (site.folder / "newsfeed.toml").read_text().replace("주간 브리핑", "주간 소식")
    site.configure(text)
    with people_of(site, NOW + DAY) as people:
        assert _why(people) == [Mailing.REWORDED]
        assert send_confirmations(people).mailed == 1
        said = link_in(people, mail_to(people))
        assert confirm(people, "weekly", said, Visitor(way="link")) is Confirmed.CONFIRMED


def test_who_was_imported_is_mailed_once(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        people.db.execute("UPDATE consent SET way = 'import'")
        people.db.commit()
        assert send_confirmations(people).mailed == 1
    with people_of(site, NOW + 20 * DAY) as people:
        assert _why(people) == [Mailing.IMPORTED]
        assert send_confirmations(people).mailed == 0


def test_a_request_that_expires_takes_its_mail_along(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        add(people, ANN, "monthly", Enrolment(consent="a form"))
        add(people, BOB, "monthly", Enrolment())
        send_confirmations(people)
        number = person_of(people).address_hash
        outbox.write(people.plan.outbox / "monthly/confirm", number, b"To: Ann\r\n\r\n")
        outbox.write(people.plan.outbox / "weekly/2026-11-16", number, b"To: Ann\r\n\r\n")
    with people_of(site, NOW + DAY) as people:
        add(people, CHO, "weekly", Enrolment())
        send_confirmations(people)
        last = person_of(people, CHO).address_hash
    with site.shop(NOW + PENDING_FOR) as shop:
        keep_house(shop)
        assert len(list(shop.plan.outbox.rglob("*.eml"))) == 5
    with site.shop(NOW + PENDING_FOR + timedelta(seconds=1)) as shop:
        keep_house(shop)
        left = {str(p.relative_to(shop.plan.outbox)) for p in shop.plan.outbox.rglob("*.eml")}
    assert left == {
        f"weekly/confirm/{last}.eml",
        f"monthly/confirm/{number}.eml",
        f"weekly/2026-11-16/{number}.eml",
    }


def test_an_expired_mail_is_found_under_the_newsletters_former_name(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
    site.configure((site.folder / "newsfeed.toml").read_text().replace('"weekly"', '"digest"'))
    with people_of(site) as people:
        rename(people, "weekly", "digest")
        assert _letters(people) == 1
    with site.shop(NOW + PENDING_FOR + DAY) as shop:
        keep_house(shop)
        assert not list(shop.plan.outbox.rglob("*.eml"))


def test_a_crash_while_requests_expire_leaves_them_to_expire(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OutputError("the power went")

    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
    with site.shop(NOW + PENDING_FOR + DAY) as shop:
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "erase", crash)
            with pytest.raises(OutputError, match="power"):
                keep_house(shop)
        assert state_of(people_in(shop)) is State.PENDING
        keep_house(shop)
        assert not list(shop.plan.outbox.rglob("*.eml"))


def test_a_run_knows_when_the_next_request_expires(site: Site) -> None:
    with people_of(site) as people:
        assert next_expiry(people.db, NOW) == NOW + PENDING_FOR
        add(people, ANN, "weekly", Enrolment())
        ends = NOW + PENDING_FOR + timedelta(seconds=1)
        assert next_expiry(people.db, NOW + 20 * DAY) == ends
    with site.shop(ends - timedelta(seconds=1)) as shop:
        keep_house(shop)
        assert subscribers.counts(shop.db) != {}
    with site.shop(ends) as shop:
        keep_house(shop)
        assert subscribers.counts(shop.db) == {}


def test_the_mail_is_small_and_says_nothing_of_the_subscribers(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment(name=SPAM, language="en"))
        send_confirmations(people)
        mail = mail_to(people)
        kinds = [part.get_content_type() for part in mail.iter_parts()]
        assert kinds == ["text/plain", "text/html"]
        assert (mail["To"], mail["Auto-Submitted"]) == (ANN.address, "auto-generated")
        assert mail["From"].addresses[0].addr_spec == "news@example.org"
        assert mail["Subject"] == "Please confirm your subscription: 주간 브리핑"
        assert "List-Unsubscribe" not in mail
        text = plain(mail)
        assert "spam" not in mail.as_string() + "".join(p.get_content() for p in mail.iter_parts())
        assert len(mail.as_bytes()) < 16 * 1024
        assert len(text) < 1000
        assert link_in(people, mail).public_id == person_of(people).public_id


def test_the_link_of_the_mail_confirms(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
        said = link_in(people, mail_to(people))
        assert confirm(people, "weekly", said, Visitor(way="link")) is Confirmed.CONFIRMED
        assert events_of(people) == ["requested", "mailed", "confirmed"]
        assert not list(pending(people))


def test_what_was_mailed_is_on_record_with_its_message_id_and_words(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        send_confirmations(people)
        (_, mailed) = consents.of(people.db, person_of(people).id)
        assert mailed.message_id == mail_to(people)["Message-ID"]
        words = consents.wording(people.db, mailed.wording)
        assert words in " ".join(plain(mail_to(people)).split())


def test_an_address_gets_one_mail_in_24_hours_whatever_the_newsletter(site: Site) -> None:
    with people_of(site) as people:
        for newsletter in ("weekly", "monthly"):
            add(people, ANN, newsletter, Enrolment())
        assert send_confirmations(people).mailed == 1
        assert sorted(_why(people)) == sorted([Mailing.ASKED, Mailing.TOO_SOON])
    with people_of(site, NOW + DAY - timedelta(seconds=1)) as people:
        assert send_confirmations(people).mailed == 0
    with people_of(site, NOW + DAY) as people:
        assert send_confirmations(people).mailed == 1


def test_an_address_gets_three_mails_for_ever(site: Site) -> None:
    for day in range(6):
        with people_of(site, NOW + day * 2 * DAY) as people:
            add(people, ANN, "weekly", Enrolment(again=True))
            assert send_confirmations(people).mailed == (1 if day < 3 else 0)
        with people_of(site, NOW + day * 2 * DAY + timedelta(hours=1)) as people:
            unsubscribe(people, ANN)
            mails = events_of(people).count("mailed")
    assert mails == 3


def test_the_three_mails_do_not_begin_anew_when_a_request_expires(site: Site) -> None:
    mailed = 0
    for turn in range(5):
        now = NOW + turn * (PENDING_FOR + DAY)
        with site.shop(now) as shop:
            keep_house(shop)
        with people_of(site, now) as people:
            assert add(people, ANN, "weekly", Enrolment()).changed
            mailed += send_confirmations(people).mailed
    assert mailed == 3


def test_no_more_than_the_limit_are_mailed_and_the_rest_is_told(site: Site) -> None:
    with people_of(site) as people:
        for newsletter, address in (("weekly", ANN), ("weekly", BOB)):
            add(people, address, newsletter, Enrolment())
        done = send_confirmations(people, limit=1)
        assert (done.mailed, done.left, _letters(people)) == (1, 1, 1)
        assert send_confirmations(people, limit=1).left == 0


def test_only_the_newsletter_that_is_named_is_asked_for(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        add(people, BOB, "monthly", Enrolment())
        assert send_confirmations(people, "monthly").mailed == 1
        assert mail_to(people, BOB, "monthly")["To"] == BOB.address
        assert [one.address for one in pending(people, "weekly")] == [ANN.address]


def test_after_a_crash_the_same_mail_is_written_over_itself(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went")

    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        with monkeypatch.context() as patch:
            patch.setattr(consents, "record", crash)
            with pytest.raises(OSError, match="power"):
                send_confirmations(people)
        first = mail_to(people)["Message-ID"]
        assert send_confirmations(people).mailed == 1
        assert (mail_to(people)["Message-ID"], _letters(people)) == (first, 1)


def test_a_mail_that_cannot_be_written_is_not_on_record(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("no room")

    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        monkeypatch.setattr(outbox, "write", full)
        with pytest.raises(OutputError):
            send_confirmations(people)
        assert events_of(people) == ["requested"]


def test_the_suppressed_are_not_asked(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        with database.transaction(people.db):
            number = person_of(people).address_hash
            suppression.suppress(people.db, number, SuppressionReason.BOUNCED, NOW)
        assert send_confirmations(people).mailed == 0
        assert reinstate(people, ANN).reason is SuppressionReason.BOUNCED
        assert send_confirmations(people).mailed == 1


def test_for_a_newsletter_that_vanished_nobody_is_asked(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
    site.configure((site.folder / "newsfeed.toml").read_text().replace('"weekly"', '"other"'))
    with people_of(site) as people:
        assert _why(people) == [Mailing.GONE]
        assert send_confirmations(people).mailed == 0


def test_a_paused_store_sends_nothing(site: Site) -> None:
    with people_of(site) as people:
        add(people, ANN, "weekly", Enrolment())
        with database.transaction(people.db):
            facts.pause(people.db, "restored from a backup")
        with pytest.raises(StoreError, match="restored from a backup"):
            send_confirmations(people)
        assert _letters(people) == 0
