"""`newsfeed subscribers confirm`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.cli.audience import audience, written_time
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.progress import progress
from newsfeed.cli.report import LEFT_OUT, counted, shown, to_json
from newsfeed.flows.confirmation import Mailed
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
    without --send. By SMTP no more leave than the quotas allow at this moment, and what was put
    off is tried again after growing waits.
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
    click.echo(to_json(done) if as_json else _told(people, done))
    for line in _not_mailed(done):
        click.echo(line, err=True)
    sys.exit(1 if done.trouble else LEFT_OUT if done.refused or done.unanswered else 0)


def _told(people: People, done: Mailed) -> str:
    if people.plan.mail.transport == "files":
        where = f"written to {shown(people.plan.outbox)}" if done.mailed else "written"
    else:
        where = "sent"
    rest = f"; {done.left:,} more can be mailed by another call" if done.left else ""
    if done.waiting:
        rest += f"; {done.waiting:,} wait for another try, since their mail was put off"
    return f"{counted(done.mailed, 'confirmation mail')} {where}{rest}"


def _not_mailed(done: Mailed) -> list[str]:
    """What did not leave as it should have."""
    lines = [f"{one.address}: refused: {one.why}" for one in done.refused]
    lines += [
        f"{one}: perhaps mailed, since no answer came; it counts as a mail"
        for one in done.unanswered
    ]
    return [*lines, done.trouble] if done.trouble else lines


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
