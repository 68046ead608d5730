"""`newsfeed config`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.app import open_project
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import shown, to_json
from newsfeed.settings_text import as_toml


@click.command()
@config_option
@json_option
def command(*, file: Path | None, as_json: bool) -> None:
    """Show the settings that are in force, defaults and environment included.

    Secrets are never part of the settings: the file names where they are kept.
    """
    project = open_project(file)
    if as_json:
        click.echo(to_json(project.settings))
    else:
        click.echo(f"# {shown(project.file)}\n{as_toml(project.settings)}", nl=False)
