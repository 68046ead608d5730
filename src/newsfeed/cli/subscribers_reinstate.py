"""`newsfeed subscribers reinstate`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience, given_address
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.enrolling import Reinstated, reinstate


@click.command(name="reinstate")
@click.argument("address")
@config_option
@json_option
def command(*, address: str, file: Path | None, as_json: bool) -> None:
    """Let ADDRESS be asked again after it bounced, complained, was blocked or erased.

    It gets no letter by that: what was active has to be confirmed by the person first.
    """
    person = given_address(address)
    with audience(file) as people:
        done = reinstate(people, person)
    click.echo(to_json(done) if as_json else _line(person.address, done))


def _line(address: str, done: Reinstated) -> str:
    if done.reason is None:
        return f"{address} was not suppressed; nothing changed"
    line = f"{address} was {done.reason.value}, and may be asked again"
    if done.pending:
        names = ", ".join(done.pending)
        line += f"; pending for {names}: `newsfeed subscribers confirm --send` asks the person"
    return line
