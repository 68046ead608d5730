"""Mails that are no editions, as commands end with them: to subscribers, and to the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from newsfeed.app import people
from newsfeed.cli.progress import progress
from newsfeed.cli.report import counted
from newsfeed.errors import NewsfeedError
from newsfeed.flows.confirmation import Mailed
from newsfeed.flows.keeping import prune
from newsfeed.flows.notices import send_notices
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan
from newsfeed.flows.renewing import queue_renewals
from newsfeed.flows.telling import tell_operator
from newsfeed.store import database

_LIMIT = 1000
"""Mails to subscribers that one call sends."""


def send_mails(plan: Plan, faults: Mapping[str, Sequence[str]]) -> bool:
    """Send what waits, and tell the operator what is new; `faults` are the runs that ended, with
    what was wrong. Gives whether that went wrong, which stderr says without naming anybody.
    """
    lines = []
    try:
        with progress() as show, people(plan, _now()) as who:
            queue_renewals(who)
            if database.has_notices(who.db):
                done = send_notices(who, clock=_now, progress=show, limit=_LIMIT)
                lines += _lines(done)
                prune(who)
    except NewsfeedError as error:
        lines.append(str(error))
    try:
        if plan.notify:
            with people(plan, _now()) as who:
                lines += _told(who, faults)
    except NewsfeedError as error:
        lines.append(str(error))
    for line in dict.fromkeys(lines):
        click.echo(line, err=True)
    return bool(lines)


def _told(who: People, faults: Mapping[str, Sequence[str]]) -> list[str]:
    trouble = tell_operator(who, faults, clock=_now).trouble
    return [trouble] if trouble else []


def _lines(done: Mailed) -> list[str]:
    lines = [done.trouble] if done.trouble else []
    if done.refused:
        lines.append(f"{counted(len(done.refused), 'notice')} to subscribers refused")
    if done.unanswered:
        lines.append(
            f"{counted(len(done.unanswered), 'notice')} to subscribers perhaps sent, since no "
            "answer came"
        )
    return lines


def _now() -> datetime:
    return datetime.now(UTC)
