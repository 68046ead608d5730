"""A slot that comes while the service runs, by a clock that the test sets."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.kit import SETTINGS, Site
from tests.service.kit import Clock, Running, editions, running

SLOT = datetime(2026, 11, 22, 23, tzinfo=UTC)
"""Monday 08:00 in Seoul."""

WEEKLY = """\
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
schedule = "mon 08:00"
from = "한반도 브리핑 <news@example.org>"
"""


@pytest.fixture
def clock(tmp_path: Path, require: Callable[[str], str]) -> Clock:
    require("faketime")
    return Clock(tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A newsletter whose clock began on Friday, with three readers and an article."""
    found = Site(tmp_path / "site", SETTINGS + WEEKLY)
    found.post("one.md", "The first text.", date="2026-11-01")
    friday = SLOT - timedelta(days=3)
    found.publish(friday)
    found.subscribe("a@example.org", "b@example.org", "c@example.org", now=friday)
    return found


def _composed(service: Running) -> datetime:
    """When it says that an edition was composed."""
    found = re.search(r"^(\S+) publish: weekly/\S+: composed", service.said, re.MULTILINE)
    assert found, service.said
    return datetime.fromisoformat(found[1])


def test_letters_leave_right_after_the_slot(site: Site, clock: Clock) -> None:
    """Not with the next pass of the interval, minutes later: two seconds, where nobody else works
    on the machine.
    """
    clock.set(SLOT - timedelta(hours=1))
    with running(site, "--no-web", **clock.environment) as service:
        service.hears("Ctrl-C ends it")
        time.sleep(1)
        assert site.outbox() == {}
        clock.set(SLOT - timedelta(seconds=8))
        service.hears("3 letters sent")
        assert SLOT <= _composed(service) <= SLOT + timedelta(seconds=30)
        assert service.end() == 0
    assert len(site.outbox()) == 3


@pytest.mark.timeout(120)
def test_a_clock_that_leaps_over_years_and_back_makes_one_edition(site: Site, clock: Clock) -> None:
    """A year ahead no slot is made up for that is later than `max_late`, and when the clock is
    right again, and a day back, nothing that was decided is decided again (standards S-38).
    """
    clock.set(SLOT - timedelta(hours=3))
    with running(site, "--no-web", **clock.environment) as service:
        service.hears("Ctrl-C ends it")
        clock.set(SLOT - timedelta(seconds=2))
        service.hears("3 letters sent")
        for shown in (SLOT - timedelta(days=1), SLOT + timedelta(days=365, hours=12), SLOT):
            told = service.said.count("the clock was set")
            clock.set(shown)
            service.until(lambda: service.said.count("the clock was set") > told, "a leap")  # noqa: B023
            time.sleep(1)
        site.post("two.md", "The second text.", date="2026-11-02")
        service.until(lambda: len(site.titles()) == 2, "a pass after all that")
        assert service.end() == 0
    assert len(site.outbox()) == 3
    assert len(editions(site)) == 1
