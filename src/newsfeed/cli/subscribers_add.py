"""`newsfeed subscribers add`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from newsfeed.cli.audience import audience, given_address, given_language
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.enrolling import Added, Enrolment, add
from newsfeed.model import SubscriptionState


@click.command(name="add")
@click.argument("address")
@click.argument("newsletter")
@click.option("--name", help="What the person is called.")
@click.option(
    "--language",
    metavar="TAG",
    help="The language they read, such as ko; '' for each newsletter's own.",
)
@click.option(
    "--consent", metavar="SOURCE", help="Where their consent is from: they are active at once."
)
@click.option(
    "--consented",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day on which they consented.",
)
@click.option(
    "--again", is_flag=True, help="Ask somebody who left or got nothing; they have to confirm."
)
@config_option
@json_option
def command(
    *,
    address: str,
    newsletter: str,
    name: str | None,
    language: str | None,
    consent: str | None,
    consented: datetime | None,
    again: bool,
    file: Path | None,
    as_json: bool,
) -> None:
    """Add ADDRESS to NEWSLETTER.

    With --consent the person is active at once, and SOURCE is kept as the proof. Without it they
    are pending, and `newsfeed subscribers confirm --send` asks them. Whoever left, or was
    suppressed, comes back by their own confirmation only.
    """
    if consent is not None and not consent.strip():
        raise click.UsageError("--consent needs words: say where the consent is from.")
    if consented and not consent:
        raise click.UsageError("--consented is the day of a consent: say --consent SOURCE, too.")
    person = given_address(address)
    said = Enrolment(
        name=name,
        language=given_language(language),
        consent=consent or "",
        consented=consented.replace(tzinfo=UTC) if consented else None,
        again=again,
    )
    with audience(file) as people:
        added = add(people, person, newsletter, said)
    click.echo(to_json(added) if as_json else _line(person.address, newsletter, added))


def _line(address: str, newsletter: str, added: Added) -> str:
    verb = "is" if added.changed else "was already"
    line = f"{address} {verb} {added.state.value} for {newsletter}"
    if added.state is SubscriptionState.PENDING:
        line += "; `newsfeed subscribers confirm --send` mails the confirmation"
    return line
