"""`newsfeed resume`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, people, people_of
from newsfeed.cli.doors import opened
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.errors import UsageError
from newsfeed.flows.catching_up import count_as_sent
from newsfeed.flows.pausing import Resumed, is_restored, resume


@click.command()
@click.argument("newsletter", required=False, default="")
@click.option(
    "--articles",
    type=click.Choice(["sent", "new"]),
    help="After a restore or a loss: whether articles that the store has in no edition were sent.",
)
@config_option
@json_option
def command(*, newsletter: str, articles: str | None, file: Path | None, as_json: bool) -> None:
    """End a pause; without NEWSLETTER that of everything, as after `newsfeed db restore`.

    Slots that passed are not made up for: the next letter comes at the next slot. Also puts
    right what a clock left behind that was ahead. A restored store cannot know which articles
    were sent since its backup: say it with --articles.
    """
    plan = make_plan(open_project(file))
    with people(plan, datetime.now(UTC)) as who:
        restored = not newsletter and is_restored(who)
        if restored and articles is None:
            raise UsageError(
                "the store was restored or made anew: it cannot know which articles were sent",
                remedy="say --articles sent, or --articles new if no edition has them",
            )
        resumed = None if articles == "sent" else resume(who, newsletter)
    if resumed is None:
        with opened(file, warns=True) as shop:
            count = count_as_sent(shop)
            resumed = resume(people_of(shop), newsletter)
        if not as_json:
            click.echo(f"{counted(count, 'article')} count as sent")
    if as_json:
        click.echo(to_json(resumed))
    else:
        _show(resumed)


def _show(resumed: Resumed) -> None:
    what = resumed.newsletter or "everything"
    click.echo(f"{what} goes on from now" if resumed.was_paused else f"{what} was not paused")
    for name in resumed.ahead:
        click.echo(f"{name}: slots were decided for a time to come, and count from now again")
    for name in resumed.still_paused:
        command_line = f"newsfeed resume {name}".strip()
        click.echo(f"{name or 'everything'} is still paused; `{command_line}` ends that", err=True)
