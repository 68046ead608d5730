"""`newsfeed editions reset`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.editions_words import ask
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.cancelling import check_reset, reset
from newsfeed.model import EditionState


@click.command(name="reset")
@click.argument("edition")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@config_option
@json_option
def command(*, edition: str, yes: bool, file: Path | None, as_json: bool) -> None:
    """Make EDITION ready again, which was only rehearsed with the transport `files`.

    Its letters in the outbox are removed, and its recipients are fixed anew when it is released.
    """
    with audience(file) as people:
        name = check_reset(people, edition).name
    if not yes:
        ask(
            f"Remove the letters of {name} from the outbox and make it ready again",
            "the letters in the outbox would be removed",
        )
    with audience(file) as people:
        done = reset(people, name)
    next_ = (
        "`newsfeed send` or the next `publish` delivers it"
        if done.state is EditionState.READY
        else f"`newsfeed editions approve {done.edition}` lets it go"
    )
    taken = counted(done.letters, "letter")
    text = f"{done.edition} is {done.state.value} again, {taken} taken back: {next_}"
    click.echo(to_json(done) if as_json else text)
