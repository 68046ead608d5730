"""`newsfeed editions list`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.reading import Line, listed
from newsfeed.model import EditionState

_BEFORE = (EditionState.HELD, EditionState.READY)


@click.command(name="list")
@click.argument("newsletter", required=False, default="")
@config_option
@json_option
def command(*, newsletter: str, file: Path | None, as_json: bool) -> None:
    """List editions, the newest first: state, kind, slot, subject, and how many got it."""
    with audience(file) as people:
        found = listed(people, newsletter)
    if as_json:
        click.echo(to_json(found))
        return
    click.echo("\n".join(line for one in found for line in lines(one)) or "no edition yet")


def lines(one: Line) -> list[str]:
    """An edition in short, for people."""
    why = f" ({one.why})" if one.why else ""
    said = [f"{one.edition}  {one.state.value}{why}", one.kind.value]
    said.append(f"{one.slot:%a %Y-%m-%d %H:%M %Z}")
    if one.state in _BEFORE and one.not_before > one.slot:
        said.append(f"not before {one.not_before:%a %Y-%m-%d %H:%M %Z}")
    if one.state not in _BEFORE:
        left = f", {one.left:,} left" if one.left else ""
        said.append(f"{counted(one.recipients, 'recipient')}, {one.sent:,} sent{left}")
    return ["  ".join(said), f"  {one.subject}"]
