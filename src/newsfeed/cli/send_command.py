"""`newsfeed send`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec

from newsfeed.app import people, people_of
from newsfeed.cli.asking import answered, held_lines, must_ask
from newsfeed.cli.decisions import decision_lines, forecast_lines, warnings
from newsfeed.cli.delivery import complain_of, delivered, delivery_lines
from newsfeed.cli.doors import opened
from newsfeed.cli.newsletter_names import named
from newsfeed.cli.options import config_option, dry_run_option, json_option, max_time_option
from newsfeed.cli.report import LEFT_OUT, to_json
from newsfeed.flows.plan import Plan
from newsfeed.flows.readiness import refuse_unless_ready
from newsfeed.flows.relaying import relay_of
from newsfeed.flows.releasing import release_ready
from newsfeed.flows.sending import SendReport, send


@click.command()
@click.argument("newsletter", required=False)
@config_option
@dry_run_option
@json_option
@max_time_option
@click.option("--yes", is_flag=True, help="Send over SMTP without asking for the count.")
def command(
    *,
    newsletter: str | None,
    file: Path | None,
    dry_run: bool,
    as_json: bool,
    max_time: timedelta,
    yes: bool,
) -> None:
    """Compose and deliver the editions that are due; with NEWSLETTER, one of it now.

    An article is in one edition of a newsletter only; where nothing is new, nothing is sent.
    """
    with opened(file, warns=True) as shop:
        plan = shop.plan
        chosen = named(plan, newsletter) if newsletter else None
        ask = not dry_run and must_ask(plan, yes=yes)
        if ask:  # nothing is held for an answer that could not leave anyway
            refuse_unless_ready(people_of(shop), relay_of(plan, os.environ))
        report = send(shop, chosen, dry_run=dry_run, ask=ask)
    held, released = _asked(plan, report) if report.departures else ((), report.released)
    found = () if dry_run else delivered(plan, max_time)
    if as_json:
        more = {"released": released, "held": held, "delivered": found}
        click.echo(to_json({**msgspec.structs.asdict(report), **more}))
    elif dry_run:
        lines = [
            *forecast_lines(report.forecasts, report.waiting, report.leaving),
            *report.standing,
        ]
        click.echo("\n".join(lines or ["nothing is due"]))
    else:
        lines = [*decision_lines(report.decided), *report.standing, *delivery_lines(plan, found)]
        click.echo("\n".join(lines or ["nothing is due"]))
    told = warnings((*report.decided, *(one.decided for one in report.forecasts)))
    for line in (*report.errors, *told, *report.warnings, *held_lines(held)):
        click.echo(line, err=True)
    left_out = complain_of(plan, found)
    sys.exit(1 if report.errors else LEFT_OUT if left_out or held else 0)


def _asked(plan: Plan, report: SendReport) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ask about what would leave, and release what may; gives the names of what is held, and of
    what is released.
    """
    with people(plan, datetime.now(UTC)) as who:
        held = answered(plan, who.db, report.departures)
        released = release_ready(plan, who.db, datetime.now(UTC))
    return held, (*report.released, *released)
