"""The form to subscribe by: what it says, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience import keys
from newsfeed.audience.wording import wording_for
from newsfeed.errors import StoreError
from newsfeed.flows import asking
from newsfeed.flows.confirmation import mailing_of
from newsfeed.flows.confirming import send_confirmations
from newsfeed.flows.enrolling import Enrolment, add
from newsfeed.flows.people import People
from newsfeed.model import SuppressionReason
from newsfeed.store import consents, subscribers, suppression
from newsfeed.store.consents import Consent
from tests.kit import NEWSLETTER, SETTINGS
from tests.web.form_kit import (
    FORM,
    SENT,
    everybody,
    filled,
    found,
    letters,
    mailed,
    notices,
    send,
    stamp,
)
from tests.web.kit import (
    ACTIVE,
    ADDRESS,
    ENGLISH,
    GONE,
    PENDING,
    SERVER,
    Desk,
    heading,
    parse,
    text,
)


def test_the_form_has_an_address_and_a_box_for_each_newsletter_and_none_is_ticked__l_c_05(
    desk: Desk,
) -> None:
    page = parse(desk.get("/s"))
    assert page.xpath("//input[@type='checkbox']/@value") == ["weekly", "craft"]
    assert page.xpath("//*[@checked or @selected]") == []
    assert page.xpath("//label[@for='address']") and page.xpath("//input[@id='address'][@required]")
    for name, title in (("weekly", "주간 브리핑"), ("craft", "Feeds and Letters")):
        assert page.xpath(f"//label[@for='n-{name}']/text()") == [title]
        about = page.xpath(f"string(//*[@id='about-{name}'])")
        assert wording_for("ko").titled(title).consent in about
    assert "매주 월요일 08:00" in page.xpath("string(//*[@id='about-weekly'])")


def test_it_says_who_keeps_what_for_how_long_and_from_which_age__l_c_12__l_c_15(
    tmp_path: Path,
) -> None:
    privacy = 'privacy_url = "https://news.example.org/privacy/"\n'
    desk = Desk(
        tmp_path / "site", SETTINGS.replace("[[sources]]", privacy + "[[sources]]") + NEWSLETTER
    )
    said = text(desk.get("/s"))
    for word in ("한반도 브리핑", "news@example.org", "30일", "만 14세", "그만둘 수 있습니다"):
        assert word in said
    assert "https://news.example.org/privacy/" in parse(desk.get("/s")).xpath("//@href")
    assert "16 or older" in text(desk.get("/s?language=en"))


@pytest.mark.parametrize("path", ["/s?newsletter=craft", "/s?newsletter=craft&language=en"])
def test_a_link_for_one_newsletter_shows_that_one_and_no_box(desk: Desk, path: str) -> None:
    answer = desk.get(path)
    page = parse(answer)
    assert page.xpath("//input[@type='checkbox']") == []
    assert page.xpath("//input[@name='newsletter']/@value") == ["craft"]
    language = "en" if "en" in path else "ko"
    consent = wording_for(language).titled("Feeds and Letters").consent
    assert text(answer, "//p[@class='consent']") == consent
    send(desk, path, stamp=stamp(desk, path), newsletter="craft")
    person = found(desk)
    assert person and desk.state(person, "craft") is PENDING


def test_a_site_with_one_newsletter_has_no_box(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "site", SETTINGS + NEWSLETTER + SERVER)
    for path in ("/s", "/s?newsletter=nothing"):
        page = parse(desk.get(path))
        assert page.xpath("//input[@name='newsletter'][@type='hidden']/@value") == ["weekly"]
    assert heading(send(desk)) == SENT


def test_a_site_without_newsletters_has_no_form(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "site", SETTINGS + SERVER)
    assert desk.get("/s").status_code == 404
    assert desk.post("/s", data={"address": ADDRESS}).status_code == 404


def test_asking_begins_nothing_but_a_request_with_its_proof__l_c_01__l_c_04(desk: Desk) -> None:
    answer = desk.post("/s", data=filled(desk), headers={"User-Agent": "Browser/1.0"})
    desk.app.state.postbox.settle()
    assert (answer.status_code, heading(answer)) == (200, SENT)
    person = found(desk)
    assert person is not None
    assert (desk.state(person), desk.state(person, "craft")) == (PENDING, None)
    (proof,) = desk.consents(person)
    wording = wording_for("ko").titled("주간 브리핑")
    assert (proof.event, proof.way, proof.newsletter) == ("requested", "form", "weekly")
    assert (proof.wording, proof.source) == (wording.version, "https://letters.example.org/s")
    assert (proof.ip, proof.user_agent) == ("203.0.113.0/24", "Browser/1.0")
    with people(desk.plan, desk.now) as who:
        assert consents.wording(who.db, wording.version) == wording.consent


@pytest.mark.parametrize("kind", ["data", "files"])
def test_both_encodings_are_read(desk: Desk, kind: str) -> None:
    fields = filled(desk)
    sent = fields if kind == "data" else {name: (None, v) for name, v in fields.items()}
    assert heading(desk.post("/s", **{kind: sent})) == SENT
    desk.app.state.postbox.settle()
    assert found(desk)


def test_the_service_mails_who_asked_and_the_link_confirms(desk: Desk) -> None:
    told: list[int] = []
    desk.asked = lambda: told.append(1)
    desk.open()
    send(desk)
    assert told
    assert mailed(desk) == 1
    (letter,) = letters(desk)
    person = found(desk)
    assert person
    assert "https://letters.example.org/c/weekly/" in letter
    desk.post(desk.confirm_path(person))
    assert desk.state(person) is ACTIVE
    assert [(c.event, c.way) for c in desk.consents(person)] == [
        ("requested", "form"),
        ("mailed", "form"),
        ("confirmed", "link"),
    ]


def test_who_does_not_confirm_is_mailed_again_by_the_operators_order_alone(desk: Desk) -> None:
    """Somebody else may have typed in the address."""
    send(desk)
    assert mailed(desk) == 1
    desk.now += timedelta(hours=73)
    assert mailed(desk) == 0
    with people(desk.plan, desk.now) as who:
        assert send_confirmations(who).mailed == 1


def test_the_language_of_the_form_is_that_of_the_mail(desk: Desk) -> None:
    send(desk, language="en")
    person = found(desk)
    assert person and person.language == "en"
    assert mailed(desk) == 1
    assert "Please confirm your subscription" in letters(desk)[0]


def test_who_has_no_language_is_mailed_in_that_of_the_form_and_the_page_is_in_it_too(
    desk: Desk,
) -> None:
    desk.person(newsletter="craft")
    send(desk, language="en")
    assert mailed(desk) == 1
    (letter,) = letters(desk)
    assert "Please confirm your subscription" in letter
    path = "/c" + letter.partition("letters.example.org/c")[2].split()[0]
    assert parse(desk.get(path)).xpath("/html/@lang") == ["en"]


def test_an_import_is_mailed_by_the_operators_order_alone__l_c_16(desk: Desk) -> None:
    with people(desk.plan, desk.now) as who:
        add(who, parse_address("other@example.com"), "weekly", Enrolment())
    assert mailed(desk) == 0
    send(desk, address="other@example.com")
    assert mailed(desk) == 1


def test_a_second_form_waits_for_its_own_mail_and_no_link_from_before_confirms_it(
    desk: Desk,
) -> None:
    """Somebody else may have typed in the address."""
    send(desk)
    assert mailed(desk) == 1
    person = found(desk)
    assert person
    path = desk.confirm_path(person)
    send(desk, newsletter="craft")
    assert mailed(desk) == 0
    assert "Feeds and Letters" not in text(desk.get(path))
    desk.post(path)
    assert (desk.state(person), desk.state(person, "craft")) == (ACTIVE, PENDING)
    desk.now += timedelta(hours=24)
    assert mailed(desk) == 1


def test_who_was_imported_and_mailed_and_then_asked_gets_a_link_that_works(desk: Desk) -> None:
    """An import allows one mail; the person's own request allows another when that ran out."""
    with people(desk.plan, desk.now) as who:
        add(who, parse_address(ADDRESS), "weekly", Enrolment())
        person = subscribers.by_public_id(who.db, _public_id(who))
        assert person
        consents.record(
            who.db,
            person.id,
            Consent(event="requested", at=desk.now, newsletter="weekly", way="import"),
        )
        assert send_confirmations(who).mailed == 1
    desk.now += timedelta(hours=1)
    send(desk)
    assert mailed(desk) == 0
    desk.now += timedelta(hours=72)
    assert mailed(desk) == 1


def _public_id(who: People) -> str:
    (found,) = who.db.execute("SELECT public_id FROM subscriber").fetchone()
    return str(found)


def test_one_mail_and_one_click_are_enough_for_all_that_was_ticked_in_a_form(desk: Desk) -> None:
    desk.person(newsletter="third", state=PENDING)
    send(desk, newsletter=["weekly", "craft"])
    assert mailed(desk) == 1
    person = found(desk)
    assert person
    assert [c.newsletter for c in desk.consents(person) if c.event == "mailed"] == [
        "weekly",
        "craft",
    ]
    path = "/c" + letters(desk)[0].partition("letters.example.org/c")[2].split()[0]
    page = desk.get(path)
    wordings = [wording_for("ko").titled(one) for one in ("Feeds and Letters", "주간 브리핑")]
    for wording in wordings:
        assert wording.consent in text(page)
    assert parse(page).xpath("//input") == []
    confirmed = desk.post(path)
    states = [desk.state(person, name) for name in ("weekly", "craft", "third")]
    assert states == [ACTIVE, ACTIVE, PENDING]
    assert {c.wording for c in desk.consents(person) if c.event == "confirmed"} == {
        wording.version for wording in wordings
    }
    assert all(title in text(confirmed) for title in ("Feeds and Letters", "주간 브리핑"))
    desk.now += timedelta(hours=25)
    assert mailed(desk) == 0


def test_who_has_the_newsletter_of_the_link_confirms_the_others_by_it(desk: Desk) -> None:
    send(desk, newsletter=["weekly", "craft"])
    person = found(desk)
    assert person
    path = desk.confirm_path(person)
    with people(desk.plan, desk.now) as who:
        add(who, parse_address(ADDRESS), "weekly", Enrolment(consent="asked at the fair"))
    assert parse(desk.get(path)).xpath("//button")
    desk.post(path)
    assert desk.state(person, "craft") is ACTIVE


def test_a_mail_that_names_two_and_is_not_confirmed_is_the_only_one(desk: Desk) -> None:
    send(desk, newsletter=["weekly", "craft"])
    assert mailed(desk) == 1
    desk.now += timedelta(hours=25)
    assert mailed(desk) == 0


def test_the_mail_that_asks_names_all_that_was_asked_for(desk: Desk) -> None:
    send(desk, newsletter=["weekly", "craft"])
    assert mailed(desk) == 1
    (letter,) = letters(desk)
    assert "‘Feeds and Letters’ 뉴스레터를 이메일로 받는 것에 동의합니다" in letter
    assert "- 주간 브리핑" in letter.splitlines()


def test_of_each_commercial_newsletter_that_was_ticked_a_mail_says_so__l_k_08(
    tmp_path: Path,
) -> None:
    both = (text + "commercial = true\n" for text in (NEWSLETTER, ENGLISH))
    desk = Desk(tmp_path / "site", SETTINGS + "".join(both) + SERVER)
    send(desk, newsletter=["weekly", "craft"])
    person = found(desk)
    assert person
    desk.post(desk.confirm_path(person))
    assert notices(desk) == [("confirmed", "weekly"), ("confirmed", "craft")]


def test_all_that_a_link_confirms_begins_at_once_or_nothing_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(desk, newsletter=["weekly", "craft"])
    person = found(desk)
    assert person
    path = desk.confirm_path(person)

    def broken(*_: object, **__: object) -> list[asking.Also]:
        raise StoreError("busy", where="newsfeed.db", remedy="wait")

    with monkeypatch.context() as patch:
        patch.setattr(asking, "asked_too", broken)
        assert desk.post(path).status_code == 503
        assert desk.state(person) is PENDING
    assert desk.post(path).status_code == 200
    assert (desk.state(person), desk.state(person, "craft")) == (ACTIVE, ACTIVE)


def test_what_was_not_asked_for_by_a_form_cannot_begin(desk: Desk) -> None:
    other = desk.person("other@example.com", state=PENDING)
    desk.person("other@example.com", "craft", state=PENDING)
    desk.post(desk.confirm_path(other), data={"newsletter": "craft"})
    assert (desk.state(other), desk.state(other, "craft")) == (ACTIVE, PENDING)


def test_the_subscribe_page_leads_to_the_form_where_somebody_answers_it(tmp_path: Path) -> None:
    for name, settings, leads in (
        ("served", SETTINGS + NEWSLETTER + SERVER, True),
        ("static", SETTINGS + NEWSLETTER, False),
        ("feeds", SETTINGS + SERVER, False),
    ):
        desk = Desk(tmp_path / name, settings)
        desk.site.post("first.md", date="2026-11-01")
        desk.site.build()
        page = desk.site.read("subscribe/index.html")
        assert ("https://letters.example.org/s" in page) is leads


def test_who_lost_the_mail_asks_again_and_gets_one_with_a_link_that_works(desk: Desk) -> None:
    send(desk)
    assert mailed(desk) == 1
    person = found(desk)
    assert person
    first = desk.confirm_path(person)
    send(desk)
    assert mailed(desk) == 0  # within a day there is no other
    assert desk.get(first).status_code == 200  # and the first goes on to work
    desk.now += timedelta(hours=24)
    send(desk)
    assert mailed(desk) == 1
    assert desk.post(desk.confirm_path(person)).status_code == 200
    assert desk.state(person) is ACTIVE


def test_a_clock_that_was_ahead_silences_no_address__s_38(desk: Desk) -> None:
    """While it was, a mail to the address was noted for a year to come."""
    send(desk)
    assert mailed(desk) == 1
    person = found(desk)
    assert person
    with people(desk.plan, desk.now) as who:
        consents.count_mail(who.db, person.address_hash, desk.now + timedelta(days=1500))
    desk.now += timedelta(hours=24)
    send(desk)
    assert mailed(desk) == 1


def test_who_asked_while_a_clock_was_ahead_asks_again_and_begins__s_38(desk: Desk) -> None:
    """The link of the first mail is of a year to come, and works no more."""
    right = desk.now
    desk.now += timedelta(days=1500)
    send(desk)
    assert mailed(desk) == 1
    desk.now = right
    send(desk)
    assert mailed(desk) == 1
    person = found(desk)
    assert person
    assert desk.post(desk.confirm_path(person)).status_code == 200
    assert desk.state(person) is ACTIVE


def test_an_address_gets_three_mails_for_ever_and_its_last_link_lives__s_08(desk: Desk) -> None:
    total = 0
    for _ in range(10):
        send(desk)
        total += mailed(desk)
        desk.now += timedelta(hours=25)
    assert total == 3
    person = found(desk)
    assert person and len(desk.consents(person)) <= 6


def test_who_left_is_asked_again_and_begins_by_their_own_word_only__e_d_09(desk: Desk) -> None:
    person = desk.person(state=GONE)
    send(desk)
    assert desk.state(person) is PENDING
    with people(desk.plan, desk.now) as who, pytest.raises(Exception, match="own confirmation"):
        add(who, parse_address(ADDRESS), "weekly", Enrolment(consent="says the operator"))
    assert mailed(desk) == 1
    desk.post(desk.confirm_path(person))
    assert desk.state(person) is ACTIVE


def test_who_has_it_already_is_told_so_by_mail_once_a_day__s_09(desk: Desk) -> None:
    person = desk.person()
    for _ in range(3):
        send(desk)
    assert notices(desk) == [("already", "weekly")]
    assert (desk.state(person), mailed(desk), desk.consents(person)) == (ACTIVE, 0, [])
    desk.now += timedelta(hours=25)
    send(desk)
    assert len(notices(desk)) == 2


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_who_is_suppressed_is_left_alone(desk: Desk, reason: SuppressionReason) -> None:
    with people(desk.plan, desk.now) as who:
        number = keys.address_hash(who.keys, parse_address(ADDRESS).key)
        suppression.suppress(who.db, number, reason, desk.now)
    assert heading(send(desk)) == SENT
    assert (everybody(desk), notices(desk), mailed(desk)) == (0, [], 0)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"address": "mina"}, "address", "name@example.org 같은"),
        ({"address": ""}, "address", "name@example.org 같은"),
        ({"newsletter": []}, "newsletter", "하나 이상"),
        ({"newsletter": "nothing"}, "newsletter", "하나 이상"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    desk: Desk, wrong: dict[str, Any], field: str, said: str
) -> None:
    shown = stamp(desk)
    answer = send(desk, **{"newsletter": "weekly", "stamp": shown, **wrong})
    page = parse(answer)
    assert (answer.status_code, heading(answer)) == (422, FORM)
    assert said in text(answer, f"//*[@id='{field}-problem']")
    assert len(page.xpath(f"//*[@aria-describedby='{field}-problem']")) == 1
    assert page.xpath("//input[@name='address']/@value") == [wrong.get("address", ADDRESS)]
    ticked = [] if "newsletter" in wrong else ["weekly"]
    assert page.xpath("//input[@checked]/@value") == ticked
    assert page.xpath("//input[@name='stamp']/@value") == [shown]
    assert everybody(desk) == 0


def test_a_field_too_many_in_the_pot_gets_the_same_answer_and_nothing_comes_of_it__s_08(
    desk: Desk,
) -> None:
    honest = send(desk, address="honest@example.com")
    robot = send(desk, message="cheap pills")
    assert (robot.status_code, robot.content) == (honest.status_code, honest.content)
    assert found(desk) is None


def test_a_form_filled_in_within_three_seconds_gets_the_same_answer_and_nothing_comes_of_it__s_08(
    desk: Desk,
) -> None:
    shown = stamp(desk)
    desk.now -= timedelta(seconds=3)
    robot = send(desk, stamp=shown)
    assert (robot.status_code, heading(robot), everybody(desk)) == (200, SENT, 0)
    desk.now += timedelta(seconds=1)
    assert send(desk, stamp=shown).content == robot.content
    assert found(desk)


def test_a_form_of_yesterday_is_sent_again_with_one_press(desk: Desk) -> None:
    shown = stamp(desk)
    desk.now += timedelta(hours=25)
    again = send(desk, stamp=shown)
    assert (again.status_code, heading(again)) == (422, FORM)
    assert "너무 오래" in text(again)
    assert parse(again).xpath("//input[@checked]/@value") == ["weekly"]
    (fresh,) = parse(again).xpath("//input[@name='stamp']/@value")
    assert everybody(desk) == 0
    assert heading(send(desk, stamp=str(fresh))) == SENT
    assert found(desk)


@pytest.mark.parametrize(
    "forged",
    [
        lambda stamp: "",
        lambda stamp: stamp[:-1],
        lambda stamp: "1" + stamp,
        lambda stamp: "9" * 100_000,
        lambda stamp: stamp.rpartition(".")[0] + "." + "A" * 22,
    ],
)
def test_a_stamp_that_is_not_ours_asks_for_nothing(
    desk: Desk, forged: Callable[[str], str]
) -> None:
    bad = forged(stamp(desk))
    answer = send(desk, stamp=bad)
    assert answer.status_code == (413 if len(bad) > 16_000 else 422)
    assert everybody(desk) == 0


def test_stamps_live_as_long_as_two_keys__s_07(desk: Desk) -> None:
    desk.person(address="other@example.com")
    shown = stamp(desk)
    keys.rotate(desk.plan.secret, desk.now)
    assert send(desk, stamp=shown).status_code == 200
    keys.rotate(desk.plan.secret, desk.now)
    assert send(desk, stamp=shown).status_code == 422


def test_a_form_speaks_the_language_it_was_asked_in_and_leads_to_the_others(desk: Desk) -> None:
    korean, english = desk.get("/s"), desk.get("/s?language=en&newsletter=weekly")
    assert "?language=en" in parse(korean).xpath("//@href")
    assert "?newsletter=weekly&language=ko" in parse(english).xpath("//@href")
    assert parse(english).xpath("/html/@lang") == ["en"]
    assert heading(send(desk, language="en")) == "Look into your mailbox"
    assert heading(send(desk, language="zz")) == SENT


def test_a_site_in_a_language_without_pages_keeps_it_for_its_letters(tmp_path: Path) -> None:
    settings = SETTINGS.replace('language = "ko"', 'language = "de"')
    desk = Desk(tmp_path / "site", settings + NEWSLETTER + ENGLISH + SERVER)
    page = parse(desk.get("/s"))
    (language,) = page.xpath("//input[@name='language']/@value")
    assert (page.xpath("/html/@lang"), language) == (["en"], "de")
    send(desk, language=language)
    person = found(desk)
    assert person and person.language == "de"


def test_the_service_mails_whoever_may_be_mailed_of_those_who_asked_by_the_form_and_no_other(
    desk: Desk,
) -> None:
    """What is looked for every minute is what `confirm` lists of those who asked by the form and
    were not mailed yet.
    """
    send(desk, address="first@example.com")
    send(desk, address="second@example.com", newsletter=["weekly", "craft"])
    with people(desk.plan, desk.now) as who:
        add(who, parse_address("third@example.com"), "weekly", Enrolment())
    seen = []
    title = "Feeds and Letters"
    for hours in range(0, 24 * 31, 12):
        with people(desk.plan, desk.now + timedelta(hours=hours)) as who:
            able = [
                one
                for one in subscribers.waiting(who.db)
                if one.by_form and not one.asked and mailing_of(who, one).able
            ]
            seen.append(len(able))
            done = send_confirmations(who, only_asked=True, limit=1)
            assert done.mailed + done.left <= len(able)
            assert bool(done.mailed) is bool(able)
        if hours == 12 * 4:
            text = desk.site.folder.joinpath("newsfeed.toml").read_text()
            desk.site.configure(text.replace(title, "Other Words"))
            desk.open()
    assert sum(map(bool, seen)) > 1
    assert everybody(desk) == 3


def test_imported_requests_are_not_read_at_each_pass(desk: Desk) -> None:
    with people(desk.plan, desk.now) as who:
        at, steps = int(desk.now.timestamp()), [0]
        who.db.executescript(f"""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO subscriber (public_id, address_hash, address, name, language, created)
            SELECT 'p' || i, 'h' || i, i || '@example.org', '', '', {at} FROM n;
            INSERT INTO subscription (newsletter, subscriber_id, state, since)
            SELECT 'weekly', id, 'pending', {at} FROM subscriber;
            INSERT INTO consent (subscriber_id, newsletter, event, at, way, source, wording, ip,
                                 user_agent, message_id)
            SELECT id, 'weekly', 'requested', {at}, 'import', '', '', '', '', '' FROM subscriber;
        """)

        def step() -> int:
            steps[0] += 1
            return 0

        who.db.set_progress_handler(step, 1000)
        assert send_confirmations(who, only_asked=True).mailed == 0
        assert steps[0] < 5
