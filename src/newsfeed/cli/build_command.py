"""`newsfeed build`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.cli.doors import opened
from newsfeed.cli.options import build_options
from newsfeed.cli.report import LEFT_OUT, complain, summary, to_json
from newsfeed.flows.build import BuildOptions, build


@click.command()
@build_options
def command(
    *,
    file: Path | None,
    as_json: bool,
    dry_run: bool,
    strict: bool,
    allow_empty: bool,
    offline: bool,
) -> None:
    """Write the feeds and pages; never mails.

    Only files whose bytes change are written, and nothing that newsfeed did not write is touched.
    """
    options = BuildOptions(dry_run=dry_run, strict=strict, allow_empty=allow_empty)
    with opened(file, allow_empty=allow_empty, asked="none" if offline else "due") as shop:
        report = build(shop, options)
    if as_json:
        click.echo(to_json(report))
    else:
        click.echo("\n".join(summary(report, shop.plan.output, dry_run=dry_run)))
    complain(report.faults, report.warnings, report.fetched)
    sys.exit(LEFT_OUT if report.faults else 0)
