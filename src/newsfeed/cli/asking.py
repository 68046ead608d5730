"""The operator's yes before letters leave by SMTP: whoever types the number has seen it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from datetime import timedelta

import click

from newsfeed.cli.report import counted
from newsfeed.errors import UsageError
from newsfeed.flows.departing import Departure, let_go
from newsfeed.flows.letters import missing_button
from newsfeed.flows.plan import Plan
from newsfeed.settings import MailSmtp


def must_ask(plan: Plan, *, yes: bool) -> bool:
    """Whether sending has to be confirmed: by SMTP, unless `yes` was said.

    Raises UsageError where nobody is there to answer. To be called before anything is composed.
    """
    if yes or plan.mail.transport != "smtp":
        return False
    if not sys.stdin.isatty():
        raise UsageError(
            "letters would leave by SMTP, and nobody is there to confirm it",
            remedy="say --yes in scripts and cron, or let `newsfeed publish` send what is due",
        )
    return True


def answered(
    plan: Plan, db: sqlite3.Connection, departures: Iterable[Departure]
) -> tuple[str, ...]:
    """Ask about each edition that is held for it, and let those go whose number was typed.

    Gives the names of the others, which stay held. No transaction is open while somebody thinks.
    Raises click.Abort for Ctrl-C, after which all are held; they are named on stderr then.
    """
    asked = tuple(departures)
    if asked and (note := missing_button(plan)):
        click.echo(note, err=True)
    try:
        agreed = [one.edition for one in asked if _agrees(plan.mail.smtp, one)]
    except KeyboardInterrupt:
        click.echo(err=True)
        for line in held_lines(one.edition for one in asked):
            click.echo(line, err=True)
        raise click.Abort from None
    let_go(db, agreed)
    return tuple(one.edition for one in asked if one.edition not in agreed)


def held_lines(names: Iterable[str]) -> list[str]:
    """What became of editions that were not let go, and what to do."""
    return [
        f"{name}: not sent, and held: `newsfeed editions approve {name}` lets it go, "
        f"`newsfeed editions cancel {name}` ends it"
        for name in names
    ]


def _agrees(smtp: MailSmtp, one: Departure) -> bool:
    """Show one edition and ask for its number of recipients; anything else is a no.

    On stderr, so that what is printed for machines stays clean.
    """
    click.echo("\n".join(_shown(smtp, one)), err=True)
    click.echo(f"Type {one.recipients} to send it, anything else to hold it: ", nl=False, err=True)
    said = sys.stdin.buffer.readline().decode(errors="replace")
    return said.strip().replace(",", "") == str(one.recipients)


def _shown(smtp: MailSmtp, one: Departure) -> list[str]:
    pace = f", at least {timedelta(seconds=round(one.takes))} by the quota" if one.takes else ""
    lines = [
        f"{one.edition}: {one.subject}",
        f"  to {counted(one.recipients, 'subscriber')} by {smtp.host}:{smtp.port}{pace}",
    ]
    if one.canary:
        wait = one.canary_wait
        lines.append(f"  {counted(one.canary, 'letter')} first, and the others {wait} later")
    return lines
