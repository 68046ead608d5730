"""What the service knows of itself, its log, and which files it watches."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsfeed.service.logs import log_to_stderr
from newsfeed.service.state import Ran, State
from newsfeed.service.watching import _is_left_out
from tests.kit import NOW


def test_facts_are_those_of_a_moment() -> None:
    """Who holds them sees no half change, and they change only where they are asked for anew."""
    state = State(lambda: NOW)
    before = state.facts
    assert state.ended("publish", "it is locked", 1) == ""
    state.lead(leads=True)
    after = state.facts
    assert (before.jobs, before.leads, after.leads) == ({}, False, True)
    assert after.jobs["publish"] == Ran(ended=NOW, fault="it is locked", status=1)
    assert state.ended("publish", "", 0) == "it is locked"
    assert after.jobs["publish"].fault


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
