"""`newsfeed subscribers erase`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.cli.audience import audience, given_address
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import LEFT_OUT, counted, shown, to_json
from newsfeed.errors import message
from newsfeed.flows.erasing import Erased, erase


@click.command(name="erase")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@config_option
@json_option
def command(*, address: str, yes: bool, file: Path | None, as_json: bool) -> None:
    """Forget everything about ADDRESS, and keep it out of later imports.

    Only a keyed hash stays, from which the address cannot be read, and how many confirmation
    mails it got. It works for an address that
    was never known, too. Backups are yours to look after.
    """
    person = given_address(address)
    with audience(file) as people:
        if not yes:
            _ask(person.address)
        done = erase(people, person)
        store = people.plan.store
    click.echo(to_json(done) if as_json else "\n".join(_lines(person.address, done)))
    for copy in done.copies:
        click.echo(
            message(shown(copy), "an older copy of the store may hold the address", "delete it"),
            err=True,
        )
    if not done.complete:
        remedy = "end it, and erase the address again"
        text = "another process reads, and the store's journal may still hold the address"
        click.echo(message(shown(store), text, remedy), err=True)
        sys.exit(LEFT_OUT)


def _ask(address: str) -> None:
    """Raises click.UsageError where nobody can answer, click.Abort for a no."""
    if not sys.stdin.isatty():
        raise click.UsageError("erasing cannot be undone: say --yes.")
    click.confirm(f"Forget everything about {address}? This cannot be undone", abort=True)


def _lines(address: str, done: Erased) -> list[str]:
    what = "is erased and suppressed"
    if not done.known:
        what = "was erased before" if done.before else "was not known, and is suppressed now"
    lines = [f"{address} {what}"]
    if done.letters:
        lines.append(f"{counted(len(done.letters), 'letter')} removed from the outbox")
    return [*lines, "backups may still hold it: let them expire, or erase it again after restoring"]
