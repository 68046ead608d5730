"""`newsfeed editions cancel`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.editions_words import ask
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.cancelling import Cancelled, cancel, check_cancel
from newsfeed.model import EditionState


@click.command(name="cancel")
@click.argument("edition")
@click.option("--keep-articles", is_flag=True, help="They stay used, and no edition has them.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@config_option
@json_option
def command(
    *, edition: str, keep_articles: bool, yes: bool, file: Path | None, as_json: bool
) -> None:
    """Take EDITION back, which is not sent yet: nobody else gets it.

    Its articles go into the next edition, unless somebody got a letter of this one already.
    """
    with audience(file) as people:
        name = check_cancel(people, edition).name
    if not yes:
        ask(f"Cancel {name}? This cannot be undone", "cancelling cannot be undone")
    with audience(file) as people:
        done = cancel(people, name, keep_articles=keep_articles)
    click.echo(to_json(done) if as_json else "\n".join(_lines(done, kept=keep_articles)))


def _lines(done: Cancelled, *, kept: bool) -> list[str]:
    dropped = counted(done.dropped, "letter")
    if done.state is EditionState.SENT:
        more = f"; {dropped} more will not leave" if done.dropped else ""
        return [f"{done.edition} was sent before and stays so{more}"]
    lines = [f"{done.edition} is cancelled{f'; {dropped} will not leave' if done.dropped else ''}"]
    articles = counted(done.articles, "article")
    if done.freed:
        lines.append(f"{articles}: new again, and in the next edition")
    elif done.articles and done.served and not kept:
        lines.append(
            f"{articles}: used up, since {counted(done.served, 'letter')} left before, or may have"
        )
    elif done.articles:
        lines.append(f"{articles}: used up, and in no edition")
    return lines
