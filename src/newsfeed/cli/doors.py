"""The doors of one run, opened as every command opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from newsfeed.app import make_plan, open_project, real_seams, workshop
from newsfeed.cli.progress import progress
from newsfeed.cli.report import complain
from newsfeed.flows.build import StrictError, Workshop
from newsfeed.flows.plan import Asked
from newsfeed.store import database


@contextmanager
def opened(
    file: Path | None, *, allow_empty: bool = False, warns: bool = False, asked: Asked = "due"
) -> Iterator[Workshop]:
    """The workshop of a settings file, with progress shown. A strict build's faults are named, and
    a store that was lost, unless the command itself `warns` of whatever pauses everything.
    `asked` are the remote feeds that are.
    """
    plan = make_plan(open_project(file))
    try:
        with (
            progress() as show,
            workshop(plan, real_seams(show), allow_empty=allow_empty, asked=asked) as shop,
        ):
            if not warns and (paused := database.pause(shop.db)):
                _warn_of_loss(paused)
            yield shop
    except StrictError as error:
        complain(error.faults, ())
        raise


def _warn_of_loss(paused: str) -> None:
    """Name a store that was lost, where that is why everything is paused."""
    from newsfeed.store.backup import LOST

    if paused == LOST:
        click.echo(f"nothing is sent: {LOST}; `newsfeed resume` lets it go on", err=True)
