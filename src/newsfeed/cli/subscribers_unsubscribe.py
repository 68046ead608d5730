"""`newsfeed subscribers unsubscribe`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience, given_address
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.enrolling import unsubscribe


@click.command(name="unsubscribe")
@click.argument("address")
@click.argument("newsletter", default="")
@config_option
@json_option
def command(*, address: str, newsletter: str, file: Path | None, as_json: bool) -> None:
    """Take ADDRESS off NEWSLETTER, or off all. Letters that wait for the person are dropped."""
    person = given_address(address)
    with audience(file) as people:
        left = unsubscribe(people, person, newsletter)
    if as_json:
        click.echo(to_json({"unsubscribed": left}))
    elif left:
        click.echo(f"{person.address} gets no more of {', '.join(left)}")
    else:
        click.echo(f"{person.address} was not subscribed; nothing changed")
