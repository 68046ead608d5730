"""`newsfeed status`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.status import EditionStatus, status
from newsfeed.model import DeliveryState, EditionState


@click.command()
@click.argument("edition", required=False)
@click.option("--failed", is_flag=True, help="Name those who did not get it, and why.")
@config_option
@json_option
def command(*, edition: str | None, failed: bool, file: Path | None, as_json: bool) -> None:
    """Tell who got an edition, who did not and why, and how long the rest will take.

    EDITION is called like weekly/2026-11-23; without it, the newest ones.
    """
    plan = make_plan(open_project(file))
    with people(plan, datetime.now(UTC)) as who:
        found = status(who, edition or "", failed=failed)
    if as_json:
        click.echo(to_json(found))
        return
    if found.paused:
        click.echo(f"nothing is sent: {found.paused}; `newsfeed resume` lets it go on", err=True)
    lines = [line for one in found.editions for line in _lines(one)]
    click.echo("\n".join(lines or ["no edition yet"]))


def _lines(one: EditionStatus) -> list[str]:
    why = f" ({one.why})" if one.why else ""
    words = {DeliveryState.SENT: "written"} if one.transport == "files" else {}
    counts = [
        f"{n:,} {words.get(state, state.value)}"
        for state in DeliveryState
        if (n := one.counts.get(state))
    ]
    lines = [
        f"{one.edition}  {one.state.value}{why}  {counted(one.recipients, 'recipient')}"
        + (f": {', '.join(counts)}" if counts else ""),
        f"  {one.subject}",
    ]
    if one.state is EditionState.HELD:
        lines.append(f"  waits for approval: `newsfeed editions approve {one.edition}`")
    if one.state is EditionState.READY and one.not_before > datetime.now(UTC):
        lines.append(f"  leaves at {one.not_before:%Y-%m-%d %H:%M} UTC")
    if one.left and one.takes:
        lines.append(f"  the rest takes at least {timedelta(seconds=round(one.takes))}")
    for person in one.unserved:
        again = f", again at {person.due:%Y-%m-%d %H:%M} UTC" if not person.done else ""
        lines.append(f"  {person.address}  {person.state.value}: {person.reply}{again}")
    return lines
