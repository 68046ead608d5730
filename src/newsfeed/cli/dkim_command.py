"""`newsfeed dkim`: the keys that sign letters, and their records in DNS."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsfeed.app import make_plan, open_project
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import shown, to_json

if TYPE_CHECKING:
    from newsfeed.deliver.dkim.keyfile import Algorithm
    from newsfeed.deliver.dkim.published import NameServer
    from newsfeed.flows.signing import Announcement

_NONE = "the settings name no DKIM key: letters go unsigned. `newsfeed dkim new` makes one"


@click.group()
def command() -> None:
    """Sign letters with DKIM: make a key, show its DNS record, check what is published.

    Receivers refuse or hide bulk mail without a signature. To change a key, make one for another
    selector, publish it, then put it into the settings; drop the old record a week later.
    """


@command.command()
@click.option("--domain", default="", help="The domain that letters come from.")
@click.option("--selector", default="", help="The key's name in DNS; else made from the date.")
@click.option(
    "--algorithm",
    type=click.Choice(["rsa", "ed25519"]),
    default="rsa",
    show_default=True,
    help="Everybody verifies rsa; ed25519 is for a second key.",
)
@json_option
@config_option
def new(
    *, file: Path | None, domain: str, selector: str, algorithm: Algorithm, as_json: bool
) -> None:
    """Make a key; print its record and the settings to add.

    A key that the settings name and that is missing is made there. No key is written over.
    """
    from newsfeed.flows.signing import new_key

    plan = make_plan(open_project(file))
    made = new_key(
        plan, domain=domain, selector=selector, algorithm=algorithm, now=datetime.now(UTC)
    )
    click.echo(to_json(made) if as_json else "\n".join(_made(made, plan.base)))


@command.command()
@json_option
@config_option
def show(*, file: Path | None, as_json: bool) -> None:
    """Print the DNS records of the keys in the settings."""
    from newsfeed.flows.signing import announced

    found = announced(make_plan(open_project(file)))
    if as_json:
        click.echo(to_json(found))
    elif found:
        click.echo("\n\n".join("\n".join([_title(one), *_record(one)]) for one in found))
    else:
        click.echo(_NONE, err=True)


@command.command()
@click.option(
    "--server",
    metavar="IP[:PORT]",
    default="",
    help="Ask this name server, as the domain's own; else the system's.",
)
@json_option
@config_option
def check(*, file: Path | None, server: str, as_json: bool) -> None:
    """Compare the keys in the settings with what DNS says. Exit status 1 where they differ."""
    from newsfeed.deliver.dkim import published
    from newsfeed.flows.signing import check_published, entries

    plan = make_plan(open_project(file))
    look = partial(published.texts, server=_server(server) if server else None)
    names = [one.name for one in entries(plan.mail, plan.base)]
    found = check_published(plan, look)
    if as_json:
        click.echo(to_json({"records": names, "findings": found}))
    elif not names:
        click.echo(_NONE, err=True)
    else:
        wrong = {one.name for one in found}
        for name in names:
            if name not in wrong:
                click.echo(f"{name}: published")
        for one in found:
            click.echo(f"warning: {one}" if one.warning else str(one), err=True)
    sys.exit(0 if all(one.warning for one in found) else 1)


def _server(text: str) -> NameServer:
    from newsfeed.deliver.dkim.published import name_server

    try:
        return name_server(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--server") from None


def _made(made: Announcement, base: Path) -> Iterator[str]:
    yield f"{_title(made)}: made"
    yield ""
    yield "Publish this record:"
    yield from _record(made)
    if not made.configured:
        file = made.file.relative_to(base) if made.file.is_relative_to(base) else made.file
        yield ""
        yield "When it is in DNS, add to the settings:"
        yield "  [[mail.dkim]]"
        yield f'  domain = "{made.domain}"'
        yield f'  selector = "{made.selector}"'
        yield f'  key_file = "{file}"'
    yield ""
    yield "Then look with `newsfeed dkim check`. Keep a copy of the key where nobody else reads it."


def _title(one: Announcement) -> str:
    return f"{shown(one.file)}: {one.algorithm}, {one.bits} bits, for {one.domain}"


def _record(one: Announcement) -> Iterator[str]:
    """The record as zone files have it, and piece by piece for a provider's form."""
    zone = one.zone.replace("\n", "\n    ")
    yield "  in a zone file:"
    yield f"    {zone}"
    yield "  in a form:"
    yield "    type   TXT"
    yield f"    name   {one.name}  (less .{one.domain} where the form adds it)"
    yield f"    value  {one.text}"
