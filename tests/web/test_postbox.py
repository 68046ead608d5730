"""What forms ask for is done by one thread, all of it, and nobody's by another's fault."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from newsfeed.app import people
from newsfeed.errors import StoreError
from newsfeed.flows.people import People
from newsfeed.web.postbox import Job, Postbox
from newsfeed.web.site import Site, Stage
from tests.web.kit import Desk


def _postbox(desk: Desk, asked: Callable[[], None] = lambda: None, room: int = 10) -> Postbox:
    return Postbox(lambda: people(desk.plan, desk.now), asked, room=room)


def _noting(done: list[str], what: str) -> Job:
    def job(_: People) -> bool:
        done.append(what)
        return False

    return job


def test_the_service_is_told_when_there_may_be_mail(desk: Desk) -> None:
    told: list[str] = []
    box = _postbox(desk, lambda: told.append(threading.current_thread().name))
    assert box.put(lambda _: False)
    box.settle()
    assert told == []
    assert box.put(lambda _: True)
    box.settle()
    assert told == ["postbox"]


def test_who_comes_to_a_full_box_is_told_and_the_rest_is_done(desk: Desk) -> None:
    done: list[str] = []
    held, begun = threading.Event(), threading.Event()

    def first(_: People) -> bool:
        begun.set()
        return not held.wait(30)

    box = _postbox(desk, room=2)
    assert box.put(first)
    assert begun.wait(30)
    jobs = [box.put(_noting(done, name)) for name in "abcd"]
    assert jobs == [True, True, False, False]
    held.set()
    box.close()
    assert done == ["a", "b"]
    assert not box.put(lambda _: True)


def test_closing_without_a_job_ends_at_once(desk: Desk) -> None:
    _postbox(desk).close()
    assert not desk.plan.store.exists()


def test_a_job_that_fails_takes_no_other_along_and_is_told_without_its_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def bad(_: People) -> bool:
        raise ValueError("mina.kim@mail.example.com")

    box = _postbox(desk)
    for job in (bad, bad, bad, bad, _noting(done, "good")):
        assert box.put(job)
    box.close()
    assert done == ["good"]
    assert "mina" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_store_that_is_busy_is_tried_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    fails = [StoreError("busy", where="newsfeed.db", remedy="wait")] * 2

    @contextmanager
    def open_desk() -> Iterator[People]:
        if fails:
            raise fails.pop()
        with people(desk.plan, desk.now) as who:
            yield who

    box = Postbox(open_desk, lambda: None, pause=0.01)
    with caplog.at_level(logging.ERROR):
        box.put(_noting(done, "late"))
        box.settle()
    box.close()
    assert done == ["late"]
    assert len(caplog.records) == 2


@pytest.mark.parametrize("closing", [False, True])
def test_a_job_that_cannot_be_done_is_lost_alone_after_three_tries(
    desk: Desk, caplog: pytest.LogCaptureFixture, *, closing: bool
) -> None:
    done: list[str] = []
    held, begun = threading.Event(), threading.Event()

    def first(_: People) -> bool:
        begun.set()
        return not held.wait(30)

    def fails(_: People) -> bool:
        done.append("tried")
        raise StoreError("full", where="newsfeed.db", remedy="make room")

    box = Postbox(lambda: people(desk.plan, desk.now), lambda: None, pause=0.01)
    box.put(first)
    assert begun.wait(30)  # from now on the others wait together
    box.put(fails)
    box.put(_noting(done, "good"))
    if closing:
        threading.Timer(0.1, held.set).start()
    else:
        held.set()
        box.settle()
    box.close()
    assert done == ["tried", "good", "tried", "tried"]
    assert "1 of " in caplog.text


def test_a_site_that_is_shown_instead_of_another_takes_what_was_left_for_that(desk: Desk) -> None:
    done: list[str] = []
    box = _postbox(desk)
    former, site = (Site(desk.plan, lambda: desk.now, postbox=box) for _ in range(2))
    Stage(former).show(site)
    assert former.postbox.put(_noting(done, "late"))
    site.close()
    assert done == ["late"]
    assert not box.put(_noting(done, "too late"))
