"""Preferences: asked for by anybody, opened by the mailbox's owner, for a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience import keys
from newsfeed.audience.notice_words import notice_words
from newsfeed.audience.tokens import PREFERENCES_WITHIN, form_stamp
from newsfeed.audience.wording import wording_for
from newsfeed.flows.enrolling import reinstate, unsubscribe
from newsfeed.flows.erasing import erase
from newsfeed.flows.notices import send_notices
from newsfeed.model import SuppressionReason
from newsfeed.store import suppression
from newsfeed.store.subscribers import Subscriber
from tests.web.form_kit import DEAD, SENT, found, letters, notices, preferences_path, send
from tests.web.kit import ACTIVE, ADDRESS, GONE, PENDING, Desk, heading, parse, text


def _wish(desk: Desk, path: str, *newsletters: str, language: str = "") -> str:
    """Save what is wished for; gives the page's status line, "" for none."""
    answer = desk.post(path, data={"newsletter": list(newsletters), "language": language})
    assert answer.status_code == 200
    return text(answer, "//*[@role='status']")


def test_who_gets_a_newsletter_is_mailed_a_link_once_an_hour(desk: Desk) -> None:
    desk.person()
    for _ in range(3):
        assert heading(send(desk, "/p")) == SENT
    assert notices(desk) == [("preferences", "")]
    desk.now += timedelta(hours=1)
    send(desk, "/p")
    assert len(notices(desk)) == 2


def test_the_mail_is_in_the_language_of_the_form_that_asked_for_it(desk: Desk) -> None:
    """Whatever the person reads else: they see that form now."""
    desk.person(language="ja")
    send(desk, "/p", language="en")
    with people(desk.plan, desk.now) as who:
        send_notices(who, clock=lambda: desk.now)
    (mail,) = letters(desk)
    subject = notice_words("en").told["preferences"].subject
    assert mail.startswith(subject.format(short=desk.plan.site.title))


@pytest.mark.parametrize("state", [None, PENDING, GONE])
def test_nobody_else_is_mailed(desk: Desk, state: object) -> None:
    """An address that confirmed nothing may be a stranger's, and who left wants no mail."""
    desk.person(state=state)  # type: ignore[arg-type]
    assert heading(send(desk, "/p")) == SENT
    assert notices(desk) == []


def test_a_machine_asks_for_nothing(desk: Desk) -> None:
    desk.person()
    assert heading(send(desk, "/p", message="x")) == SENT
    assert heading(send(desk, "/p", stamp=form_stamp(desk.keys, desk.now))) == SENT
    assert notices(desk) == []


def test_an_address_that_is_none_is_said_at_the_field(desk: Desk) -> None:
    answer = send(desk, "/p", address="mina")
    assert answer.status_code == 422
    assert text(answer, "//*[@id='address-problem']")
    assert parse(answer).xpath("//input[@name='address']/@value") == ["mina"]


def test_the_page_shows_what_somebody_gets_and_no_address__s_27(desk: Desk) -> None:
    answer = desk.get(preferences_path(desk, desk.person(language="en")))
    page = parse(answer)
    assert page.xpath("//input[@type='checkbox']/@value") == ["weekly", "craft"]
    assert page.xpath("//input[@checked]/@value") == ["weekly"]
    assert page.xpath("//option[@selected]/@value") == ["en"]
    assert page.xpath("//option/@value") == ["", "ko", "en", "ja"]
    assert "m***@m***.com" in text(answer)
    assert "mina" not in answer.text
    consent = wording_for("en").titled("Feeds and Letters").consent
    assert consent in text(answer, "//*[@id='about-craft']")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(desk: Desk, method: str) -> None:
    person = desk.person()
    desk.ask_often(method, [preferences_path(desk, person)] * 50)
    assert (desk.state(person), desk.consents(person)) == (ACTIVE, [])


def test_switching_on_begins_at_once_with_its_proof__l_c_04(desk: Desk) -> None:
    person = desk.person()
    path = preferences_path(desk, person)
    data = {"newsletter": ["weekly", "craft"], "language": ""}
    answer = desk.post(path, data=data, headers={"User-Agent": "Browser/1.0"})
    assert "저장했습니다" in text(answer, "//*[@role='status']")
    assert parse(answer).xpath("//input[@checked]/@value") == ["weekly", "craft"]
    assert desk.state(person, "craft") is ACTIVE
    (proof,) = desk.consents(person)
    wording = wording_for("ko").titled("Feeds and Letters")
    assert (proof.event, proof.way, proof.newsletter) == ("confirmed", "preferences", "craft")
    assert proof.wording == wording.version
    assert (proof.ip, proof.user_agent) == ("203.0.113.0/24", "Browser/1.0")


def test_switching_off_is_leaving__l_c_06(desk: Desk) -> None:
    person = desk.person()
    assert _wish(desk, preferences_path(desk, person))
    assert desk.state(person) is GONE
    assert [(c.event, c.way) for c in desk.consents(person)] == [("left", "preferences")]
    assert desk.plan.journal.read_text("utf-8").count("preferences") == 1


def test_saving_twice_is_saving_once_and_a_mind_may_be_changed(desk: Desk) -> None:
    person = desk.person()
    path = preferences_path(desk, person)
    for wish in (["weekly"], [], [], ["weekly"], ["weekly"]):
        assert _wish(desk, path, *wish)
    assert desk.state(person) is ACTIVE
    assert [c.event for c in desk.consents(person)] == ["left", "confirmed"]


def test_a_request_that_waits_is_confirmed_by_its_tick_and_left_alone_without(
    desk: Desk,
) -> None:
    person = desk.person()
    desk.person(newsletter="craft", state=PENDING)
    path = preferences_path(desk, person)
    _wish(desk, path, "weekly")
    assert desk.state(person, "craft") is PENDING
    _wish(desk, path, "weekly", "craft")
    assert desk.state(person, "craft") is ACTIVE


def test_the_language_is_changed_and_the_page_speaks_it(desk: Desk) -> None:
    person = desk.person()
    path = preferences_path(desk, person)
    assert _wish(desk, path, "weekly", language="en").startswith("Saved")
    changed = found(desk)
    assert changed and changed.language == "en"
    assert _wish(desk, path, "weekly", language="xx-evil").startswith("Saved")
    unchanged = found(desk)
    assert unchanged and unchanged.language == "en"


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=One-Click", b"newsletter=craft"])
def test_what_is_not_our_form_changes_nothing(desk: Desk, body: bytes) -> None:
    person = desk.person()
    answer = desk.post(preferences_path(desk, person), content=body)
    assert answer.status_code == 200
    assert (desk.state(person), desk.state(person, "craft")) == (ACTIVE, None)


def _is_dead(desk: Desk, path: str) -> None:
    for method in ("GET", "POST"):
        answer = desk.ask(
            method,
            path,
            **({"data": {"language": "", "newsletter": "craft"}} if method == "POST" else {}),
        )
        assert (answer.status_code, heading(answer)) == (404, DEAD)
        assert parse(answer).xpath("//form") == []


def test_a_link_lives_for_24_hours__s_27(desk: Desk) -> None:
    path = preferences_path(desk, desk.person())
    desk.now += PREFERENCES_WITHIN
    assert desk.get(path).status_code == 200
    desk.now += timedelta(seconds=1)
    _is_dead(desk, path)


def _erase(desk: Desk, _: Subscriber) -> None:
    with people(desk.plan, desk.now) as who:
        erase(who, parse_address(ADDRESS))


def _suppress(desk: Desk, person: Subscriber) -> None:
    with people(desk.plan, desk.now) as who:
        suppression.suppress(who.db, person.address_hash, SuppressionReason.COMPLAINED, desk.now)


def _reinstate(desk: Desk, person: Subscriber) -> None:
    _suppress(desk, person)
    with people(desk.plan, desk.now) as who:
        reinstate(who, parse_address(ADDRESS))


def _taken_off(desk: Desk, _: Subscriber) -> None:
    with people(desk.plan, desk.now) as who:
        unsubscribe(who, parse_address(ADDRESS))


@pytest.mark.parametrize(
    "happens",
    [
        lambda desk, person: desk.post(desk.leave_path(person)),
        _taken_off,
        _erase,
        _suppress,
        _reinstate,
    ],
    ids=["left", "taken off", "erased", "suppressed", "reinstated"],
)
def test_a_link_from_before_somebody_went_takes_them_nowhere__s_27(
    desk: Desk, happens: Callable[[Desk, Subscriber], object]
) -> None:
    person = desk.person()
    path = preferences_path(desk, person)
    desk.now += timedelta(minutes=1)
    happens(desk, person)
    _is_dead(desk, path)
    assert desk.state(person, "craft") is None


def test_links_of_old_keys_are_dead__s_07(desk: Desk) -> None:
    path = preferences_path(desk, desk.person())
    keys.rotate(desk.plan.secret, desk.now)
    assert desk.get(path).status_code == 200
    keys.rotate(desk.plan.secret, desk.now)
    _is_dead(desk, path)


def test_a_token_opens_nothing_but_what_it_was_made_for__s_06(desk: Desk) -> None:
    person = desk.person()
    tokens = {
        "p": preferences_path(desk, person).rpartition("/")[2],
        "u": desk.leave_path(person).rpartition("/")[2],
        "c": desk.confirm_path(person).rpartition("/")[2],
    }
    for made_for, token in tokens.items():
        for door in ("/p/", "/u/weekly/", "/c/weekly/"):
            if door[1] != made_for:
                assert desk.get(door + token).status_code == 404
                data = {"language": "", "newsletter": "craft"}
                assert desk.post(door + token, data=data).status_code == 404
    assert (desk.state(person), desk.state(person, "craft")) == (ACTIVE, None)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: "A" + t[1:]])
def test_a_token_that_is_cut_or_altered_is_dead(desk: Desk, change: Callable[[str], str]) -> None:
    path = preferences_path(desk, desk.person())
    start, _, token = path.rpartition("/")
    _is_dead(desk, f"{start}/{change(token)}")


@pytest.mark.parametrize("token", ["A" * 60_000, "A." * 30_000])
def test_a_very_long_token_is_refused(desk: Desk, token: str) -> None:
    _is_dead(desk, f"/p/{token}")
