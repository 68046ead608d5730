"""Delivery as several commands end with it: what is released goes out, and what went is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from newsfeed.app import people
from newsfeed.cli.progress import progress
from newsfeed.cli.report import counted, shown
from newsfeed.flows.approving import BY_HAND
from newsfeed.flows.delivering import MAX_TIME, deliver, waiting_letters
from newsfeed.flows.outcomes import Delivered
from newsfeed.flows.people import People
from newsfeed.flows.plan import Plan
from newsfeed.model import DeliveryState

_WORTH_A_LINE = timedelta(seconds=30)

_SAID = {
    DeliveryState.DEFERRED: "to be tried again",
    DeliveryState.QUEUED: "waiting",
    DeliveryState.DROPPED: "left before",
}


def delivered(
    plan: Plan, max_time: timedelta = MAX_TIME, *, waits: bool = True
) -> tuple[Delivered, ...] | None:
    """Deliver what is released, for so long at most; None where another run is doing it. Without
    `waits` only what can go now.
    """
    with progress() as show, people(plan, datetime.now(UTC)) as who:
        wait = _Waiting(who, plan.site.timezone) if waits else _never
        found = deliver(who, progress=show, max_time=max_time, tell=_tell, wait=wait)
    return None if found is None else tuple(found)


class _Waiting:
    """Says until when letters wait: once for each minute, and where it is worth a line."""

    def __init__(self, who: People, timezone: str) -> None:
        self._who, self._zone, self._said = who, ZoneInfo(timezone), ""

    def __call__(self, until: datetime) -> bool:
        when = f"{until.astimezone(self._zone):%H:%M %Z}"
        if when != self._said and until - datetime.now(UTC) > _WORTH_A_LINE:
            self._said = when
            letters = waiting_letters(self._who.db)
            _tell(
                f"{counted(letters, 'letter')} {'waits' if letters == 1 else 'wait'} until {when}"
            )
        return True


def _never(_until: datetime) -> bool:
    return False


def _tell(news: str) -> None:
    click.echo(news, err=True)


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
    left = "written" if one.transport == "files" else "sent"
    parts = [f"{counted(one.written, 'letter')} {left}"]
    parts += [f"{counts[state]:,} {said}" for state, said in _SAID.items() if counts.get(state)]
    why = f" ({one.why})" if one.why and one.transport == "files" else ""
    lines = [f"{one.edition}: {', '.join(parts)}{why}"]
    if one.next and not one.why:
        lines.append(f"  the next is due at {one.next:%Y-%m-%d %H:%M} UTC; a later run sends it")
    if one.written and one.folder:
        lines.append(f"  {shown(plan.outbox / one.folder)}/")
    return lines


def _left_out(plan: Plan, one: Delivered) -> list[str]:
    lines = []
    if limited := one.counts.get(DeliveryState.LIMITED, 0):
        lines.append(
            f"{one.edition}: {counted(limited, 'letter')} not written, since mail.files.limit is "
            f"{plan.mail.files.limit}. Raise it, then `newsfeed retry {one.edition}`"
        )
    if one.paused and one.why == BY_HAND:
        lines.append(
            f"{one.edition}: it is paused {BY_HAND}; `newsfeed editions resume {one.edition}` lets "
            "it go on"
        )
    elif one.paused:
        lines.append(
            f"{one.edition}: it is paused: {one.why.rstrip('.')}. Mend that, then "
            f"`newsfeed editions resume {one.edition}`"
        )
    elif one.why and one.transport != "files":
        lines.append(f"{one.edition}: {one.why}")
    if failed := one.counts.get(DeliveryState.FAILED, 0):
        lines.append(
            f"{one.edition}: {counted(failed, 'letter')} failed. "
            f"`newsfeed status {one.edition} --failed` says why"
        )
    return lines
