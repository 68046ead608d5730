"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from newsfeed.units import duration

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """`-c FILE`."""
    return click.option(
        "-c",
        "--config",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The settings file; else newsfeed.toml, _newsfeed.toml or config.toml here.",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def dry_run_option(command: Command) -> Command:
    """`--dry-run`."""
    return click.option(
        "--dry-run", is_flag=True, help="Say what would happen; write and record nothing."
    )(command)


def max_time_option(command: Command) -> Command:
    """`--max-time DURATION`."""
    return click.option(
        "--max-time",
        type=_Duration(),
        default="30m",
        show_default=True,
        metavar="DURATION",
        help="End after this time, like 90s, 30m or 6h; what then waits goes with the next run.",
    )(command)


class _Duration(click.ParamType[timedelta]):
    """A time as the settings write it."""

    name = "duration"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        if not re.fullmatch(r"[1-9][0-9]{0,6}(s|m|h|d)", value):
            self.fail(f"{value!r} is no time; write one like 90s, 30m or 6h", param, ctx)
        return duration(value)


def build_options(command: Command) -> Command:
    """What `build` and `publish` have in common."""
    for option in (
        click.option(
            "--allow-empty", is_flag=True, help="A source may have become empty since last time."
        ),
        click.option(
            "--strict", is_flag=True, help="Any fault is an error, and nothing is written then."
        ),
        click.option(
            "--offline", is_flag=True, help="Ask no remote feed; what is known of them is used."
        ),
        dry_run_option,
        json_option,
        config_option,
    ):
        command = option(command)
    return command
