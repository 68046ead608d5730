"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """`-c FILE`."""
    return click.option(
        "-c",
        "--config",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The settings file; else newsfeed.toml or config.toml here.",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def dry_run_option(command: Command) -> Command:
    """`--dry-run`."""
    return click.option(
        "--dry-run", is_flag=True, help="Say what would happen; write and record nothing."
    )(command)


def build_options(command: Command) -> Command:
    """What `build` and `publish` have in common."""
    for option in (
        click.option(
            "--allow-empty", is_flag=True, help="A source may have become empty since last time."
        ),
        click.option(
            "--strict", is_flag=True, help="Any fault is an error, and nothing is written then."
        ),
        dry_run_option,
        json_option,
        config_option,
    ):
        command = option(command)
    return command
