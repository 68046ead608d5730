"""Delivery as several commands end with it: what is released goes out, and what went is told."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from newsfeed.app import people
from newsfeed.cli.progress import progress
from newsfeed.cli.report import counted, shown
from newsfeed.flows.delivering import Delivered, deliver
from newsfeed.flows.plan import Plan
from newsfeed.model import DeliveryState

_SAID = {
    DeliveryState.DEFERRED: "to be tried again",
    DeliveryState.QUEUED: "waiting",
    DeliveryState.DROPPED: "left before",
}


def delivered(plan: Plan) -> tuple[Delivered, ...] | None:
    """Deliver what is released; None where another run is doing it."""
    with progress() as show, people(plan, datetime.now(UTC)) as who:
        found = deliver(who, progress=show)
    return None if found is None else tuple(found)


def delivery_lines(plan: Plan, found: tuple[Delivered, ...] | None) -> list[str]:
    """What went out, for people."""
    if found is None:
        return ["another newsfeed is delivering; it takes these letters along"]
    return [line for one in found for line in _lines(plan, one)]


def complain_of(plan: Plan, found: tuple[Delivered, ...] | None) -> bool:
    """Name on stderr what was left out; tells whether anything was."""
    lines = [line for one in found or () for line in _left_out(plan, one)]
    for line in lines:
        click.echo(line, err=True)
    return bool(lines)


def _lines(plan: Plan, one: Delivered) -> list[str]:
    counts = one.counts
    parts = [f"{counted(one.written, 'letter')} written"]
    parts += [f"{counts[state]:,} {said}" for state, said in _SAID.items() if counts.get(state)]
    why = f" ({one.why})" if one.why else ""
    lines = [f"{one.edition}: {', '.join(parts)}{why}"]
    if one.written:
        lines.append(f"  {shown(plan.outbox / one.folder)}/")
    return lines


def _left_out(plan: Plan, one: Delivered) -> list[str]:
    lines = []
    if limited := one.counts.get(DeliveryState.LIMITED, 0):
        lines.append(
            f"{one.edition}: {counted(limited, 'letter')} not written, since mail.files.limit is "
            f"{plan.mail.files.limit}. Raise it, then `newsfeed retry {one.edition}`"
        )
    if failed := one.counts.get(DeliveryState.FAILED, 0):
        lines.append(
            f"{one.edition}: {counted(failed, 'letter')} failed. "
            f"`newsfeed status {one.edition} --failed` says why"
        )
    return lines
