"""What goes wrong inside: a page for people, a line for the operator, and neither tells secrets."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from newsfeed.errors import TemplateError
from newsfeed.flows.people import People
from newsfeed.store import database
from newsfeed.store.subscribers import Subscriber
from newsfeed.web import doors
from newsfeed.web.application import application
from tests.web.kit import ACTIVE, ADDRESS, Desk, heading

BUSY = "잠시 뒤에 다시 시도해 주세요"


@contextmanager
def _locked(desk: Desk) -> Iterator[None]:
    """Another program holds the store's write lock."""
    other = sqlite3.connect(desk.plan.store)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def _tells_nothing(said: str, desk: Desk, person: Subscriber) -> None:
    token = desk.leave_path(person).rpartition("/")[2]
    for secret in (token, person.public_id, person.address_hash, ADDRESS, "mina", "203.0.113"):
        assert secret not in said


def test_a_locked_store_is_a_page_and_a_line__s_31(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = desk.person()
    desk.get(desk.leave_path(person))
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with _locked(desk):
        answer = desk.post(desk.leave_path(person), headers={"User-Agent": ADDRESS})
    assert (answer.status_code, heading(answer)) == (503, BUSY)
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["cache-control"] == "no-store"
    assert desk.state(person) is ACTIVE
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("newsfeed.web", logging.ERROR)
    assert "newsfeed.db" in record.getMessage()
    _tells_nothing(caplog.text + answer.text, desk, person)
    assert desk.post(desk.leave_path(person)).status_code == 200


def test_looking_works_while_somebody_else_writes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = desk.person()
    desk.get(desk.leave_path(person))
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with _locked(desk):
        assert desk.get(desk.leave_path(person)).status_code == 200


def test_a_store_that_cannot_be_used_is_the_same_page(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    path = desk.leave_path(desk.person())
    with sqlite3.connect(desk.plan.store) as db:
        db.execute("UPDATE store_version SET version = 999")
    db.close()
    for method in ("GET", "POST", "HEAD"):
        assert desk.ask(method, path).status_code == 503
    assert "newer than this newsfeed" in caplog.text


def test_a_fault_of_ours_is_a_page_and_says_only_where_it_was__s_31(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = desk.person()

    def broken(desk: People, newsletter: str, public_id: str) -> None:
        raise KeyError(f"{public_id} {ADDRESS}")

    monkeypatch.setattr(doors, "looked_up", broken)
    answer = desk.get(desk.leave_path(person))
    assert (answer.status_code, heading(answer)) == (500, "저희 쪽에 문제가 생겼습니다")
    (record,) = caplog.records
    assert "KeyError" in record.getMessage()
    assert "test_failures.py" in record.getMessage()
    assert record.exc_info is None
    _tells_nothing(caplog.text + answer.text, desk, person)


def test_nothing_is_logged_of_what_goes_well__s_31(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "newsfeed")
    path = desk.leave_path(desk.person())
    for method in ("GET", "HEAD", "POST", "PUT"):
        desk.ask(method, path)
    desk.get(path[:-1])
    assert caplog.records == []


def test_a_broken_page_is_told_before_the_first_request(desk: Desk) -> None:
    plan = msgspec.structs.replace(desk.plan, templates=(desk.site.folder,))
    with pytest.raises(TemplateError, match=r"notice\.html\.j2"):
        application(plan, lambda: desk.now)
