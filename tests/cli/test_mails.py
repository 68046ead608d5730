"""`publish` ends with the mails that are no editions, quietly, and only where there are any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.notices_kit import commercial_site, joined, queued
from tests.flows.people_kit import ANN, BOB, active, newsletter_site, people_of
from tests.flows.relay_kit import refusing, relay
from tests.kit import Site

OPERATOR = '[operator]\nnotify = "operator@example.org"\n'


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = commercial_site(tmp_path / "site", OPERATOR)
    found.post("one.md")
    return found


def test_publish_sends_what_waits_also_where_nothing_else_is_to_be_done(site: Site) -> None:
    for _ in range(2):
        assert site.run("publish").returncode == 0
    with people_of(site, now()) as people:
        joined(people)
        active(people, BOB)
        queued(people, "already", BOB)
    done = site.run("publish")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.rpartition("-")[2] for path in site.outbox()) == [
        "already.eml",
        "confirmed.eml",
    ]
    assert not any(address.address in done.stdout for address in (ANN, BOB))
    assert "weekly  told by mail" in site.run("subscribers", "show", ANN.address).stdout


def test_a_dry_run_sends_nothing(site: Site) -> None:
    with people_of(site, now()) as people:
        joined(people)
    assert site.run("publish", "--dry-run").returncode == 0
    assert site.outbox() == {}


def test_publish_reminds_of_consents_that_are_two_years_old(site: Site) -> None:
    with people_of(site, now() - timedelta(days=720)) as people:
        active(people)
    for _ in range(2):
        assert site.run("publish").returncode == 0
        assert [path.rpartition("-")[2] for path in site.outbox()] == ["renewal.eml"]


def test_a_run_that_fails_is_told_once_and_again_when_it_fails_anew(site: Site) -> None:
    settings = (site.folder / "newsfeed.toml").read_text()
    for failing, told in ((True, 1), (True, 1), (False, 1), (True, 2)):
        site.configure(('[publish]\ndeploy = "exit 7"\n' if failing else "") + settings)
        site.post("more.md", body=f"{failing} {told} {now()}")
        assert site.run("publish").returncode == int(failing)
        assert len(site.outbox("operator")) == told


def test_what_is_refused_is_counted_and_nobody_named(tmp_path: Path) -> None:
    site = commercial_site(tmp_path / "site")
    site.post("one.md")
    with people_of(site, now()) as people:
        joined(people)
    with relay(refusing(**{"Ann.Lee": b"550 <Ann.Lee@example.com> no"})) as server:
        site.configure(server.settings() + (site.folder / "newsfeed.toml").read_text())
        done = site.run("publish")
    assert done.returncode == 3
    assert done.stderr == "1 notice to subscribers refused\n"
    assert ANN.address not in done.stdout


def test_without_an_operator_or_a_commercial_newsletter_nothing_is_written(tmp_path: Path) -> None:
    site = newsletter_site(tmp_path / "site")
    site.post("one.md")
    site.configure('[publish]\ndeploy = "exit 7"\n' + (site.folder / "newsfeed.toml").read_text())
    assert site.run("publish").returncode == 1
    assert site.outbox() == {}
