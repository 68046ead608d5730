"""`newsfeed editions resend`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from newsfeed.cli.audience import audience, given_address
from newsfeed.cli.delivery import delivered, delivery_lines
from newsfeed.cli.options import config_option, json_option, max_time_option
from newsfeed.cli.report import to_json
from newsfeed.flows.resending import resend


@click.command(name="resend")
@click.argument("edition")
@click.option("--to", "address", metavar="ADDRESS", required=True, help="An active subscriber.")
@config_option
@json_option
@max_time_option
def command(
    *, edition: str, address: str, file: Path | None, as_json: bool, max_time: timedelta
) -> None:
    """Send EDITION to one active subscriber, once more if they had it.

    Other letters that can leave now go with it; for none that has to wait it stays.
    """
    person = given_address(address)
    with audience(file) as people:
        plan = people.plan
        done = resend(people, edition, person)
    found = delivered(plan, max_time, waits=False)
    if as_json:
        click.echo(to_json({"resent": done, "delivered": found}))
        return
    what = "a further copy" if done.copy else "a first copy"
    click.echo(f"{done.edition}: {what} for {person.address}")
    click.echo("\n".join(delivery_lines(plan, found)))
    if done.standstill:
        click.echo(f"{done.edition} waits: {done.standstill}", err=True)
