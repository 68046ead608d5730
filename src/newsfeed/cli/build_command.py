"""`newsfeed build`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, real_seams, workshop
from newsfeed.cli.options import build_options
from newsfeed.cli.progress import progress
from newsfeed.cli.report import LEFT_OUT, complain, summary, to_json
from newsfeed.flows.build import BuildOptions, StrictError, build


@click.command()
@build_options
def command(
    *, file: Path | None, as_json: bool, dry_run: bool, strict: bool, allow_empty: bool
) -> None:
    """Write the feeds and pages; never mails.

    Only files whose bytes change are written, and nothing that newsfeed did not write is touched.
    """
    plan = make_plan(open_project(file))
    options = BuildOptions(dry_run=dry_run, strict=strict, allow_empty=allow_empty)
    try:
        with progress() as show, workshop(plan, real_seams(show), allow_empty=allow_empty) as shop:
            report = build(shop, options)
    except StrictError as error:
        complain(error.faults, ())
        raise
    if as_json:
        click.echo(to_json(report))
    else:
        click.echo("\n".join(summary(report, plan.output, dry_run=dry_run)))
    complain(report.faults, report.warnings)
    sys.exit(LEFT_OUT if report.faults else 0)
