"""`newsfeed check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.cli.doors import opened
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import LEFT_OUT, counted, to_json
from newsfeed.flows.checking import CheckReport, check


@click.command()
@click.option(
    "--against", metavar="FEED", help="Compare with a feed that is there already: a file or a URL."
)
@config_option
@json_option
def command(*, file: Path | None, as_json: bool, against: str | None) -> None:
    """Look for faults in settings, articles, templates, feeds and letters; write nothing.

    Every feed, page and letter is made anew and checked. Exit status 1 for faults of the whole,
    3 where only articles have faults. With --against, only what readers would notice if our feed
    came in the place of FEED; it prints nothing where that is nothing.
    """
    with opened(file, allow_empty=True) as shop:
        if against is not None:
            from newsfeed.cli.check_against import show_comparison

            show_comparison(shop, against, as_json=as_json)
        report = check(shop)
    if as_json:
        click.echo(to_json(report))
    else:
        _show(report)
    if report.errors:
        sys.exit(1)
    sys.exit(LEFT_OUT if report.faults else 0)


def _show(report: CheckReport) -> None:
    for line in (*report.errors, *map(str, report.faults)):
        click.echo(line, err=True)
    warnings = (*map(str, report.warnings), *report.notes)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    wrong = len(report.errors) + len(report.faults)
    looked = ", ".join(
        (
            counted(report.articles, "article"),
            counted(report.files, "file"),
            counted(report.letters, "letter"),
        )
    )
    found = f"{counted(wrong, 'fault')}, {counted(len(warnings), 'warning')}"
    click.echo(f"looked at {looked}: {found}")
