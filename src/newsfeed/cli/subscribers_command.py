"""`newsfeed subscribers`: a group whose commands are imported only when they are called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "add": "Add somebody: at once with a stated consent, else to be confirmed.",
    "list": "List subscribers, after counting them.",
    "show": "Everything that is known of an address, with its last letters.",
    "import": "Take subscribers over from a file.",
    "export": "Write subscribers into a file.",
    "confirm": "Who has yet to confirm; with --send they are asked by mail.",
    "unsubscribe": "Take somebody off a newsletter, or off all.",
    "erase": "Forget everything about an address, and keep it out.",
    "reinstate": "Let a suppressed address be asked again.",
}

_ATTRIBUTES = {"import": "import_command", "export": "export_command"}


class _Commands(click.Group):
    """Commands that live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"newsfeed.cli.subscribers_{cmd_name}")
        command: click.Command = getattr(module, _ATTRIBUTES.get(cmd_name, "command"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of `--help`, from the table above and without any import."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands)
def command() -> None:
    """The audience: who gets which newsletter, by what consent.

    Nobody is mailed by any of these but by `confirm --send`.
    """
