"""What the service tells machines: whether it is ready, and its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from newsfeed.flows.plan import Plan
from newsfeed.service.metrics import Metrics, outcome_of
from newsfeed.service.state import Facts, State
from newsfeed.store.measures import usable
from newsfeed.web.signals import LastRun, Leader, Ready

_PUBLISH = "publish"
_LEAD = "lead"


class Signals:
    """The signals of one process. `plan` gives the plan in force, `clock` the time (aware).

    May be used in any thread.
    """

    def __init__(
        self, plan: Callable[[], Plan], clock: Callable[[], datetime], state: State
    ) -> None:
        self.metrics = Metrics(plan, clock)
        self._plan = plan
        self._state = state

    def ready(self) -> Ready:
        """How the service is. Reads the store, so that it is called in a thread."""
        facts = self._state.facts
        return Ready(
            store=usable(self._plan().store),
            leader=_leader(facts),
            publish=_last_run(facts, _PUBLISH),
            stopping=facts.stopping,
        )

    def numbers(self) -> bytes:
        """All that is measured, for /metrics. Reads the store likewise."""
        self.metrics.leads(leads=self._state.facts.leads)
        return self.metrics.text()


def _last_run(facts: Facts, job: str) -> LastRun:
    found = facts.jobs.get(job)
    if found is None:
        return LastRun()
    outcome = outcome_of(found.status)
    return LastRun(
        ended=f"{found.ended:%Y-%m-%dT%H:%M:%SZ}",
        outcome="left out" if outcome == "left_out" else outcome,
    )


def _leader(facts: Facts) -> Leader:
    """Who leads, by what this process knows: it asks for the lead every few seconds, and whoever
    asks in vain knows that another has it.
    """
    if facts.leads:
        return "this process"
    asked = facts.jobs.get(_LEAD)
    return "another" if asked is not None and not asked.fault else "nobody"
