"""`newsfeed pause`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.pausing import BY_HAND, pause


@click.command()
@click.argument("newsletter", required=False, default="")
@click.option(
    "--until",
    metavar="DATE",
    default="",
    help="Go on by itself then: a day such as 2026-09-28, at its first moment, or an ISO time.",
)
@config_option
@json_option
def command(*, newsletter: str, until: str, file: Path | None, as_json: bool) -> None:
    """Send nothing until `newsfeed resume`; without NEWSLETTER nothing at all.

    Letters that are on their way wait too. Slots that pass in the meantime are not made up for.
    """
    with people(make_plan(open_project(file)), datetime.now(UTC)) as opened:
        paused = pause(opened, newsletter, until)
    if as_json:
        click.echo(to_json(paused))
        return
    what = paused.newsletter or "everything"
    why = "" if paused.why == BY_HAND else f" ({paused.why})"
    resume = f"newsfeed resume {paused.newsletter}".strip()
    end = f"{paused.until:%a %Y-%m-%d %H:%M %Z}" if paused.until else f"`{resume}`"
    click.echo(f"{what} is paused{why} until {end}")
