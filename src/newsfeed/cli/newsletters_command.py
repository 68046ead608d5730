"""`newsfeed newsletters`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people
from newsfeed.cli.options import config_option, dry_run_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.newsletters import Standing, standing
from newsfeed.flows.renaming import rename
from newsfeed.store import facts


@click.group()
def command() -> None:
    """See how newsletters stand, and rename one."""


@command.command("list")
@config_option
@json_option
def list_command(*, file: Path | None, as_json: bool) -> None:
    """List each newsletter: when it is due, whether it is paused, how many people get it.

    Vanished ones have subscribers and are no longer in the settings.
    """
    with people(make_plan(open_project(file)), datetime.now(UTC)) as opened:
        found = standing(opened)
        why = facts.paused(opened.db, opened.now)
    if as_json:
        click.echo(to_json(found))
    elif found:
        click.echo("\n".join(line for one in found for line in _lines(one)))
    if why:
        click.echo(f"nothing is sent: {why}; `newsfeed resume` ends that", err=True)


@command.command("rename")
@click.argument("old")
@click.argument("new")
@config_option
@json_option
@dry_run_option
def rename_command(*, old: str, new: str, file: Path | None, as_json: bool, dry_run: bool) -> None:
    """Give what is kept under the name OLD to NEW, which is in the settings already.

    Subscriptions, editions and articles go along, and links in letters that were sent go on
    working.
    """
    with people(make_plan(open_project(file)), datetime.now(UTC)) as opened:
        renamed = rename(opened, old, new, dry_run=dry_run)
    if as_json:
        click.echo(to_json(renamed))
        return
    verb = "would take" if dry_run else "took"
    taken = (
        f"{counted(renamed.subscriptions, 'subscription')}, "
        f"{counted(renamed.editions, 'edition')} and {counted(renamed.articles, 'article')}"
    )
    click.echo(f"{new} {verb} {taken} of {old}")
    if renamed.discarded:
        verb = "would be discarded" if dry_run else "discarded"
        click.echo(f"{counted(renamed.discarded, 'edition')} of {new} that nobody got: {verb}")


def _lines(one: Standing) -> Iterator[str]:
    if one.vanished:
        yield f"{one.name}  (not in the settings: put it back, or rename it)"
    else:
        yield f"{one.name}  {one.title}"
        yield f"  schedule:  {one.schedule or 'none, by hand'} ({one.timezone})"
        if one.next_slot or not one.paused:
            yield f"  next:      {_time(one.next_slot)}"
    yield f"  decided:   {_time(one.decided_until)}"
    if one.paused:
        yield f"  paused:    {f'until {_time(one.paused_until)}' if one.paused_until else 'yes'}"
    yield f"  {one.active:,} active, {one.pending:,} pending, {one.unsubscribed:,} unsubscribed"


def _time(moment: datetime | None) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M %Z}" if moment else "-"
