"""`newsfeed subscribers confirm`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience, written_time
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.progress import progress
from newsfeed.cli.report import counted, shown, to_json
from newsfeed.flows.confirming import Pending, pending, send_confirmations
from newsfeed.flows.enrolling import offered
from newsfeed.flows.people import People


@click.command(name="confirm")
@click.option("--send", is_flag=True, help="Mail those who may be mailed.")
@click.option("--newsletter", metavar="NAME", default="", help="Only of this newsletter.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="At most so many mails by one call.",
)
@config_option
@json_option
def command(*, send: bool, newsletter: str, limit: int, file: Path | None, as_json: bool) -> None:
    """Who has yet to confirm; with --send they are asked by mail, each once.

    Whose link ran out after 72 hours, or was for other words than today's, can be asked once more.
    An address gets at most one such mail in 24 hours, and three for ever. Nobody is mailed
    without --send.
    """
    with audience(file) as people:
        name = offered(people, newsletter) if newsletter else ""
        if send:
            _send(people, name, limit, as_json=as_json)
            return
        found = list(pending(people, name))
        click.echo(to_json(found) if as_json else "\n".join(_lines(people, found)))


def _send(people: People, newsletter: str, limit: int, *, as_json: bool) -> None:
    with progress() as show:
        done = send_confirmations(people, newsletter, limit=limit, progress=show)
    if as_json:
        click.echo(to_json(done))
        return
    where = f"written to {shown(people.plan.outbox)}" if done.mailed else "written"
    rest = f"; {done.left:,} more can be mailed by another call" if done.left else ""
    click.echo(f"{counted(done.mailed, 'confirmation mail')} {where}{rest}")


def _lines(people: People, found: list[Pending]) -> list[str]:
    if not found:
        return ["nobody has yet to confirm"]
    lines = [
        f"{one.address}  {one.newsletter}  pending since {written_time(one.since, people)}: "
        f"{one.mailing.value}"
        for one in found
    ]
    able = sum(one.mailing.able for one in found)
    what = "--send mails them" if able else "nobody of them can be mailed now"
    return [*lines, f"{counted(len(found), 'subscription')} pending, {able:,} to be mailed: {what}"]
