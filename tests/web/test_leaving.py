"""The link to leave: GET shows, POST acts, and the token is all it takes."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsfeed.address import parse_address
from newsfeed.app import people
from newsfeed.audience import keys
from newsfeed.flows.erasing import erase
from newsfeed.flows.renaming import rename
from newsfeed.store.subscribers import Subscriber
from newsfeed.web.limits import LARGEST_BODY
from tests.kit import NEWSLETTER, SETTINGS
from tests.web.kit import (
    ACTIVE,
    ADDRESS,
    ENGLISH,
    GONE,
    ONE_CLICK,
    PENDING,
    SERVER,
    Desk,
    buttons,
    heading,
    parse,
    parts,
    text,
)

LEFT = "구독이 해지되었습니다"

EDITION = """\
INSERT INTO edition (id, newsletter, slug, origin, domain, kind, state, slot, not_before,
  intro, transport, revision, why, composed)
VALUES (1, 'weekly', 'one', 'weekly/one', 'example.org', 'scheduled', 'released', 1, 1, '',
  'smtp', 0, '', 1)
"""
DELIVERY = """\
INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision, owner, epoch,
  lease_until, reply)
VALUES (1, :reader, 'queued', 1, 0, 0, 0, '', 0, 0, '')
"""

# One site serves all examples of a property; each puts its person back first.
shared_by_examples = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _erase(desk: Desk) -> None:
    with people(desk.plan, desk.now) as open_desk:
        erase(open_desk, parse_address(ADDRESS))


@pytest.mark.parametrize(
    "body",
    [
        {"data": ONE_CLICK},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b"List-Unsubscribe=One-Click"},  # and no type
        {},  # the button
        {"json": {"anything": True}},
        {
            "content": b"\xff\x00\r\n--no=boundary",
            "headers": {"Content-Type": "multipart/form-data"},
        },
        {"content": parts(b"List-Unsubscribe=", b"One-Click")},  # of unknown length
        {"content": b"x" * LARGEST_BODY},
    ],
    ids=["urlencoded", "multipart", "bare", "button", "json", "broken", "chunked", "16 KB"],
)
def test_a_post_leaves_at_once_whatever_its_body_says__e_l_05(
    desk: Desk, body: dict[str, object]
) -> None:
    person = desk.person()
    answer = desk.post(desk.leave_path(person), **body)
    assert (answer.status_code, heading(answer)) == (200, LEFT)
    assert desk.state(person) is GONE


@shared_by_examples
@given(
    body=st.binary(max_size=2000),
    kind=st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data", "", "a;b=c"]),
)
def test_no_body_keeps_anybody_from_leaving__e_l_05(desk: Desk, body: bytes, kind: str) -> None:
    person = desk.person()
    answer = desk.post(desk.leave_path(person), content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert desk.state(person) is GONE


def test_how_somebody_left_is_recorded_without_more_than_proves_it__l_c_04(desk: Desk) -> None:
    first, second = desk.person(), desk.person("other@example.com")
    desk.post(desk.leave_path(first), data=ONE_CLICK, headers={"User-Agent": "Mail\x07 1.0"})
    desk.post(desk.leave_path(second))
    (consent,) = desk.consents(first)
    assert (consent.event, consent.way, consent.at) == ("left", "one-click", desk.now)
    assert consent.ip == "203.0.113.0/24"
    assert consent.user_agent.startswith("Mail")
    assert [c.way for c in desk.consents(second)] == ["link"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_address_redirects__e_l_06(desk: Desk, method: str) -> None:
    path = desk.leave_path(desk.person())
    paths = [path, f"{path}/", f"/{path}", path.upper(), f"{path}?utm=1", "/u", "/u/", "/u/weekly"]
    for answer in desk.ask_often(
        method, [*paths, "/", "/c/weekly/", f"http://www.example.org{path}"]
    ):
        assert not 300 <= answer.status_code < 400, answer.url
        assert "location" not in answer.headers


def test_what_a_mail_program_adds_to_the_address_does_no_harm(desk: Desk) -> None:
    person = desk.person()
    assert desk.post(f"{desk.leave_path(person)}?utm_source=mail").status_code == 200
    assert desk.state(person) is GONE


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
        {"Sec-Fetch-Site": "cross-site", "Cookie": "session=somebody-else"},
        {"Authorization": "Basic bm9ib2R5OndyZw=="},
    ],
)
def test_a_post_needs_nothing_but_the_token__e_l_07(desk: Desk, headers: dict[str, str]) -> None:
    person = desk.person()
    answer = desk.post(desk.leave_path(person), data=ONE_CLICK, headers=headers)
    assert answer.status_code == 200
    assert desk.state(person) is GONE
    assert "set-cookie" not in answer.headers


def test_500_posts_from_one_address_are_all_served__e_l_07(desk: Desk) -> None:
    paths = [desk.leave_path(desk.person(f"reader-{i}@example.com")) for i in range(20)]
    answers = desk.ask_often("POST", paths * 25, data=ONE_CLICK)
    assert {answer.status_code for answer in answers} == {200}


def test_ten_posts_at_once_are_all_served__e_l_07(desk: Desk) -> None:
    crowd = [desk.person(f"reader-{i}@example.com") for i in range(10)]
    answers = desk.ask_often("POST", [desk.leave_path(p) for p in crowd], at_once=True)
    assert [answer.status_code for answer in answers] == [200] * 10
    assert {desk.state(person) for person in crowd} == {GONE}


def test_the_same_post_ten_times_at_once_leaves_once__e_l_09(desk: Desk) -> None:
    person = desk.person()
    answers = desk.ask_often("POST", [desk.leave_path(person)] * 10, at_once=True)
    assert [answer.status_code for answer in answers] == [200] * 10
    assert [consent.event for consent in desk.consents(person)] == ["left"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_fifty_times_changes_nothing__e_l_08(desk: Desk, method: str) -> None:
    person = desk.person()
    answers = desk.ask_often(method, [desk.leave_path(person)] * 50)
    assert {answer.status_code for answer in answers} == {200}
    assert desk.state(person) is ACTIVE
    assert desk.consents(person) == []
    assert not desk.plan.journal.exists()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_other_method_leaves__e_l_08(desk: Desk, method: str) -> None:
    person = desk.person()
    answer = desk.ask(method, desk.leave_path(person), content=b"List-Unsubscribe=One-Click")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert desk.state(person) is ACTIVE


def test_get_shows_what_is_left_by_whom_and_one_button__e_l_08__l_c_06(desk: Desk) -> None:
    answer = desk.get(desk.leave_path(desk.person()))
    assert answer.status_code == 200
    assert "주간 브리핑" in text(answer)
    (button,) = buttons(answer)
    assert button.text_content() == "구독 해지"
    assert parse(answer).xpath("//input | //select | //textarea | //script") == []


def test_one_press_of_the_button_is_all_there_is_to_it__l_c_06(desk: Desk) -> None:
    person = desk.person()
    path = desk.leave_path(person)
    assert len(buttons(desk.get(path))) == 1
    done = desk.post(path, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (heading(done), buttons(done)) == (LEFT, [])
    assert desk.state(person) is GONE
    assert (heading(desk.get(path)), buttons(desk.get(path))) == (LEFT, [])


def test_who_has_not_confirmed_yet_can_leave_too(desk: Desk) -> None:
    person = desk.person(state=PENDING)
    assert len(buttons(desk.get(desk.leave_path(person)))) == 1
    assert desk.post(desk.leave_path(person)).status_code == 200
    assert desk.state(person) is GONE


def test_a_second_post_gets_the_same_words__e_l_09(desk: Desk) -> None:
    path = desk.leave_path(desk.person())
    first, second = desk.ask_often("POST", [path, path])
    assert (second.status_code, second.text) == (200, first.text)


def test_an_erased_person_gets_the_same_words__e_l_09(desk: Desk) -> None:
    person = desk.person()
    path = desk.leave_path(person)
    known = desk.post(path)
    _erase(desk)
    erased = desk.post(path, data=ONE_CLICK)
    assert (erased.status_code, erased.text) == (200, known.text)
    assert desk.get(path).status_code == 200


def test_links_of_old_keys_work__e_l_09__s_07(desk: Desk) -> None:
    person = desk.person()
    path = desk.leave_path(person)
    for _ in range(3):
        keys.rotate(desk.plan.secret, desk.now)
    assert path != desk.leave_path(person)
    assert desk.post(path, data=ONE_CLICK).status_code == 200
    assert desk.state(person) is GONE


def test_a_link_works_after_three_years__e_l_09(desk: Desk) -> None:
    person = desk.person()
    path = desk.leave_path(person)
    desk.now += timedelta(days=3 * 366)
    assert desk.post(path, data=ONE_CLICK).status_code == 200
    assert desk.state(person) is GONE


def test_a_link_works_after_the_newsletter_is_renamed__e_l_09(desk: Desk) -> None:
    person = desk.person()
    path = desk.leave_path(person)
    desk.site.configure(SETTINGS + NEWSLETTER.replace('"weekly"', '"digest"') + ENGLISH + SERVER)
    desk.open()
    with people(desk.plan, desk.now) as open_desk:
        rename(open_desk, "weekly", "digest")
    assert "주간 브리핑" in text(desk.get(path))
    assert desk.post(path, data=ONE_CLICK).status_code == 200
    assert desk.state(person, "digest") is GONE


def test_a_link_works_when_the_newsletter_is_gone_from_the_settings__e_l_09(desk: Desk) -> None:
    person = desk.person(newsletter="craft")
    path = desk.leave_path(person, "craft")
    desk.site.configure(SETTINGS + NEWSLETTER + SERVER)
    desk.open()
    assert desk.get(path).status_code == 200
    assert desk.post(path, data=ONE_CLICK).status_code == 200
    assert desk.state(person, "craft") is GONE


def test_leaving_is_there_for_everybody_when_the_answer_is__e_l_10(desk: Desk) -> None:
    """What another process reads next, such as one that is sending, is that the person left."""
    person = desk.person()
    desk.post(desk.leave_path(person), data=ONE_CLICK)
    assert desk.state(person) is GONE
    assert desk.plan.journal.read_bytes().count(b"\n") == 1


def test_letters_that_wait_are_dropped_with_the_same_post__e_l_10(desk: Desk) -> None:
    person, other = desk.person(), desk.person("other@example.com")
    with people(desk.plan, desk.now) as open_desk:
        open_desk.db.execute(EDITION)
        for reader in (person, other):
            open_desk.db.execute(DELIVERY, {"reader": reader.id})
    desk.post(desk.leave_path(person), data=ONE_CLICK)
    with people(desk.plan, desk.now) as open_desk:
        rows = dict(open_desk.db.execute("SELECT subscriber_id, state FROM delivery"))
    assert rows == {person.id: "dropped", other.id: "queued"}


def test_leaving_one_newsletter_leaves_no_other(desk: Desk) -> None:
    desk.person(newsletter="craft")
    person = desk.person()
    desk.post(desk.leave_path(person), data=ONE_CLICK)
    assert (desk.state(person), desk.state(person, "craft")) == (GONE, ACTIVE)


def _refused(desk: Desk, person: Subscriber, path: str) -> None:
    for method in ("POST", "GET"):
        answer = desk.ask(method, path)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers
        assert buttons(answer) == []
    assert desk.state(person) is ACTIVE


@shared_by_examples
@given(st.data())
def test_a_token_with_one_other_character_changes_nothing__e_l_04(
    desk: Desk, data: st.DataObject
) -> None:
    person = desk.person()
    base, _, token = desk.leave_path(person).rpartition("/")
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.~=+").filter(lambda c: c != token[place]))
    _refused(desk, person, f"{base}/{token[:place]}{other}{token[place + 1 :]}")


@shared_by_examples
@given(st.data())
def test_a_token_that_is_cut_or_longer_changes_nothing__e_l_04(
    desk: Desk, data: st.DataObject
) -> None:
    person = desk.person()
    base, _, token = desk.leave_path(person).rpartition("/")
    cut = token[: data.draw(st.integers(1, len(token) - 1))]
    longer = token + data.draw(st.sampled_from([".", "=", "%20", "%0a", ">", ")", "A", "%00"]))
    for wrong in (cut, longer):
        _refused(desk, person, f"{base}/{wrong}")


@shared_by_examples
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_any_text_in_place_of_a_token_gets_a_page__e_l_04(desk: Desk, token: str) -> None:
    answer = desk.post(f"/u/weekly/{quote(token, safe='')}", data=ONE_CLICK)
    assert answer.status_code == 404
    assert heading(answer)


def test_a_link_that_is_not_whole_is_called_so(desk: Desk) -> None:
    path = desk.leave_path(desk.person())
    assert heading(desk.get(path[:-3])) == "링크가 온전하지 않습니다"
    assert heading(desk.get("/u/craft/abc")) == "This link is not whole"
    assert heading(desk.get("/u/nobody-knows/abc")) == "링크가 온전하지 않습니다"


def test_a_token_opens_nothing_but_what_it_was_made_for__s_06(desk: Desk) -> None:
    person = desk.person()
    desk.person(newsletter="craft")
    token = desk.leave_path(person).rpartition("/")[2]
    other = desk.confirm_path(person).rpartition("/")[2]
    assert desk.post(f"/u/craft/{token}").status_code == 404
    assert desk.post(f"/c/weekly/{token}").status_code == 404
    assert desk.post(f"/u/weekly/{other}").status_code == 404
    assert (desk.state(person), desk.state(person, "craft")) == (ACTIVE, ACTIVE)


def test_who_was_sent_the_letter_by_a_friend_learns_nothing__s_27(desk: Desk) -> None:
    person = desk.person("mina.kim+list@mail.example.com", language="ko")
    path = desk.leave_path(person)
    pages = [desk.get(path), desk.post(path), desk.get(path)]
    assert "m***@m***.com" in text(pages[0])
    for page in pages:
        for secret in ("mina", "kim", "list@", "mail.example", person.address_hash):
            assert secret not in page.text
