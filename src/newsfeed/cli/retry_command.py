"""`newsfeed retry`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.delivery import complain_of, delivered, delivery_lines
from newsfeed.cli.options import config_option, json_option, max_time_option
from newsfeed.cli.report import LEFT_OUT, counted, to_json
from newsfeed.flows.resending import retry


@click.command()
@click.argument("edition")
@config_option
@json_option
@max_time_option
def command(*, edition: str, file: Path | None, as_json: bool, max_time: timedelta) -> None:
    """Try again to deliver EDITION to those whom it did not reach.

    These are letters that failed, that wait, or that the outbox had no room for.
    """
    with audience(file) as people:
        plan = people.plan
        done = retry(people, edition)
    found = delivered(plan, max_time) if done.letters else ()
    if as_json:
        click.echo(to_json({"retried": done, "delivered": found}))
    elif not done.letters:
        click.echo(f"{done.edition}: there is nothing to try again")
    else:
        click.echo(f"{done.edition}: {counted(done.letters, 'letter')} to deliver")
        click.echo("\n".join(delivery_lines(plan, found)))
    sys.exit(LEFT_OUT if complain_of(plan, found) else 0)
