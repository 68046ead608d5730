"""`newsfeed send`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from newsfeed.cli.decisions import decision_lines, forecast_lines, warnings
from newsfeed.cli.delivery import complain_of, delivered, delivery_lines
from newsfeed.cli.doors import opened
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, dry_run_option, json_option
from newsfeed.cli.report import LEFT_OUT, to_json
from newsfeed.flows.sending import send


@click.command()
@click.argument("newsletter", required=False)
@config_option
@dry_run_option
@json_option
def command(*, newsletter: str | None, file: Path | None, dry_run: bool, as_json: bool) -> None:
    """Compose and deliver the editions that are due; with NEWSLETTER, one of it now.

    An article is in one edition of a newsletter only; where nothing is new, nothing is sent.
    """
    with opened(file) as shop:
        plan = shop.plan
        report = send(shop, named(plan, newsletter) if newsletter else None, dry_run=dry_run)
    found = () if dry_run else delivered(plan)
    if as_json:
        click.echo(to_json({**msgspec.structs.asdict(report), "delivered": found}))
    elif dry_run:
        click.echo(
            "\n".join(forecast_lines(report.forecasts, report.waiting) or ["nothing is due"])
        )
    else:
        lines = [*decision_lines(report.decided), *delivery_lines(plan, found)]
        click.echo("\n".join(lines or ["nothing is due"]))
    for line in (*report.errors, *warnings(report.decided), *report.warnings):
        click.echo(line, err=True)
    left_out = complain_of(plan, found)
    sys.exit(1 if report.errors else LEFT_OUT if left_out else 0)
