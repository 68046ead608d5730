"""What a request may cost (standards S-28)."""

from __future__ import annotations

import time

import pytest

from newsfeed.web.application import application
from newsfeed.web.limits import LARGEST_BODY
from tests.web.kit import ACTIVE, GONE, PENDING, Desk, heading, parts


@pytest.mark.parametrize("chunked", [False, True])
def test_16_kilobytes_are_read_and_one_more_is_refused__s_28(desk: Desk, chunked: bool) -> None:
    person = desk.person()
    for size, status, state in ((LARGEST_BODY + 1, 413, ACTIVE), (LARGEST_BODY, 200, GONE)):
        body = b"x" * size
        answer = desk.post(
            desk.leave_path(person), content=parts(body[:9], body[9:]) if chunked else body
        )
        assert (answer.status_code, desk.state(person)) == (status, state)


@pytest.mark.parametrize("length", ["1000000000000000000000", "9" * 5000, "16385"])
def test_a_length_that_is_too_large_is_refused_unread__s_28(desk: Desk, length: str) -> None:
    person = desk.person(state=PENDING)
    answer = desk.post(desk.confirm_path(person), content=b"x", headers={"Content-Length": length})
    assert (answer.status_code, desk.state(person)) == (413, PENDING)


def test_a_body_that_does_not_come_is_not_waited_for__s_28(desk: Desk) -> None:
    person = desk.person()
    desk.app = application(desk.plan, lambda: desk.now, patience=0.05)
    begin = time.monotonic()
    answer = desk.post(desk.leave_path(person), content=parts(b"List-", b"", pause=30))
    assert time.monotonic() - begin < 10
    assert (answer.status_code, heading(answer)) == (408, "보낸 내용이 다 오지 않았습니다")
    assert desk.state(person) is ACTIVE


@pytest.mark.parametrize("token", ["A" * 60_000, "A." * 30_000, "." * 60_000, "%2E" * 20_000])
@pytest.mark.parametrize("door", ["u", "c"])
def test_a_very_long_token_is_refused_at_once__s_28(desk: Desk, door: str, token: str) -> None:
    desk.person()
    desk.get("/u/weekly/first")
    begin = time.process_time()
    assert desk.post(f"/{door}/weekly/{token}").status_code == 404
    assert time.process_time() - begin < 1
