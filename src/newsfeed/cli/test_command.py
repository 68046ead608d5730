"""`newsfeed test`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import people, people_of
from newsfeed.cli.audience import given_address
from newsfeed.cli.doors import opened
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import LEFT_OUT, shown, to_json
from newsfeed.flows.letters import missing_button
from newsfeed.flows.posting import Fate
from newsfeed.flows.rehearsing import Tried, prepare_test, send_test

_OTHERWISE = {
    Fate.REFUSED: ("refused", LEFT_OUT),
    Fate.LOST: ("perhaps mailed", LEFT_OUT),
    Fate.UNTRIED: ("not mailed", 1),
}
"""What is said of a letter that was not taken, and the exit status."""


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
        plan = shop.plan
        name, _, slug = newsletter.partition("/")
        edition = newsletter if slug else ""
        to = [given_address(one).address for one in addresses]
        trial = prepare_test(shop, people_of(shop), named(plan, name), to, edition=edition)
    with people(plan, datetime.now(UTC)) as who:  # the relay keeps no other run waiting
        found = send_test(who, trial)
    if trial.edition:
        click.echo(f"nothing is new: this is the letter of {trial.edition}", err=True)
    for line in trial.warnings:
        click.echo(f"warning: {line}", err=True)
    if note := missing_button(plan):
        click.echo(note, err=True)
    if plan.mail.transport == "files":
        _tell_written([one.file for one in found], as_json=as_json)
    else:
        _tell_mailed(found, as_json=as_json)


def _tell_written(files: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(files))
    else:
        click.echo("written, not mailed; nothing is recorded:")
        click.echo("\n".join(f"  {shown(Path(one))}" for one in files))


def _tell_mailed(found: Sequence[Tried], *, as_json: bool) -> None:
    """What the relay said to each. Who got none is named on stderr, too, and ends it otherwise."""
    taken = [one for one in found if one.fate is Fate.TAKEN]
    if as_json:
        click.echo(to_json(found))
    elif taken:
        click.echo("mailed; nothing is recorded:")
        click.echo("\n".join(f"  {one.address}: {one.said}" for one in taken))
    others: dict[tuple[Fate, str], list[str]] = {}
    for one in found:
        if one.fate in _OTHERWISE:
            others.setdefault((one.fate, one.said), []).append(one.address)
    for (fate, said), addresses in others.items():
        click.echo(f"{', '.join(addresses)}: {_OTHERWISE[fate][0]}: {said}", err=True)
    sys.exit(min((_OTHERWISE[fate][1] for fate, _ in others), default=0))
