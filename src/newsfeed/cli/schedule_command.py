"""`newsfeed schedule`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.timetable import Fate, Timetable, timetable

MOST = 1000


@click.command()
@click.argument("newsletter", required=False, default="")
@click.option(
    "--count",
    type=click.IntRange(1, MOST),
    default=5,
    show_default=True,
    help="How many slots of each newsletter.",
)
@config_option
@json_option
def command(*, newsletter: str, count: int, file: Path | None, as_json: bool) -> None:
    """Show when letters are due next, by each newsletter's own clock.

    Slots that are left out or fall into a pause are marked. `newsfeed skip` leaves one out.
    """
    plan = make_plan(open_project(file))
    chosen = (named(plan, newsletter),) if newsletter else plan.newsletters
    with people(plan, datetime.now(UTC)) as opened:
        found = [timetable(opened, one, count) for one in chosen]
    if as_json:
        click.echo(to_json(found))
    else:
        lines = [line for one in found for line in _lines(one)]
        click.echo("\n".join(lines or ["the settings have no newsletter"]))


def _lines(one: Timetable) -> Iterator[str]:
    yield f"{one.newsletter}  {one.schedule or 'no schedule, by hand'} ({one.timezone})"
    if one.decided_until:
        yield f"  decided until {_time(one.decided_until)}"
    if one.paused:
        end = f"until {_time(one.paused_until)}" if one.paused_until else "until somebody resumes"
        yield f"  nothing is sent {end}: {one.paused}"
    if one.waiting:
        fate = "due now" if one.waiting.fate is Fate.DUE else one.waiting.fate.value
        yield f"  {_time(one.waiting.at)}  {fate}; the next `newsfeed publish` decides it"
    for slot in one.slots:
        mark = "" if slot.fate is Fate.DUE else f"  {slot.fate.value}"
        yield f"  {_time(slot.at)}{mark}"


def _time(moment: datetime) -> str:
    """`Mon 2026-11-30 08:00 +09:00`: the offset tells what the clocks do that day."""
    return f"{moment:%a %Y-%m-%d %H:%M} {moment.isoformat()[-6:]}"
