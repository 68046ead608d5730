"""`newsfeed editions approve`, `pause` and `resume`."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from newsfeed.cli.audience import audience
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import counted, to_json
from newsfeed.flows.approving import Stepped, approve, pause_edition, resume_edition
from newsfeed.flows.people import People


@click.command(name="approve")
@click.argument("edition")
@config_option
@json_option
def approve_command(*, edition: str, file: Path | None, as_json: bool) -> None:
    """Let EDITION go, which waits for approval. Saying it twice is no fault."""
    with audience(file) as people:
        done = approve(people, edition)
        said = "is ready" if done.changed else "was approved before, and is ready"
        time = _leaves(done, people)
    text = f"{done.edition} {said}: `newsfeed send` or the next `publish` delivers it{time}"
    click.echo(to_json(done) if as_json else text)
    _tell_standstill(done)


@click.command(name="pause")
@click.argument("edition")
@config_option
@json_option
def pause_command(*, edition: str, file: Path | None, as_json: bool) -> None:
    """Hand out no more letters of EDITION, which is under way.

    A delivery that runs stops at its next claim; letters that it holds by then still leave.
    """
    with audience(file) as people:
        done = pause_edition(people, edition)
    said = "is paused" if done.changed else "was paused before"
    text = (
        f"{done.edition} {said}, with {counted(done.left, 'letter')} left: "
        f"`newsfeed editions resume {done.edition}` lets it go on"
    )
    click.echo(to_json(done) if as_json else text)


@click.command(name="resume")
@click.argument("edition")
@config_option
@json_option
def resume_command(*, edition: str, file: Path | None, as_json: bool) -> None:
    """Let EDITION go on, which is paused."""
    with audience(file) as people:
        done = resume_edition(people, edition)
    said = "goes on" if done.changed else "was not paused"
    text = (
        f"{done.edition} {said}, with {counted(done.left, 'letter')} left: "
        "`newsfeed send` or the next `publish` delivers them"
    )
    click.echo(to_json(done) if as_json else text)
    _tell_standstill(done)


def _leaves(done: Stepped, people: People) -> str:
    if done.not_before <= people.now:
        return ""
    local = done.not_before.astimezone(ZoneInfo(people.plan.site.timezone))
    return f", from {local:%a %Y-%m-%d %H:%M %Z} on"


def _tell_standstill(done: Stepped) -> None:
    if done.standstill:
        click.echo(f"{done.edition} waits: {done.standstill}", err=True)
