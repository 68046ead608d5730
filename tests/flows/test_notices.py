"""What subscribers are told by mail besides letters: what it says, and to whom it goes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.audience.notice_words import KINDS, Facts, notice_words
from newsfeed.audience.tokens import Preferring, read_leave_token, read_preferences_token
from newsfeed.deliver import outbox
from newsfeed.digest.cells import cut, width
from newsfeed.digest.gate import flaws
from newsfeed.digest.notice import build_notice
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.enrolling import Enrolment, add, unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.flows.keeping import prune
from newsfeed.flows.notice_queue import Kind
from newsfeed.flows.people import People
from newsfeed.flows.preferring import Wish, prefer
from newsfeed.flows.renaming import rename
from newsfeed.flows.renewing import queue_renewals
from newsfeed.flows.subscribing import Visitor, leave
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, database, facts, notice_mails, suppression
from tests.flows.notices_kit import (
    BY_LINK,
    COMMERCIAL,
    MANY,
    commercial_site,
    filed,
    joined,
    queued,
    rows,
    sent,
)
from tests.flows.people_kit import ANN, BOB, NOW, active, events_of, people_of, person_of
from tests.kit import NEWSLETTER, SETTINGS, Site, plain

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return commercial_site(tmp_path / "site")


def test_consent_and_withdrawal_are_told_with_who_what_when_and_how_to_leave__l_k_08(
    site: Site,
) -> None:
    with people_of(site) as people:
        joined(people)
        assert sent(people) == Mailed(mailed=1, left=0)
        ((path, mail),) = filed(site)
        assert path == f"weekly/notices/{person_of(people).address_hash}-confirmed.eml"
        text = plain(mail)
        for said in (
            "주간 브리핑",
            "news@example.org",
            "2026년 11월 20일",
            "수신거부",
            "Unsubscribe",
        ):
            assert said in text
        (link,) = (line for line in text.splitlines() if "/u/weekly/" in line)
        token = link.removeprefix(f"{people.plan.links_url}/u/weekly/")
        assert read_leave_token(people.keys, "weekly", token) == person_of(people).public_id
    with people_of(site, NOW + 40 * DAY) as people:
        leave(people, "weekly", person_of(people).public_id, BY_LINK)
        assert sent(people).mailed == 1
        gone = dict(filed(site))[path.replace("confirmed", "left")]
        assert (gone["To"], gone["Auto-Submitted"]) == (ANN.address, "auto-generated")
        for said in ("주간 브리핑", "news@example.org", "2026년 12월 30일", "철회"):
            assert said in plain(gone)
        assert "List-Unsubscribe" not in gone
        assert events_of(people)[-4:] == ["confirmed", "told", "left", "told"]
        proof = consents.of(people.db, person_of(people).id)[-1]
        assert (proof.way, proof.message_id) == ("mail", gone["Message-ID"])


def test_what_is_switched_on_or_off_by_preferences_is_told_too(site: Site) -> None:
    with people_of(site) as people:
        active(people, newsletter="monthly")
        link = Preferring(public_id=person_of(people).public_id, issued=NOW)
        for wish in (("weekly", "monthly"), ("monthly",), ()):
            prefer(
                people,
                link,
                Wish(newsletters=wish, language=None, spoken="ko"),
                Visitor(way="preferences"),
            )
        assert [kind for kind, _, _ in rows(people)] == ["confirmed", "left"]


def test_other_newsletters_tell_nothing(site: Site) -> None:
    with people_of(site) as people:
        joined(people, newsletter="monthly")
        leave(people, "monthly", person_of(people).public_id, BY_LINK)
        assert (rows(people), sent(people).mailed) == ([], 0)


def test_whoever_confirms_is_made_welcome_where_that_is_wished(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + "welcome = true\n")
    with people_of(site) as people:
        joined(people)
        assert sent(people) == Mailed(mailed=1, left=0)
        ((path, mail),) = filed(site)
        assert path == f"weekly/notices/{person_of(people).address_hash}-welcome.eml"
        assert mail["Subject"] == "구독해 주셔서 고맙습니다: 주간 브리핑"
        assert f"{people.plan.links_url}/u/weekly/" in plain(mail)
        leave(people, "weekly", person_of(people).public_id, BY_LINK)
        assert [kind for kind, _, _ in rows(people)] == ["welcome"]


def test_nobody_is_made_welcome_twice_a_day_by_one_newsletter(tmp_path: Path) -> None:
    """However often they switch it off and on, or somebody does who got their link."""
    site = commercial_site(tmp_path / "site", newsletter=NEWSLETTER + "welcome = true\n")
    site.configure((site.folder / "newsfeed.toml").read_text() + "welcome = true\n")

    def switched(people: People, *newsletters: str) -> None:
        link = Preferring(public_id=person_of(people).public_id, issued=people.now)
        wish = Wish(newsletters=newsletters, language=None, spoken="ko")
        prefer(people, link, wish, Visitor(way="preferences"))

    with people_of(site) as people:
        active(people)
        for _ in range(3):
            switched(people)
            switched(people, "weekly", "monthly")
        assert [kind for kind, _, _ in rows(people)] == ["welcome"] * 2
    with people_of(site, NOW + 2 * DAY) as people:
        switched(people)
        switched(people, "weekly")
        assert len(rows(people)) == 3


def test_whoever_is_added_by_the_operator_is_not_made_welcome(tmp_path: Path) -> None:
    """They did nothing just now; and an import would greet everybody."""
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + "welcome = true\n")
    with people_of(site) as people:
        active(people)
        assert rows(people) == []


def test_a_commercial_newsletter_sends_one_mail_and_not_two(tmp_path: Path) -> None:
    """That of the law says all that a welcome would."""
    site = commercial_site(tmp_path / "site", newsletter=COMMERCIAL + "welcome = true\n")
    with people_of(site) as people:
        joined(people)
        assert [kind for kind, _, _ in rows(people)] == ["confirmed"]


def test_nobody_is_made_welcome_who_has_left_or_days_later(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + "welcome = true\n")
    with people_of(site) as people:
        joined(people)
        joined(people, BOB)
        leave(people, "weekly", person_of(people).public_id, BY_LINK)
    with people_of(site, NOW + HOUR) as people:
        assert sent(people).mailed == 1
        joined(people, MANY[0])
    with people_of(site, NOW + 3 * DAY) as people:
        assert sent(people) == Mailed(mailed=0, left=0)
    site.configure(SETTINGS + NEWSLETTER)
    with people_of(site, NOW + 3 * DAY) as people:
        assert queued(people, "welcome", BOB)
        assert sent(people).mailed == 0


def test_only_an_event_is_told_and_each_once(site: Site) -> None:
    """Whoever never agreed, or left before, withdraws nothing."""
    with people_of(site) as people:
        add(people, BOB, "weekly", Enrolment())
        unsubscribe(people, BOB)
        joined(people)
        for _ in range(2):
            leave(people, "weekly", person_of(people).public_id, BY_LINK)
        assert [kind for kind, _, _ in rows(people)] == ["confirmed", "left"]


@pytest.mark.parametrize("language", ["ko", "en", "ja", "fr"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_passes_the_gate_in_each_language(
    tmp_path: Path, kind: Kind, language: str
) -> None:
    hostile = "A\\r\\nBcc: x@example.com {link} =?utf-8?q?a=0D=0ABcc:x?= " + "아주 긴 제목 " * 40
    settings = COMMERCIAL.replace("주간 브리핑", hostile) + "welcome = true\n"
    site = commercial_site(tmp_path / "site", newsletter=settings)
    with people_of(site) as people:
        active(people)
        people.db.execute("UPDATE subscriber SET language = ?", (language,))
        people.db.commit()
        if kind == "left":
            unsubscribe(people, ANN)
        else:
            queued(people, kind)
        assert sent(people).mailed == 1
    ((_, mail),) = filed(site)
    assert sorted(mail.keys()) == sorted(
        [
            *("From", "Subject", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
            *("X-Auto-Response-Suppress", "Content-Type"),
        ]
    )
    assert width(mail["Subject"]) <= 60
    assert kind == "preferences" or "{link}" in plain(mail)
    assert ("안녕하세요" in plain(mail)) == (language == "ko")
    assert ("こんにちは" in plain(mail)) == (language == "ja")


@given(kind=st.sampled_from(KINDS), language=st.sampled_from(["ko", "en", "ja"]), title=st.text())
def test_no_title_breaks_a_mail__s_01(kind: str, language: str, title: str) -> None:
    told = notice_words(language).notice(
        kind,
        Facts(title=title, short=cut(title, 36), sender="s", site="u", date="d", link="l"),
    )
    message = build_notice(
        told.subject,
        told.text,
        from_name="",
        from_address="news@example.org",
        to_address="ann@example.com",
        date=NOW,
        message_id="<1@example.org>",
    )
    assert flaws(message) == []


def test_the_link_to_preferences_is_the_persons(site: Site) -> None:
    with people_of(site) as people:
        active(people, newsletter="monthly")
        queued(people, "preferences", newsletter="")
        assert sent(people).mailed == 1
        ((_, mail),) = filed(site)
        start = f"{people.plan.links_url}/p/"
        (link,) = (ln for ln in plain(mail).splitlines() if ln.startswith(start))
        said = read_preferences_token(people.keys, link.removeprefix(start), people.now)
        assert said is not None
        assert said.public_id == person_of(people).public_id
        assert "한반도 브리핑" in mail["Subject"]


def put(people: People, kind: Kind) -> None:
    """One more mail in the queue, though there are enough."""
    people.db.execute(
        "INSERT INTO notice (kind, subscriber_id, newsletter, at, due, tries, reply)"
        " VALUES (?, ?, 'weekly', ?, 0, 0, '')",
        (kind, person_of(people).id, int(people.now.timestamp())),
    )
    people.db.commit()


@pytest.mark.parametrize(("kind", "bound"), [("already", DAY), ("preferences", HOUR)])
def test_an_address_gets_one_of_a_kind_within_its_time(
    site: Site, kind: Kind, bound: timedelta
) -> None:
    """Also where more were queued than may be, and where the clock goes back."""
    with people_of(site) as people:
        active(people)
        for _ in range(9):
            put(people, kind)
        assert sent(people) == Mailed(mailed=1, left=0)
    for now, expected in ((NOW + bound - HOUR / 60, 0), (NOW - bound / 2, 0), (NOW + bound, 1)):
        with people_of(site, now) as people:
            put(people, kind)
            assert sent(people).mailed == expected


@pytest.mark.parametrize("kind", ["already", "preferences"])
def test_an_answer_that_comes_too_late_is_not_sent(site: Site, kind: Kind) -> None:
    with people_of(site) as people:
        active(people)
        queued(people, kind)
    with people_of(site, NOW + 2 * DAY + HOUR) as people:
        assert sent(people) == Mailed(mailed=0, left=0)


def test_whoever_is_suppressed_or_left_is_told_nothing_but_that_they_left(site: Site) -> None:
    with people_of(site) as people:
        for address in (ANN, BOB):
            joined(people, address)
            queued(people, "already", address)
        with database.transaction(people.db):
            suppression.suppress(
                people.db, person_of(people).address_hash, SuppressionReason.COMPLAINED, NOW
            )
        unsubscribe(people, BOB)
        assert sent(people) == Mailed(mailed=1, left=0)
        ((path, mail),) = filed(site)
        assert (mail["To"], path.endswith("-left.eml")) == (BOB.address, True)
        assert {said.partition(":")[0] for _, over, said in rows(people) if over} == {"", "dropped"}
        assert "told" not in events_of(people)


def test_whoever_came_back_is_not_told_that_they_left(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
        unsubscribe(people, ANN)
        people.db.execute("UPDATE subscription SET state = 'active'")
        people.db.commit()
        assert sent(people).mailed == 1
        ((path, _),) = filed(site)
        assert path.endswith("-confirmed.eml")


def test_a_paused_store_sends_nothing_and_keeps_it(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
        with database.transaction(people.db):
            facts.pause(people.db, "by hand")
        assert sent(people) == Mailed(mailed=0, left=1)
        with database.transaction(people.db):
            facts.resume(people.db)
        assert sent(people) == Mailed(mailed=1, left=0)


def test_the_limit_holds_and_renewals_come_last(site: Site) -> None:
    with people_of(site) as people:
        for address in MANY:
            active(people, address)
            queued(people, "renewal", address)
        joined(people)
        assert sent(people, limit=1) == Mailed(mailed=1, left=len(MANY))
        assert [path.rpartition("-")[2] for path, _ in filed(site)] == ["confirmed.eml"]
        assert sent(people, limit=9) == Mailed(mailed=len(MANY), left=0)


def test_a_crash_before_the_commit_writes_the_same_mail_over_itself(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("the power went")

    with people_of(site) as people:
        joined(people)
        with monkeypatch.context() as patch:
            patch.setattr(notice_mails, "finish", crash)
            with pytest.raises(OSError, match="power"):
                sent(people)
        before = site.outbox()
        assert sent(people).mailed == 1
        assert site.outbox() == before


def test_not_a_byte_of_an_erased_person_stays_in_mails_or_queue(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
        sent(people)
        queued(people, "already")
        joined(people, BOB)
        sent(people)
        queued(people, "preferences")
        people.db.execute("UPDATE notice SET reply = ?", (f"550 <{ANN.address}>?",))
        people.db.commit()
        assert len(erase(people, ANN).letters) == 2
        assert [kind for kind, _, _ in rows(people)] == ["confirmed"]
        assert [mail["To"] for _, mail in filed(site)] == [BOB.address]
        people.db.execute("UPDATE notice SET reply = ''")
        people.db.commit()
        database.forget(people.db)
    for file in site.folder.rglob("*"):
        assert not file.is_file() or ANN.address.lower().encode() not in file.read_bytes().lower()


def test_what_is_written_during_the_walk_of_an_erasure_is_erased_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = outbox.erase
    walks: list[Path] = []

    def walked(folder: Path, names: set[str]) -> list[Path]:
        found = walk(folder, names)
        if not walks:
            walks.append(folder)
            with closing(sqlite3.connect(people.plan.store, timeout=0)) as db:
                assert sent(msgspec.structs.replace(people, db=db)).mailed == 1
        return found

    with people_of(site) as people:
        joined(people)
        monkeypatch.setattr(outbox, "erase", walked)
        assert len(erase(people, ANN).letters) == 1
    assert site.outbox() == {}


def test_mails_go_with_the_newsletter_that_is_renamed(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
    text = (site.folder / "newsfeed.toml").read_text().replace('"weekly"', '"seven"')
    site.configure(text)
    with people_of(site) as people:
        rename(people, "weekly", "seven")
        assert sent(people).mailed == 1
    ((path, _),) = filed(site)
    assert path.startswith("seven/notices/")


def test_a_mail_that_cannot_be_made_keeps_no_other_back(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
        joined(people, BOB)
        people.db.execute("UPDATE subscriber SET address = 'a b' WHERE address = ?", (ANN.address,))
        people.db.commit()
        assert sent(people) == Mailed(mailed=1, left=0)
        assert rows(people)[0][2].startswith("cannot be written")


def test_where_leaving_is_by_mail_the_link_is_one(tmp_path: Path) -> None:
    site = commercial_site(tmp_path / "site", '[mail]\nunsubscribe = "mailto"')
    with people_of(site) as people:
        joined(people)
        sent(people)
    ((_, mail),) = filed(site)
    assert "mailto:news@example.org?subject=unsubscribe%20" in plain(mail)


def test_what_became_of_a_mail_is_forgotten_when_the_store_is_tidied_after_two_months(
    site: Site,
) -> None:
    with people_of(site) as people:
        joined(people)
        sent(people)
        queued(people, "preferences")
    for days, kinds in ((59, ["confirmed", "preferences"]), (61, ["preferences"])):
        with people_of(site, NOW + days * DAY) as people:
            prune(people)
            assert [kind for kind, _, _ in rows(people)] == kinds


def test_where_nothing_is_due_nobody_who_writes_is_waited_for(site: Site) -> None:
    with people_of(site) as people:
        joined(people)
        sent(people)
        queue_renewals(people)
        with closing(sqlite3.connect(people.plan.store)) as other:
            other.execute("BEGIN IMMEDIATE")
            people.db.execute("PRAGMA busy_timeout = 0")
            assert queue_renewals(people) == 0
            assert sent(people) == Mailed(mailed=0, left=0)
