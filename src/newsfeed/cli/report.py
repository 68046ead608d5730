"""What a build did, for people and for machines."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import click
import msgspec

from newsfeed.errors import Fault
from newsfeed.flows.build import BuildReport
from newsfeed.text import counted as counted

LEFT_OUT = 3
"""The exit status when some articles were left out."""


def complain(
    faults: Iterable[Fault], warnings: Iterable[Fault], fetched: Collection[Fault] = ()
) -> None:
    """Every fault on a line of stderr, and what there is to tell of remote feeds, which are
    `fetched`; other warnings are only counted.
    """
    for fault in faults:
        click.echo(str(fault), err=True)
    for fault in fetched:
        click.echo(f"warning: {fault}", err=True)
    count = len([warning for warning in warnings if warning not in fetched])
    if count:
        click.echo(f"{counted(count, 'warning')}; `newsfeed check` lists them", err=True)


def summary(report: BuildReport, output: Path, *, dry_run: bool) -> list[str]:
    """A few lines: how many articles, what was written, and where the feeds are."""
    verb = "would be written" if dry_run else "written"
    parts = [f"{len(report.written)} {verb}", f"{report.files - len(report.written)} unchanged"]
    if report.removed:
        parts.append(f"{len(report.removed)} removed")
    articles, files = counted(report.articles, "article"), counted(report.files, "file")
    feeds = [f"  {shown(output / feed)}" for feed in report.feeds]
    return [f"{articles}; {files}: {', '.join(parts)}", *feeds]


def shown(path: Path) -> str:
    """A path as people would type it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def to_json(value: object) -> str:
    """Any value of ours as indented JSON."""
    data = msgspec.json.encode(value, enc_hook=str)
    return msgspec.json.format(data, indent=2).decode()
