"""`newsfeed publish`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from newsfeed.cli.doors import opened
from newsfeed.cli.options import build_options, max_time_option
from newsfeed.cli.report import LEFT_OUT, complain, counted, shown, summary, to_json
from newsfeed.errors import NewsfeedError, message
from newsfeed.flows.build import BuildOptions
from newsfeed.flows.plan import Asked, Plan
from newsfeed.flows.previewing import Preview
from newsfeed.flows.publishing import PublishReport, publish

if TYPE_CHECKING:
    from newsfeed.flows.outcomes import Delivered


@click.command()
@build_options
@max_time_option
def command(
    *,
    file: Path | None,
    as_json: bool,
    dry_run: bool,
    strict: bool,
    allow_empty: bool,
    offline: bool,
    max_time: timedelta,
) -> None:
    """Build the feeds and pages, deploy them, deliver the letters that are due, and preview the
    next ones.

    Safe to run again and again: what is done is not done twice.
    """
    options = BuildOptions(dry_run=dry_run, strict=strict, allow_empty=allow_empty)
    plan, report, found = _run(file, options, max_time, offline=offline)
    if as_json:
        click.echo(to_json({**msgspec.structs.asdict(report), "delivered": found}))
    else:
        lines = summary(report.build, plan.output, dry_run=dry_run)
        lines += ["deployed"] if report.deployed else []
        lines += _told(report)
        lines += [] if report.idle else _news(plan, report, found, dry_run=dry_run)
        lines += [line for preview in report.previews for line in _lines(preview)]
        click.echo("\n".join(lines))
    for line in (*report.errors, *report.warnings, *_untold(plan, report)):
        click.echo(line, err=True)
    complain(report.build.faults, report.build.warnings, report.build.fetched)
    left_out = bool(found) and _complained_of(plan, found)
    left_out |= not dry_run and _not_mailed(plan, report)
    sys.exit(1 if report.errors else LEFT_OUT if report.build.faults or left_out else 0)


def _run(
    file: Path | None, options: BuildOptions, max_time: timedelta, *, offline: bool
) -> tuple[Plan, PublishReport, tuple[Delivered, ...] | None]:
    """All but the mails about it. The operator is told of an error."""
    plan = None
    try:
        asked: Asked = "none" if offline else "due"
        with opened(file, allow_empty=options.allow_empty, warns=True, asked=asked) as shop:
            plan = shop.plan
            report = publish(shop, options)
        found = () if report.idle or options.dry_run else _delivered(plan, max_time)
    except NewsfeedError as error:
        if plan and plan.notify and not options.dry_run:
            _send_mails(plan, [str(error)])
        raise
    return plan, report, found


def _not_mailed(plan: Plan, report: PublishReport) -> bool:
    """Send mails that are no editions, where there may be any; tells whether that went wrong."""
    tells = any(one.commercial or one.welcome for one in plan.newsletters)
    of_interest = report.mails or tells or (plan.notify and not report.idle)
    return bool(of_interest) and _send_mails(plan, report.errors)


def _send_mails(plan: Plan, faults: Sequence[str]) -> bool:
    from newsfeed.cli.mails import send_mails

    return send_mails(plan, {"publish": faults})


def _delivered(plan: Plan, max_time: timedelta) -> tuple[Delivered, ...] | None:
    from newsfeed.cli.delivery import delivered

    return delivered(plan, max_time)


def _complained_of(plan: Plan, found: tuple[Delivered, ...] | None) -> bool:
    from newsfeed.cli.delivery import complain_of

    return complain_of(plan, found)


def _news(
    plan: Plan,
    report: PublishReport,
    found: tuple[Delivered, ...] | None,
    *,
    dry_run: bool,
) -> list[str]:
    """What was due, and what went out; or what would be."""
    from newsfeed.cli.decisions import decision_lines, forecast_lines, warnings
    from newsfeed.cli.delivery import delivery_lines

    would = [one.decided for one in report.forecasts]
    for line in warnings((*report.decided, *would)):
        click.echo(line, err=True)
    if dry_run:
        return [*forecast_lines(report.forecasts, report.waiting, report.leaving), *report.standing]
    return [*decision_lines(report.decided), *report.standing, *delivery_lines(plan, found)]


def _told(report: PublishReport) -> list[str]:
    """How many feeds the hub was told of; nothing where it was told of none."""
    told = sum(not one.problem for one in report.pinged)
    return [f"told the hub of {counted(told, 'feed')}"] if told else []


def _untold(plan: Plan, report: PublishReport) -> list[str]:
    """A line for each reason why the hub was not told of something."""
    reasons: dict[tuple[str, bool], int] = {}
    for one in report.pinged:
        if one.problem:
            key = one.problem, one.again is not None
            reasons[key] = reasons.get(key, 0) + 1
    return [
        message(
            plan.feeds.hub,
            f"the hub was not told of {counted(count, 'feed')}: {problem}",
            "the next publish tries again" if again else "nothing more is tried until they change",
        )
        for (problem, again), count in reasons.items()
    ]


def _lines(preview: Preview) -> list[str]:
    if not preview.files:
        return [f"{preview.newsletter}: nothing to send yet"]
    when = f"{preview.slot:%a %Y-%m-%d %H:%M %Z}" if preview.slot else "by hand, without a schedule"
    count = counted(preview.articles + preview.more, "article")
    title = f"{preview.newsletter}: the next letter is due {when}, {count}"
    return [title, f"  {preview.subject}", *(f"  {shown(Path(file))}" for file in preview.files)]
