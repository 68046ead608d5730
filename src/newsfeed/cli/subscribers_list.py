"""`newsfeed subscribers list`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import click
import msgspec

from newsfeed.cli.audience import audience, written_time
from newsfeed.cli.options import config_option, json_option
from newsfeed.flows.enrolling import known
from newsfeed.flows.profile import Count, counted, listed
from newsfeed.store.subscribers import Listed

_STATES = ("active", "pending", "unsubscribed", "suppressed")


@click.command(name="list")
@click.option("--newsletter", metavar="NAME", default="", help="Only of this newsletter.")
@click.option("--state", type=click.Choice(_STATES), help="Only those who are this.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many lines.")
@config_option
@json_option
def command(
    *, newsletter: str, state: str | None, limit: int | None, file: Path | None, as_json: bool
) -> None:
    """Count the subscribers of each newsletter, then list them in the order in which they came.

    A suppressed address gets nothing; it is counted and listed as that only.
    """
    with audience(file) as people:
        name = known(people, newsletter) if newsletter else ""
        counts = [count for count in counted(people) if name in ("", count.newsletter)]
        with closing(listed(people, newsletter=name, state=state or "", limit=limit)) as found:
            if as_json:
                _print_json(counts, found)
                return
            for count in counts:
                click.echo(_counts(count))
            for one in found:
                since = written_time(one.since, people)
                said = f"{one.address}  {one.newsletter}  {one.state}  {since}  {one.name}"
                click.echo(said.rstrip())


def _counts(count: Count) -> str:
    numbers = [f"{getattr(count, state):,} {state}" for state in _STATES]
    return f"{count.newsletter}: {', '.join(numbers)}"


def _print_json(counts: list[Count], found: Iterable[Listed]) -> None:
    """One object, of which a line at a time is in memory."""
    click.echo(f'{{"counts": {msgspec.json.encode(counts).decode()}, "subscribers": [', nl=False)
    comma = ""
    for one in found:
        click.echo(f"{comma}\n{msgspec.json.encode(one).decode()}", nl=False)
        comma = ","
    click.echo("\n]}")
