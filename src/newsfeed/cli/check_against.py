"""`newsfeed check --against FEED`: what a reader would notice of a switch."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.table import Table

from newsfeed.cli.report import counted, to_json
from newsfeed.flows.build import Workshop
from newsfeed.flows.comparing import Comparison, compare

_WIDEST = 100
"""Columns of the table where the output is no terminal."""

_REMEDIES = {
    "address": "set `feeds.paths`, and `site.url`",
    "format": "set `feeds.formats` and `feeds.paths`",
    "missing": "set `feeds.limit`, or see `newsfeed articles` for what is left out",
    "extra": "set `feeds.limit`, or keep them out; readers would show them as new",
}


def show_comparison(shop: Workshop, reference: str, *, as_json: bool) -> None:
    """Print the differences; exit with 1 where there are some, and quietly with 0 where not."""
    comparison = compare(shop, reference)
    if as_json:
        click.echo(to_json(comparison))
    elif comparison.differences:
        _print(comparison)
    sys.exit(1 if comparison.differences else 0)


def _print(comparison: Comparison) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDEST)
    table = Table(box=None, pad_edge=False)
    for head in ("what", "entry", "theirs", "ours"):
        table.add_column(head, overflow="fold")
    for one in comparison.differences:
        table.add_row(one.kind, *map(_plain, (one.entry, one.theirs, one.ours)))
    console.print(table)
    click.echo(
        f"{counted(len(comparison.differences), 'difference')} between {comparison.reference} "
        f"({comparison.theirs} entries) and our {comparison.path} ({comparison.ours})",
        err=True,
    )
    for kind in dict.fromkeys(one.kind for one in comparison.differences):
        if kind in _REMEDIES:
            click.echo(f"{kind}: {_REMEDIES[kind]}", err=True)


def _plain(text: str) -> str:
    """Text of a stranger's feed without what a terminal would obey, and without rich's markup."""
    from rich.markup import escape

    return escape("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))
