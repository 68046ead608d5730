"""`newsfeed articles`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.cli.doors import opened
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.listing import Listed, explain, listing


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@config_option
@json_option
def command(*, path: Path | None, file: Path | None, as_json: bool) -> None:
    """List each article with date, id, address and feeds, or say why it is left out.

    With PATH only that file, or the files of that folder. Nothing is written.
    """
    with opened(file, allow_empty=True) as shop:
        found = explain(shop, path) if path else listing(shop)
    if as_json:
        click.echo(to_json(found))
    else:
        for one in found:
            click.echo("\n".join(_lines(one, detailed=path is not None)))
    if path and not path.exists():
        sys.exit(1)


def _lines(one: Listed, *, detailed: bool) -> list[str]:
    date = f"{one.date:%Y-%m-%d %H:%M %z}" if one.date else "-"
    if one.left_out:
        remedy = f". {one.remedy}" if one.remedy else ""
        return [f"left out  {one.path}: {one.left_out}{remedy}"]
    lines = [f"{date}  {one.path}  {one.title}"]
    if detailed:
        lines += [
            f"  date from: {one.dated}",
            f"  id:        {one.id}",
            f"  address:   {one.url}",
            f"  feeds:     {', '.join(one.feeds) or 'none (too old for the newest)'}",
            f"  editions:  {', '.join(one.editions) or 'none yet'}",
        ]
    return lines
