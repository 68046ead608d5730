"""The newsletter that a word on the command line means."""

from __future__ import annotations

from newsfeed.flows.naming import unknown_newsletter
from newsfeed.flows.plan import Plan
from newsfeed.settings import Newsletter


def named(plan: Plan, name: str) -> Newsletter:
    """The newsletter of that name. Raises UsageError with the nearest right one."""
    names = [newsletter.name for newsletter in plan.newsletters]
    if name in names:
        return plan.newsletters[names.index(name)]
    raise unknown_newsletter(name, names)
