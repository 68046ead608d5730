"""`newsfeed keys`: the keys behind links and hashes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.options import config_option
from newsfeed.cli.report import shown


@click.group()
def command() -> None:
    """Look after the secret keys of this installation."""


@command.command()
@config_option
def rotate(*, file: Path | None) -> None:
    """Sign new links with a new key, as once a year, or when somebody may have seen the old one.

    Links that were sent go on working, and who was suppressed stays so.
    """
    from newsfeed.audience import keys

    plan = make_plan(open_project(file))
    now = datetime.now(UTC)
    with people(plan, now):  # refuses keys that are not the store's
        found = keys.rotate(plan.secret, now)
    click.echo(f"{shown(plan.secret)}: new links are signed with a new key")
    click.echo(f"  {len(found.tokens) - 1:,} older, which links that were sent need, stay")
    click.echo("  copies of the secret file are out of date: make a new one")
