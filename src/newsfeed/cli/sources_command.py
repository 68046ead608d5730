"""`newsfeed sources`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from newsfeed.cli.doors import opened
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, shown, to_json
from newsfeed.flows.sources import Source, sources


@click.command()
@click.option("--ask", is_flag=True, help="Ask every remote feed now, even before its time.")
@config_option
@json_option
def command(*, file: Path | None, ask: bool, as_json: bool) -> None:
    """List each source: how it is read, how many articles it gives, and when a feed is asked again.

    Remote feeds are asked where it is time; what they have is published by the next build.
    """
    with opened(file, allow_empty=True, asked="all" if ask else "due") as shop:
        found = sources(shop)
        zone = ZoneInfo(shop.plan.site.timezone)
    if as_json:
        click.echo(to_json(found))
        return
    for one in found:
        click.echo("\n".join(_lines(one, zone)))


def _lines(one: Source, zone: ZoneInfo) -> Iterator[str]:
    left_out = f", {one.left_out:,} left out" if one.left_out else ""
    yield f"{_place(one)} ({one.kind}): {counted(one.articles, 'article')}{left_out}"
    if one.due:
        read = f"read {_moment(one.answered, zone)}" if one.answered else "never read"
        yield f"  {read}; asked again from {_moment(one.due, zone)}"
    for fault in one.told:
        yield f"  {fault}"


def _place(one: Source) -> str:
    place = one.place if one.kind == "feed" else shown(Path(one.place))
    return place if one.name in {place, one.place} else f"{one.name}: {place}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
