"""`newsfeed skip`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.skipping import NEXT, skip


@click.command()
@click.argument("newsletter")
@click.argument("day", metavar="[DATE|next]", required=False, default=NEXT)
@click.option("--undo", is_flag=True, help="Leave it out no more.")
@config_option
@json_option
def command(*, newsletter: str, day: str, undo: bool, file: Path | None, as_json: bool) -> None:
    """Leave out the next letter of NEWSLETTER, or those of a day such as 2026-12-25.

    What is new then comes with the letter after it. Days that come every year belong into the
    settings (`skip`).
    """
    plan = make_plan(open_project(file))
    chosen = named(plan, newsletter)
    with people(plan, datetime.now(UTC)) as opened:
        done = skip(opened, chosen, day, undo=undo)
    if as_json:
        click.echo(to_json(done))
        return
    what = f"{done.slot:%a %Y-%m-%d %H:%M %Z}" if done.slot else f"{done.day:%a %Y-%m-%d}"
    verb = "is left out no more" if undo else "is left out"
    before = "" if done.changed else " (it was before)" if not undo else " (and was not before)"
    click.echo(f"{done.newsletter}: {what} {verb}{before}")
    if done.following:
        click.echo(f"  the next letter is due {done.following:%a %Y-%m-%d %H:%M %Z}")
