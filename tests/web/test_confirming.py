"""The link to confirm: a page with a button, and nothing begins without it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience import keys
from newsfeed.audience.tokens import CONFIRM_WITHIN, confirm_token
from newsfeed.audience.wording import wording_for
from newsfeed.flows.erasing import erase
from newsfeed.store.subscribers import Subscriber
from tests.kit import NEWSLETTER, SETTINGS
from tests.web.kit import (
    ACTIVE,
    ADDRESS,
    ENGLISH,
    GONE,
    PENDING,
    SERVER,
    Desk,
    buttons,
    heading,
    parse,
    text,
)

CONFIRMED = "구독이 시작되었습니다"
ALREADY = "이미 구독하고 있습니다"
DEAD = "이 확인 링크는 쓸 수 없습니다"


@pytest.fixture
def waiting(desk: Desk) -> Subscriber:
    """Somebody who has yet to confirm."""
    return desk.person(state=PENDING)


def _is_dead(desk: Desk, path: str) -> None:
    """The link shows no button, and pressing one all the same does nothing."""
    for method in ("GET", "POST"):
        answer = desk.ask(method, path)
        assert (answer.status_code, heading(answer), buttons(answer)) == (404, DEAD, [])


def test_only_the_button_begins_a_subscription__l_c_01(desk: Desk, waiting: Subscriber) -> None:
    path = desk.confirm_path(waiting)
    assert len(buttons(desk.get(path))) == 1
    assert desk.state(waiting) is PENDING
    answer = desk.post(path)
    assert (answer.status_code, heading(answer)) == (200, CONFIRMED)
    assert desk.state(waiting) is ACTIVE


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_nothing_but_a_post_confirms__l_c_02(desk: Desk, waiting: Subscriber, method: str) -> None:
    desk.ask_often(method, [desk.confirm_path(waiting)] * 50)
    assert desk.state(waiting) is PENDING
    assert desk.consents(waiting) == []


def test_the_page_does_nothing_by_itself__l_c_02(desk: Desk, waiting: Subscriber) -> None:
    page = parse(desk.get(desk.confirm_path(waiting)))
    assert page.xpath("//script | //img | //iframe | //link | //object | //embed | //video") == []
    assert page.xpath("//meta[@http-equiv] | //@*[starts-with(name(), 'on')]") == []
    assert page.xpath("//a/@href") == ["https://news.example.org/"]


def test_the_page_shows_what_is_agreed_to__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    answer = desk.get(desk.confirm_path(waiting))
    consent = wording_for("ko").titled("주간 브리핑").consent
    assert text(answer, "//p[@class='consent'][@lang='ko']") == consent
    assert "주간 브리핑" in text(answer, "//dl")
    assert "m***@m***.com" in text(answer, "//dl")
    assert "mina" not in answer.text


def test_the_proof_names_the_words_and_the_way__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    desk.post(desk.confirm_path(waiting), headers={"User-Agent": "Browser/1.0"})
    (consent,) = desk.consents(waiting)
    assert (consent.event, consent.way, consent.at) == ("confirmed", "link", desk.now)
    assert consent.wording == wording_for("ko").titled("주간 브리핑").version
    assert (consent.ip, consent.user_agent) == ("203.0.113.0/24", "Browser/1.0")


def test_a_second_press_says_that_it_is_done__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    path = desk.confirm_path(waiting)
    desk.post(path)
    for method in ("POST", "GET"):
        answer = desk.ask(method, path)
        assert (answer.status_code, heading(answer), buttons(answer)) == (200, ALREADY, [])
    assert [consent.event for consent in desk.consents(waiting)] == ["confirmed"]


def test_ten_presses_at_once_confirm_once__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    answers = desk.ask_often("POST", [desk.confirm_path(waiting)] * 10, at_once=True)
    assert sorted(heading(answer) for answer in answers) == sorted([CONFIRMED, *[ALREADY] * 9])
    assert len(desk.consents(waiting)) == 1


def test_a_link_lives_for_72_hours__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    path = desk.confirm_path(waiting)
    desk.now += CONFIRM_WITHIN
    assert len(buttons(desk.get(path))) == 1
    desk.now += timedelta(seconds=1)
    _is_dead(desk, path)
    assert desk.state(waiting) is PENDING


def test_a_replay_after_leaving_does_not_subscribe_again__l_c_03__s_27(
    desk: Desk, waiting: Subscriber
) -> None:
    path = desk.confirm_path(waiting)
    desk.post(path)
    desk.post(desk.leave_path(waiting))
    _is_dead(desk, path)
    assert desk.state(waiting) is GONE


def test_a_replay_after_leaving_and_asking_again_is_dead__l_c_03(
    desk: Desk, waiting: Subscriber
) -> None:
    path = desk.confirm_path(waiting)
    desk.post(path)
    desk.post(desk.leave_path(waiting))
    desk.now += timedelta(hours=1)
    desk.person(state=PENDING)
    assert heading(desk.post(path)) == DEAD
    assert desk.state(waiting) is PENDING


def test_a_replay_after_erasure_is_dead__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    path = desk.confirm_path(waiting)
    with people(desk.plan, desk.now) as open_desk:
        erase(open_desk, parse_address(ADDRESS))
    _is_dead(desk, path)


def test_a_link_for_other_words_than_todays_is_dead__l_c_03(
    desk: Desk, waiting: Subscriber
) -> None:
    path = desk.confirm_path(waiting)
    desk.site.configure(SETTINGS + NEWSLETTER.replace("주간", "일간") + ENGLISH + SERVER)
    desk.open()
    _is_dead(desk, path)
    assert desk.state(waiting) is PENDING


def test_links_of_old_keys_are_dead__s_07(desk: Desk, waiting: Subscriber) -> None:
    path = desk.confirm_path(waiting)
    keys.rotate(desk.plan.secret, desk.now)
    assert len(buttons(desk.get(path))) == 1
    keys.rotate(desk.plan.secret, desk.now)
    _is_dead(desk, path)
    assert desk.state(waiting) is PENDING


def test_a_link_confirms_no_other_newsletter__s_06(desk: Desk, waiting: Subscriber) -> None:
    desk.person(newsletter="craft", state=PENDING)
    token = desk.confirm_path(waiting).rpartition("/")[2]
    assert desk.post(f"/c/craft/{token}").status_code == 404
    assert desk.state(waiting, "craft") is PENDING


def test_a_link_of_the_future_is_dead__l_c_03(desk: Desk, waiting: Subscriber) -> None:
    later = desk.now + timedelta(days=30)
    version = wording_for("ko").titled("주간 브리핑").version
    token = confirm_token(desk.keys, "weekly", waiting.public_id, version, later)
    _is_dead(desk, f"/c/weekly/{token}")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_token_that_is_altered_or_cut_confirms_nothing__s_06(
    desk: Desk, waiting: Subscriber, data: st.DataObject
) -> None:
    base, _, token = desk.confirm_path(waiting).rpartition("/")
    place = data.draw(st.integers(1, len(token) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.~").filter(lambda c: c != token[place]))
    for wrong in (token[:place], f"{token[:place]}{other}{token[place + 1 :]}"):
        _is_dead(desk, f"{base}/{wrong}")
    assert desk.state(waiting) is PENDING
