"""`newsfeed editions show`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.editions_list import lines
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.reading import Whole, shown


@click.command(name="show")
@click.argument("edition")
@click.option("--html", "part", flag_value="html", help="Print the HTML part alone.")
@click.option("--text", "part", flag_value="text", help="Print the text part alone.")
@config_option
@json_option
def command(*, edition: str, part: str | None, file: Path | None, as_json: bool) -> None:
    """Everything about EDITION: its articles, times and numbers, and what it says.

    What is personal in a letter is left out.
    """
    if part and as_json:
        raise click.UsageError("--json has both parts; leave --html and --text out.")
    with audience(file) as people:
        found = shown(people, edition)
    if as_json:
        click.echo(to_json(found))
    elif part:
        click.echo(found.html if part == "html" else found.text)
    else:
        click.echo("\n".join(_lines(found)))


def _lines(one: Whole) -> Iterator[str]:
    yield from lines(one.line)
    yield f"  composed:  {_time(one.composed)}"
    if one.released:
        yield f"  released:  {_time(one.released)}, by {one.transport}"
    if one.finished:
        yield f"  complete:  {_time(one.finished)}"
    if one.revision:
        yield f"  corrected: {one.revision}×"
    if one.recipients_of:
        yield f"  for:       the readers of {one.recipients_of}"
    if len(one.languages) > 1:
        yield f"  languages: {', '.join(one.languages)}"
    if one.counts:
        numbers = ", ".join(f"{number:,} {state.value}" for state, number in one.counts.items())
        yield f"  letters:   {numbers}"
    if one.web_copy:
        yield f"  web copy:  {one.web_copy}"
    for article in one.articles:
        title = " (by title)" if article.listed else ""
        yield f"  article:   {article.path or article.id}{title}"
    yield ""
    yield one.text


def _time(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M %Z}"
