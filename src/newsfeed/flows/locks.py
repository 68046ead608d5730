"""Who may deliver: one process for a store, whichever settings file it was started with."""

from __future__ import annotations

from contextlib import AbstractContextManager

from newsfeed.flows.plan import Plan
from newsfeed.store import private


def delivery_lock(plan: Plan, patience: float) -> AbstractContextManager[None]:
    """Hold the right to deliver from the store while the block runs.

    Whoever has it knows that all other claims are of processes that ended. Raises HeldError where
    another process still has it after `patience` seconds.
    """
    return private.lock(plan.store.parent, f"{plan.store.name}.deliver", patience=patience)
