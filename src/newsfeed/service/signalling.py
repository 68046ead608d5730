"""What the service tells machines: whether it is ready, and its numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from newsfeed.flows.plan import Plan
from newsfeed.service.metrics import Metrics, outcome_of
from newsfeed.service.state import Facts, State
from newsfeed.store.measures import usable
from newsfeed.web.signals import LastRun, Leader, Ready

if TYPE_CHECKING:
    from newsfeed.service.metrics import Outcome

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
        self._clock = clock
        self._state = state
        self._lock = threading.Lock()
        self._last: dict[str, tuple[datetime, Outcome]] = {}

    def ran(self, job: str, status: int, seconds: float) -> None:
        """A run of a job ended, with the exit status that a command would have."""
        self.metrics.ran(job, status, seconds)
        with self._lock:
            self._last[job] = (self._clock(), outcome_of(status))

    def ready(self) -> Ready:
        """How the service is. Reads the store, so that it is called in a thread."""
        facts = self._state.facts
        return Ready(
            store=usable(self._plan().store),
            leader=_leader(facts),
            publish=self._last_run(_PUBLISH),
            stopping=facts.stopping,
        )

    def numbers(self) -> bytes:
        """All that is measured, for /metrics. Reads the store likewise."""
        self.metrics.leads(leads=self._state.facts.leads)
        return self.metrics.text()

    def _last_run(self, job: str) -> LastRun:
        with self._lock:
            found = self._last.get(job)
        if found is None:
            return LastRun()
        at, outcome = found
        return LastRun(
            ended=f"{at:%Y-%m-%dT%H:%M:%SZ}",
            outcome="left out" if outcome == "left_out" else outcome,
        )


def _leader(facts: Facts) -> Leader:
    """Who leads, by what this process knows: it asks for the lead every few seconds, and whoever
    asks in vain knows that another has it.
    """
    if facts.leads:
        return "this process"
    asked = facts.jobs.get(_LEAD)
    return "another" if asked is not None and asked.ended and not asked.fault else "nobody"
