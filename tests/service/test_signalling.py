"""What a service that runs tells machines."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from newsfeed.service.signalling import Signals
from newsfeed.service.state import State
from newsfeed.web.signals import LastRun
from tests.kit import SETTINGS, Site
from tests.service.kit import WEEKLY, running

AT = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path / "site", SETTINGS + WEEKLY)
    found.post("one.md", "The first text.", date="2026-11-01")
    return found


class _Signals:
    """The signals of a service whose facts the test makes."""

    def __init__(self, site: Site) -> None:
        plan = site.plan()
        self.state = State(lambda: AT)
        self.signals = Signals(lambda: plan, lambda: AT, self.state)

    def asked(self, fault: str) -> None:
        """Ask for the lead once."""
        self.state.ended("lead", fault, int(bool(fault)))


@pytest.fixture
def service(site: Site) -> _Signals:
    site.publish()
    return _Signals(site)


def test_before_anybody_asked_for_the_lead_nobody_is_known_to_have_it(service: _Signals) -> None:
    assert service.signals.ready().leader == "nobody"
    service.asked("the disk is gone")
    assert service.signals.ready().leader == "nobody"
    assert not service.signals.ready().ready


def test_who_asked_in_vain_knows_that_another_leads(service: _Signals) -> None:
    service.asked("")
    assert service.signals.ready().leader == "another"
    service.state.lead(leads=True)
    assert service.signals.ready().leader == "this process"
    assert service.signals.ready().ready


@pytest.mark.parametrize(
    ("status", "outcome"), [(0, "done"), (1, "failed"), (2, "failed"), (3, "left out")]
)
def test_the_last_publish_pass_is_told(service: _Signals, status: int, outcome: str) -> None:
    assert service.signals.ready().publish == LastRun()
    service.state.ended("deliver", "", 1)
    assert service.signals.ready().publish == LastRun()
    service.state.ended("publish", "", status)
    told = service.signals.ready().publish
    assert (told.ended, told.outcome) == ("2026-11-23T08:00:01Z", outcome)


def test_the_end_and_a_store_that_is_gone_are_told(service: _Signals, site: Site) -> None:
    service.state.lead(leads=True)
    assert service.signals.ready().ready
    store = site.plan().store
    moved = store.rename(store.with_name("elsewhere.db"))
    assert not service.signals.ready().store
    moved.rename(store)
    service.state.stop()
    assert service.signals.ready().stopping
    assert not service.signals.ready().ready


@pytest.mark.timeout(120)
def test_a_real_service_tells_how_it_is_and_another_that_it_does_not_lead(site: Site) -> None:
    with running(site) as leader:
        url = leader.url()
        leader.hears(" written")
        leader.until(lambda: httpx.get(f"{url}/readyz").json()["publish"]["ended"], "a pass")
        told = httpx.get(f"{url}/readyz")
        assert (told.status_code, told.json()["leader"]) == (200, "this process")
        assert told.json()["publish"]["outcome"] == "done"
        numbers = httpx.get(f"{url}/metrics").text
        assert "newsfeed_leader 1.0\n" in numbers
        assert 'newsfeed_articles{state="published"} 1.0\n' in numbers
        assert 'newsfeed_job_seconds_count{job="publish",outcome="done"} ' in numbers
        assert 'newsfeed_http_responses_total{status="2xx"} ' in numbers
        assert str(site.folder) not in numbers + told.text
        with running(site, name="second") as other:
            place = other.url()
            other.until(
                lambda: httpx.get(f"{place}/readyz").json()["leader"] == "another", "the other"
            )
            assert httpx.get(f"{place}/readyz").status_code == 200
            assert "newsfeed_leader 0.0\n" in httpx.get(f"{place}/metrics").text


@pytest.mark.timeout(120)
def test_who_may_read_the_numbers_is_changed_without_a_restart(site: Site) -> None:
    with running(site) as service:
        url = service.url()
        assert httpx.get(f"{url}/metrics").status_code == 200
        site.configure(SETTINGS + WEEKLY + '[server]\nmetrics = ["10.0.0.0/8"]\n')
        service.until(lambda: httpx.get(f"{url}/metrics").status_code == 404, "the change")
