"""What the jobs of one process share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from newsfeed.flows.plan import Plan
from newsfeed.flows.stopping import Stop
from newsfeed.service.leader import Leader
from newsfeed.service.present import Now, Present
from newsfeed.service.signalling import Signals
from newsfeed.service.state import State


class Shift:
    """The settings in force, the facts, the wish to end, and the ways to have a job run.

    `clock` gives the time (aware). `wake` runs a job now, and `at` at a time; both do nothing where
    jobs are run one after another. Who wants to hear of something puts a function into a list:
    `published` are called every few seconds, and when files of the output changed, to look what is
    there; `renewing` with what is to be in force, before it is, and who raises then keeps it from
    that for now; `renewed` with what was in force and what is, when settings changed; and
    `troubled` with a job's name and its fault, when that is new.
    """

    def __init__(self, present: Present, clock: Callable[[], datetime]) -> None:
        self.present = present
        self.clock = clock
        self.state = State(clock)
        self.signals = Signals(lambda: self.plan, clock, self.state)
        self.stop = Stop()
        self.leader = Leader(present.now.plan.store)
        self.delivery = Stop()
        self.wake: Callable[[str], None] = lambda _name: None
        self.at: Callable[[str, datetime | None], None] = lambda _name, _moment: None
        self.published: list[Callable[[], None]] = []
        self.renewing: list[Callable[[Now], None]] = []
        self.renewed: list[Callable[[Now, Now], None]] = []
        self.troubled: list[Callable[[str, str], None]] = []
        self.seen: dict[str, object] = {}

    def differs(self, what: str, value: object) -> bool:
        """Whether something is not as it was when this was asked last; False the first time."""
        before = self.seen.get(what, value)
        self.seen[what] = value
        return before != value

    @property
    def plan(self) -> Plan:
        """The plan that is in force now."""
        return self.present.now.plan

    def lead(self) -> bool:
        """Lead, unless another process does; tells whether this one leads. Raises StoreError."""
        leads = self.leader.tried()
        self.state.lead(leads=leads)
        return leads
