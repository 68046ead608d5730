"""`newsfeed config`."""

from __future__ import annotations

from pathlib import Path

import click

from newsfeed.app import open_project
from newsfeed.cli.options import config_option, json_option
from newsfeed.cli.report import shown, to_json
from newsfeed.settings_text import as_toml, without_secrets


@click.command()
@config_option
@json_option
def command(*, file: Path | None, as_json: bool) -> None:
    """Show the settings that are in force, defaults and environment included.

    Secrets are kept elsewhere, and the file names where; a password in an address is not shown.
    """
    project = open_project(file)
    settings = without_secrets(project.settings)
    if as_json:
        click.echo(to_json(settings))
    else:
        click.echo(f"# {shown(project.file)}\n{as_toml(settings)}", nl=False)
