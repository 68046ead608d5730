"""What the service measures: in Prometheus' own reading, true, cheap, and without an address."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from newsfeed.flows.resending import retry
from newsfeed.service.metrics import Metrics, outcome_of
from tests.flows.editions_kit import LATER, MONDAY, READERS, released_site, weekly_site
from tests.kit import Site


def _metrics(site: Site, now: datetime = MONDAY) -> Metrics:
    plan = site.plan()
    return Metrics(lambda: plan, lambda: now)


def _samples(metrics: Metrics) -> Iterator[Sample]:
    for family in text_string_to_metric_families(metrics.text().decode()):
        yield from family.samples


def _value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """The one sample of that name and those labels, as an independent reader sees it."""
    found = [one.value for one in _samples(metrics) if (one.name, one.labels) == (name, labels)]
    assert len(found) < 2
    return found[0] if found else None


def test_names_are_by_prometheus_conventions(tmp_path: Path) -> None:
    """Base units in the name, `_total` for counters alone, and a sentence about each."""
    metrics = _metrics(released_site(tmp_path))
    metrics.ran("publish", 0, 0.2)
    metrics.answered(200)
    families = [*text_string_to_metric_families(metrics.text().decode())]
    ours = [one for one in families if one.name.startswith("newsfeed_")]
    assert len(ours) > 12
    for family in ours:
        assert re.fullmatch("[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        assert not re.search("_(ms|minutes|hours|kilobytes|count)$", family.name)
        assert not family.name.endswith("_created")
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter")
    assert any(one.name == "process_resident_memory_bytes" for one in families)
    assert not any(one.name.startswith("python_") for one in families)


def test_the_stores_numbers_are_told_by_newsletter_and_state(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    metrics = _metrics(site)
    assert _value(metrics, "newsfeed_store_up") == 1
    assert _value(metrics, "newsfeed_articles", state="published") == 2
    assert _value(metrics, "newsfeed_feeds", format="rss") > 0  # type: ignore[operator]
    assert _value(metrics, "newsfeed_subscribers", newsletter="weekly", state="active") == 5
    assert _value(metrics, "newsfeed_subscribers", newsletter="weekly", state="pending") == 0
    assert _value(metrics, "newsfeed_slots", newsletter="weekly", outcome="edition") == 1
    assert _value(metrics, "newsfeed_slots", newsletter="weekly", outcome="too_late") == 0
    assert _value(metrics, "newsfeed_editions", newsletter="weekly", state="released") == 1
    assert _value(metrics, "newsfeed_deliveries", newsletter="weekly", state="queued") == 5
    site.deliver(MONDAY)
    assert _value(metrics, "newsfeed_deliveries", newsletter="weekly", state="queued") == 0
    assert _value(metrics, "newsfeed_deliveries", newsletter="weekly", state="sent") == 5
    assert _value(metrics, "newsfeed_editions", newsletter="weekly", state="sent") == 1


def test_feeds_are_counted_as_they_lie_in_the_output_folder(tmp_path: Path) -> None:
    site = weekly_site(tmp_path)
    metrics = _metrics(site)
    for kind, name in (("rss", "feed.xml"), ("atom", "atom.xml"), ("json", "feed.json")):
        there = sum(Path(path).name == name for path in site.files())
        assert _value(metrics, "newsfeed_feeds", format=kind) == there
    site.post("third.md", categories="[Third]", date="2026-11-03")
    before = _value(metrics, "newsfeed_feeds", format="json")
    site.publish(MONDAY)
    assert before is not None
    assert _value(metrics, "newsfeed_feeds", format="json") == before + 1


def test_the_queues_age_is_that_of_the_letter_that_waits_longest(tmp_path: Path) -> None:
    site = released_site(tmp_path)
    age = "newsfeed_queue_age_seconds"
    assert _value(_metrics(site, LATER), age, newsletter="weekly") == 3600
    site.deliver(MONDAY)
    assert _value(_metrics(site, LATER), age, newsletter="weekly") == 0


def test_an_edition_that_is_tried_again_is_counted_again(tmp_path: Path) -> None:
    """What was counted of sent editions is kept, and given up when they are sent once more."""
    site = released_site(tmp_path, "[mail.files]\nlimit = 2\n")
    site.deliver(MONDAY)
    metrics = _metrics(site)
    for _ in range(2):
        assert _value(metrics, "newsfeed_deliveries", newsletter="weekly", state="limited") == 3
    site.configure((site.folder / "newsfeed.toml").read_text("utf-8").replace("= 2\n", "= 9\n"))
    with site.people(LATER) as who:
        retry(who, "weekly/2026-11-23")
    site.deliver(LATER)
    assert _value(metrics, "newsfeed_deliveries", newsletter="weekly", state="limited") == 0
    assert _value(metrics, "newsfeed_deliveries", newsletter="weekly", state="sent") == 5


def test_no_address_is_in_it(tmp_path: Path) -> None:
    text = _metrics(released_site(tmp_path)).text().decode()
    assert "@" not in text
    for reader in READERS:
        assert reader.partition("@")[0] not in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize("harm", ["missing", "no database", "newer"])
def test_a_store_that_cannot_be_used_is_a_number_too(tmp_path: Path, harm: str) -> None:
    """The scrape works, so that whoever watches learns of it; and no file comes into being."""
    site = weekly_site(tmp_path)
    store = site.plan().store
    if harm == "newer":
        with closing(sqlite3.connect(store)) as db, db:
            db.execute("UPDATE store_version SET version = 9999")
    else:
        for path in store.parent.glob(f"{store.name}*"):
            path.unlink()
    if harm == "no database":
        store.write_bytes(b"this is no database" * 100)
    metrics = _metrics(site)
    assert _value(metrics, "newsfeed_store_up") == 0
    assert _value(metrics, "newsfeed_articles", state="published") is None
    assert _value(metrics, "newsfeed_info", version=_version()) == 1
    assert store.exists() is (harm != "missing")


def _version() -> str:
    from newsfeed import __version__

    return __version__


def test_runs_answers_and_connections_of_the_process_are_counted(tmp_path: Path) -> None:
    metrics = _metrics(weekly_site(tmp_path))
    for status, seconds in ((0, 0.2), (3, 0.3), (1, 7.0), (1, 8.0)):
        metrics.ran("publish", status, seconds)
    for answer in (200, 204, 304, 404, 500):
        metrics.answered(answer)
    metrics.connections(4)
    metrics.leads(leads=True)
    job = "newsfeed_job_seconds"
    assert _value(metrics, f"{job}_count", job="publish", outcome="done") == 1
    assert _value(metrics, f"{job}_count", job="publish", outcome="left_out") == 1
    assert _value(metrics, f"{job}_sum", job="publish", outcome="failed") == 15
    assert _value(metrics, f"{job}_bucket", job="publish", outcome="failed", le="5.0") == 0
    assert _value(metrics, "newsfeed_http_responses_total", status="2xx") == 2
    assert _value(metrics, "newsfeed_http_responses_total", status="5xx") == 1
    assert _value(metrics, "newsfeed_smtp_connections") == 4
    assert _value(metrics, "newsfeed_leader") == 1
    good = "newsfeed_job_last_success_timestamp_seconds"
    assert _value(metrics, good, job="publish") == MONDAY.timestamp()


def test_a_job_that_only_failed_was_never_good(tmp_path: Path) -> None:
    metrics = _metrics(weekly_site(tmp_path))
    metrics.ran("publish", 2, 0.1)
    good = "newsfeed_job_last_success_timestamp_seconds"
    assert _value(metrics, good, job="publish") is None
    assert [outcome_of(status) for status in (0, 1, 2, 3)] == [
        "done",
        "failed",
        "failed",
        "left_out",
    ]


def test_two_services_in_one_process_count_apart(tmp_path: Path) -> None:
    one, other = _metrics(weekly_site(tmp_path / "a")), _metrics(weekly_site(tmp_path / "b"))
    one.answered(200)
    assert _value(other, "newsfeed_http_responses_total", status="2xx") == 0


def test_scraping_a_hundred_thousand_deliveries_is_quick(tmp_path: Path) -> None:
    """The best of three scrapes, the first of which counts everything, in processor time."""
    site = released_site(tmp_path)
    rows = [(number, "sent" if number % 2 else "queued") for number in range(1000, 101_000)]
    with closing(sqlite3.connect(site.plan().store)) as db, db:
        db.executemany(
            "INSERT INTO delivery (edition_id, subscriber_id, state, due, tries, copy, revision,"
            " owner, epoch, lease_until, reply) VALUES (1, ?, ?, 0, 0, 0, 0, '', 0, 0, '')",
            rows,
        )
    spent = []
    for _ in range(3):
        metrics = _metrics(site, MONDAY + timedelta(hours=1))
        began = time.thread_time()
        text = metrics.text().decode()
        spent.append(time.thread_time() - began)
    assert 'newsfeed_deliveries{newsletter="weekly",state="sent"} 50000.0' in text
    assert min(spent) < 0.1
