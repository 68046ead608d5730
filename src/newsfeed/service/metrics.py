"""What the service measures, in the text format of Prometheus: numbers only, and no addresses.

The door to prometheus-client. What is counted in this process are counters and histograms, which
begin anew with it. What is read from the store at each scrape are gauges: it may be restored.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from newsfeed import __version__
from newsfeed.flows.measures import Measures, Measuring
from newsfeed.flows.plan import Plan
from newsfeed.model import DeliveryState, EditionState, SlotOutcome, SubscriptionState
from newsfeed.store.measures import ByState, Counts

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

Outcome = Literal["done", "failed", "left_out"]

_LEFT_OUT = 3
_JOB_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


class Metrics:
    """All that is measured, in a registry of its own.

    `plan` gives the plan in force, and `clock` the time (aware). Every method may be called in any
    thread.
    """

    def __init__(self, plan: Callable[[], Plan], clock: Callable[[], datetime]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a twin of each counter
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        info = Gauge("newsfeed_info", "This newsfeed.", ["version"], registry=registry)
        info.labels(__version__).set(1)
        self._leader = Gauge(
            "newsfeed_leader", "1 where this process leads, 0 where it does not.", registry=registry
        )
        self._jobs = Histogram(
            "newsfeed_job_seconds",
            "How long the runs of a job took.",
            ["job", "outcome"],
            buckets=_JOB_SECONDS,
            registry=registry,
        )
        self._good = Gauge(
            "newsfeed_job_last_success_timestamp_seconds",
            "When a run of a job last ended without failing.",
            ["job"],
            registry=registry,
        )
        answers = Counter(
            "newsfeed_http_responses_total",
            "Answers to HTTP requests, by the class of their status.",
            ["status"],
            registry=registry,
        )
        self._answers = {number: answers.labels(f"{number}xx") for number in range(1, 6)}
        self._connections = Gauge(
            "newsfeed_smtp_connections",
            "Connections to the relay that are open for letters.",
            registry=registry,
        )
        ProcessCollector(registry=registry)
        registry.register(_Stored(plan, clock))

    def leads(self, *, leads: bool) -> None:
        """This process leads, or does not."""
        self._leader.set(leads)

    def ran(self, job: str, status: int, seconds: float) -> None:
        """A run of a job ended, with the exit status that a command would have."""
        outcome = outcome_of(status)
        self._jobs.labels(job, outcome).observe(seconds)
        if outcome != "failed":
            self._good.labels(job).set(int(self._clock().timestamp()))

    def answered(self, status: int) -> None:
        """An HTTP request was answered."""
        self._answers[status // 100].inc()

    def connections(self, number: int) -> None:
        """So many connections to the relay are open."""
        self._connections.set(number)

    def text(self) -> bytes:
        """Everything at this moment. Reads the store, so that it is called in a thread."""
        return generate_latest(self._registry)


def outcome_of(status: int) -> Outcome:
    """What an exit status means."""
    return "done" if status == 0 else "left_out" if status == _LEFT_OUT else "failed"


class _Stored(Collector):
    """What the store and the output folder hold, read at each scrape, one at a time."""

    def __init__(self, plan: Callable[[], Plan], clock: Callable[[], datetime]) -> None:
        self._plan = plan
        self._clock = clock
        self._measuring = Measuring()
        self._lock = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing: the store is not read before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families; where the store cannot be used, only that it cannot."""
        plan = self._plan()
        with self._lock:
            found = self._measuring.measures(plan, self._clock())
        yield _one("newsfeed_store_up", "1 where the store can be used.", found.counts is not None)
        yield _feeds(found)
        if found.counts is not None:
            yield from _counted(found.counts, [one.name for one in plan.newsletters])


def _feeds(found: Measures) -> Metric:
    family = GaugeMetricFamily(
        "newsfeed_feeds", "Feed files in the output folder, with the archive's.", labels=["format"]
    )
    for kind, number in found.feeds.items():
        family.add_metric([kind], number)
    return family


def _counted(counts: Counts, newsletters: list[str]) -> Iterator[Metric]:
    articles = GaugeMetricFamily(
        "newsfeed_articles", "Articles, and those that are gone.", labels=["state"]
    )
    articles.add_metric(["published"], counts.articles)
    articles.add_metric(["gone"], counts.gone)
    yield articles
    yield _by_state(
        "newsfeed_subscribers", "Subscriptions.", "state", counts.subscribers, SubscriptionState
    )
    yield _by_state("newsfeed_slots", "Slots decided.", "outcome", counts.slots, SlotOutcome)
    yield _by_state("newsfeed_editions", "Editions.", "state", counts.editions, EditionState)
    yield _by_state("newsfeed_deliveries", "Letters.", "state", counts.deliveries, DeliveryState)
    yield _waits(counts.waits, newsletters)
    yield _one("newsfeed_paused", "1 where nothing is sent from the store.", counts.paused)


def _waits(waits: Mapping[str, float], newsletters: list[str]) -> Metric:
    family = GaugeMetricFamily(
        "newsfeed_queue_age_seconds",
        "How long the oldest letter waits that could leave now.",
        labels=["newsletter"],
    )
    for name in sorted({*waits, *newsletters}):
        family.add_metric([name], waits.get(name, 0.0))
    return family


def _by_state(
    name: str, help_text: str, label: str, numbers: ByState, states: Iterable[str]
) -> Metric:
    """A family by newsletter and state, with a 0 for each state that nothing is in: a series that
    comes into being with its first failure cannot be watched.
    """
    family = GaugeMetricFamily(name, help_text, labels=["newsletter", label])
    everything = list(states)
    for newsletter in sorted({newsletter for newsletter, _ in numbers}):
        for state in everything:
            value = numbers.get((newsletter, state), 0)
            family.add_metric([newsletter, str(state).replace(" ", "_")], value)
    return family


def _one(name: str, help_text: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, help_text)
    family.add_metric([], value)
    return family
