"""`newsfeed subscribers show`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience, given_address, written_time
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import to_json
from newsfeed.flows.people import People
from newsfeed.flows.profile import Agreed, Profile, Sent, profile

_LETTERS = 20


@click.command(name="show")
@click.argument("address")
@click.option(
    "--letters",
    type=click.IntRange(min=0),
    help=f"How many of the last letters. [default: {_LETTERS}; all of them with --json]",
)
@config_option
@json_option
def command(*, address: str, letters: int | None, file: Path | None, as_json: bool) -> None:
    """Everything that is known of ADDRESS: what it is subscribed to, by what consent, and what
    became of its last letters. With --json it is all that an access request asks for.
    """
    person = given_address(address)
    if letters is None and not as_json:
        letters = _LETTERS
    with audience(file) as people:
        found = profile(people, person, letters=letters)
        click.echo(to_json(found) if as_json else "\n".join(_lines(found, people)))


def _lines(found: Profile, people: People) -> list[str]:
    lines = [found.address if found.known else f"{found.address}: nobody of this address is known"]
    if found.created:
        lines += [
            f"  name:     {found.name or '-'}",
            f"  language: {found.language or '-'}",
            f"  since:    {written_time(found.created, people)}",
        ]
    if found.suppressed_since:
        since = written_time(found.suppressed_since, people)
        lines.append(f"gets nothing: {found.suppressed} since {since}")
    lines += [
        f"{one.newsletter}: {one.state.value} since {written_time(one.since, people)}"
        for one in found.subscriptions
    ]
    if found.consents:
        lines.append("consent:")
        lines += [line for one in found.consents for line in _consent(one, people)]
    if found.deliveries:
        lines.append("last letters:")
        lines += [line for sent in found.deliveries for line in _sent(sent, people)]
    elif found.known:
        lines.append("no letters yet")
    return lines


def _consent(one: Agreed, people: People) -> list[str]:
    consent = one.consent
    said = [
        f"  {written_time(consent.at, people)}",
        consent.newsletter or "all newsletters",
        f"{consent.event} by {consent.way}",
    ]
    details = {
        "source": consent.source,
        "consented": f"{consent.consented:%Y-%m-%d}" if consent.consented else "",
        "words": one.wording,
        "network": consent.ip,
        "browser": consent.user_agent,
        "message": consent.message_id,
    }
    return ["  ".join(said), *(f"    {key}: {text}" for key, text in details.items() if text)]


def _sent(sent: Sent, people: People) -> list[str]:
    lines = [f"  {written_time(sent.at, people)}  {sent.edition}  {sent.state}"]
    if sent.message_id:
        lines.append(f"    message: {sent.message_id}")
    if sent.reply:
        lines.append(f"    reply: {sent.reply}")
    return lines
