"""What the service knows of itself, its log, and which files it watches."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsfeed.service.logs import log_to_stderr
from newsfeed.service.state import State
from newsfeed.service.watching import _is_left_out
from tests.kit import NOW


def test_facts_are_those_of_a_moment() -> None:
    """Who holds them sees no half change, and they change only where they are asked for anew."""
    now = [NOW]
    state = State(lambda: now[0])
    before = state.facts
    state.began("publish")
    assert state.facts.jobs["publish"].running
    now[0] += timedelta(seconds=3)
    assert state.ended("publish", "it is locked", 3.0) == ""
    state.count("letters sent", 2)
    state.count("letters sent")
    state.lead(leads=True)
    after = state.facts
    assert (before.jobs, before.counts, before.leads) == ({}, {}, False)
    ran = after.jobs["publish"]
    assert (ran.running, ran.seconds, ran.ended, ran.good) == (False, 3.0, now[0], None)
    assert (after.counts, after.leads) == ({"letters sent": 3}, True)


def test_a_run_has_ended_also_where_the_clock_was_set_back_meanwhile() -> None:
    now = [NOW]
    state = State(lambda: now[0])
    state.began("publish")
    now[0] -= timedelta(days=1)
    state.ended("publish", "", 1.0)
    assert not state.facts.jobs["publish"].running


def test_only_what_is_new_is_news() -> None:
    state = State(lambda: NOW)
    assert state.news("articles", ("a", "b")) == ["a", "b"]
    assert state.news("articles", ("b", "c", "c")) == ["c"]
    assert state.news("articles", ()) == []
    assert state.news("articles", ("b",)) == ["b"]


@pytest.mark.parametrize(
    ("path", "left_out"),
    [
        ("posts/one.md", False),
        ("posts/.git/index", True),
        ("public/feed.xml", True),
        (".newsfeed/cache/index.db", True),
        ("store/newsfeed.db-wal", True),
        ("_site/one/index.html", False),
    ],
)
def test_what_newsfeed_itself_writes_does_not_wake_it(path: str, left_out: bool) -> None:
    """A source may be the folder that all the rest lies in."""
    root = Path("/site")
    skipped = (root / "public", root / ".newsfeed", root / "store")
    assert _is_left_out(root / path, [root], skipped) is left_out


@pytest.fixture
def loggers() -> Iterator[None]:
    """What the log is set to, put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("newsfeed")
    theirs = logging.getLogger("apscheduler")
    before = (root.handlers, root.level, ours.level, theirs.level, logging.raiseExceptions)
    yield
    root.handlers = before[0]
    for one, level in zip((root, ours, theirs), before[1:4], strict=True):
        one.setLevel(level)
    logging.raiseExceptions = before[4]


@pytest.mark.usefixtures("loggers")
def test_a_line_of_the_log_is_a_line_whatever_it_quotes__s_31(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for form in ("text", "json"):
        log_to_stderr(form)
        logging.getLogger("newsfeed.publish").warning("%s", "a\nb\x1b[31m한")
    text, as_json = capsys.readouterr().err.splitlines()
    assert text.endswith("Z publish: warning: a\\nb\\x1b[31m한")
    assert json.loads(as_json)["message"] == "a\\nb\\x1b[31m한"
