"""`newsfeed subscribers export`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.bar import bar
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, shown
from newsfeed.flows.enrolling import known
from newsfeed.flows.exporting import ExportOptions, export_subscribers, replaced
from newsfeed.model import SubscriptionState

_STDOUT = Path("-")


@click.command(name="export")
@click.argument("target", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--newsletter", metavar="NAME", default="", help="Only of this newsletter.")
@click.option(
    "--state",
    type=click.Choice(["all", *(state.value for state in SubscriptionState)]),
    default="all",
    help="Only those who are this.",
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), help="Else by the name of FILE; csv."
)
@json_option
@config_option
def export_command(
    *,
    target: Path | None,
    newsletter: str,
    state: str,
    form: Literal["csv", "json"] | None,
    as_json: bool,
    file: Path | None,
) -> None:
    """Write subscribers into FILE, or to the standard output (-).

    One row for each subscription, in the order in which people came. CSV cells that a spreadsheet
    would calculate begin with a `'`, which `import` takes away again.
    """
    target = target or _STDOUT
    is_json = as_json or target.suffix.lower() == ".json"
    with audience(file) as people, bar() as show:
        options = ExportOptions(
            newsletter=known(people, newsletter) if newsletter else "",
            state=None if state == "all" else SubscriptionState(state),
            format=form or ("json" if is_json else "csv"),
        )
        with _opened(target, mark=options.format == "csv") as out:
            count = export_subscribers(people, options, out, show)
    if target != _STDOUT:
        click.echo(f"{counted(count, 'subscription')} written to {shown(target.absolute())}")


@contextmanager
def _opened(target: Path, *, mark: bool) -> Iterator[TextIO]:
    if target != _STDOUT:
        with replaced(target, mark=mark) as file:
            yield file
        return
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield out
        out.flush()
    finally:
        out.detach()
