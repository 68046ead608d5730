"""`newsfeed publish`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newsfeed.cli.doors import opened
from newsfeed.cli.options import build_options
from newsfeed.cli.report import LEFT_OUT, complain, counted, shown, summary, to_json
from newsfeed.flows.build import BuildOptions
from newsfeed.flows.previewing import Preview
from newsfeed.flows.publishing import publish


@click.command()
@build_options
def command(
    *, file: Path | None, as_json: bool, dry_run: bool, strict: bool, allow_empty: bool
) -> None:
    """Build the feeds and pages, deploy them, and preview the next letters.

    Safe to run again and again: a second run without changes writes nothing.
    """
    options = BuildOptions(dry_run=dry_run, strict=strict, allow_empty=allow_empty)
    with opened(file, allow_empty=allow_empty) as shop:
        report = publish(shop, options)
    if as_json:
        click.echo(to_json(report))
    else:
        lines = summary(report.build, shop.plan.output, dry_run=dry_run)
        lines += ["deployed"] if report.deployed else []
        lines += [line for preview in report.previews for line in _lines(preview)]
        click.echo("\n".join(lines))
    complain(report.build.faults, report.build.warnings)
    sys.exit(LEFT_OUT if report.build.faults else 0)


def _lines(preview: Preview) -> list[str]:
    if not preview.files:
        return [f"{preview.newsletter}: nothing to send yet"]
    when = f"{preview.slot:%a %Y-%m-%d %H:%M %Z}" if preview.slot else "by hand, without a schedule"
    count = counted(preview.articles + preview.more, "article")
    title = f"{preview.newsletter}: the next letter is due {when}, {count}"
    return [title, f"  {preview.subject}", *(f"  {shown(Path(file))}" for file in preview.files)]
