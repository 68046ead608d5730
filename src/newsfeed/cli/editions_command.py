"""`newsfeed editions`: a group whose commands are imported only when they are called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "list": "List editions, the newest first.",
    "show": "Everything about an edition, with what it says.",
    "new": "Make a special edition with own words, or a correction.",
    "approve": "Let an edition go that waits for approval.",
    "pause": "Hand out no more letters of an edition.",
    "resume": "Let a paused edition go on.",
    "fix": "Compose an edition again, for those not yet served.",
    "cancel": "Take an edition back; its articles are new again.",
    "resend": "Send an edition to one subscriber once more.",
    "reset": "After a rehearsal: make an edition ready again.",
}

_MODULES = {"approve": "steps", "pause": "steps", "resume": "steps"}


class _Commands(click.Group):
    """Commands that live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"newsfeed.cli.editions_{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(
            module, f"{cmd_name}_command" if cmd_name in _MODULES else "command"
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of `--help`, from the table above and without any import."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands)
def command() -> None:
    """What was sent and what will be. An edition is called like weekly/2026-11-23."""
