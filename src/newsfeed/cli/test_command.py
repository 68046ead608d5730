"""`newsfeed test`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.app import people_of
from newsfeed.cli.doors import opened
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import shown, to_json
from newsfeed.flows.rehearsing import send_test


@click.command()
@click.argument("newsletter")
@click.option("--to", "addresses", multiple=True, required=True, help="Repeat it, up to ten times.")
@config_option
@json_option
def command(
    *, newsletter: str, addresses: tuple[str, ...], file: Path | None, as_json: bool
) -> None:
    """Send the next letter of NEWSLETTER to yourself, with [test] in its subject.

    It is the letter of the edition that waits to leave, or the one that would be made now; with
    NEWSLETTER like weekly/2026-11-23, that edition's. No article counts as sent.
    """
    with opened(file) as shop:
        name, _, slug = newsletter.partition("/")
        edition = newsletter if slug else ""
        found = send_test(shop, people_of(shop), named(shop.plan, name), addresses, edition=edition)
    if as_json:
        click.echo(to_json(found))
    else:
        click.echo("written, not mailed; nothing is recorded:")
        click.echo("\n".join(f"  {shown(Path(one))}" for one in found))
