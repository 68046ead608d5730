"""The command line: words in, a flow called, lines and an exit status out.

Commands are imported only when they are called, so that `--help` is quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from newsfeed import __version__
from newsfeed.errors import NewsfeedError, refusal

COMMANDS = {
    "init": "Look at a folder of articles and write its settings file.",
    "build": "Write the feeds and pages; never mails.",
    "publish": "Build, deploy, deliver what is due; safe to run again and again.",
    "send": "Compose and deliver the editions that are due, or one now.",
    "test": "Send the next letter to yourself; nothing is recorded.",
    "preview": "Show letters, feeds and pages in a browser, as files change.",
    "articles": "List each article, or say why it is left out.",
    "sources": "List each source; ask remote feeds now.",
    "check": "Look for faults in settings, articles, templates, feeds and letters.",
    "run": "The service: publish, send and serve on schedule, in one process.",
    "serve": "Serve feeds, pages, and the links by which subscribers confirm and leave.",
    "subscribers": "Add, list, show, import, export, confirm, unsubscribe, erase, reinstate.",
    "editions": "List, show, make, approve, pause, correct, cancel and resend editions.",
    "status": "Tell who got an edition, and who did not and why.",
    "retry": "Try again what was not delivered.",
    "newsletters": "List the newsletters, or give one another name.",
    "schedule": "Show when letters are due next.",
    "skip": "Leave out a newsletter's next letter, or a day.",
    "pause": "Send nothing for a while.",
    "resume": "Let sending go on.",
    "db": "Upgrade, back up and restore the store.",
    "dkim": "Make keys that sign letters, show their records, check DNS.",
    "keys": "Make a new key for the links in letters.",
    "config": "Show the settings that are in force.",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own name, below this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"newsfeed.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of `--help`, from the table above and without any import."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="newsfeed %(version)s")
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
def group(*, debug: bool) -> None:
    """Publish a folder of articles as feeds and as letters.

    Begin with `newsfeed init`, then `newsfeed publish`. Exit status: 0 done; 1 failed; 2 wrong
    usage or settings; 3 done, but some articles were left out and named.
    """


def main() -> NoReturn:
    """Run a command; every failure becomes one line on stderr and an exit status."""
    _open_streams()
    gc.set_threshold(500_000, 20, 100)  # a run's values live to its end: looking is in vain
    atexit.register(gc.freeze)  # and so is the look that the interpreter takes when it ends
    debug = "--debug" in sys.argv[1:2]
    try:
        group.main(prog_name="newsfeed", standalone_mode=False)
    except NewsfeedError as error:
        _fail(str(error), error.exit_status, debug=debug)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "newsfeed"
        said = error.format_message().rstrip()
        stop = "" if said.endswith((".", "?", "!")) else "."
        _fail(f"{said}{stop} See `{command} --help`", 2, debug=False)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code, debug=debug)
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped; nothing is half-written", 130, debug=False)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        _fail(refusal(error), 1, debug=debug)
    except Exception as error:  # noqa: BLE001  # the outermost frame
        kind = type(error).__name__
        _fail(
            f"this is a fault of newsfeed: {kind}: {error}. Say --debug first to see where",
            1,
            debug=debug,
        )
    sys.exit(0)


def _open_streams() -> None:
    """Let what the caller closed lead nowhere: else the next file that is opened, such as the
    store, would have its number, and get what is meant for a terminal.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            os.dup2(opened, number)
            os.set_inheritable(number, True)  # noqa: FBT003  # its own signature
            if opened != number:
                os.close(opened)
            stream = os.fdopen(number, "w" if number else "r", encoding="utf-8")
            setattr(sys, name, stream)


def _fail(message: str, status: int, *, debug: bool) -> NoReturn:
    if debug:
        import traceback

        traceback.print_exc()
    one_line = " ".join(message.split())
    click.echo(f"newsfeed: {one_line}", err=True)
    sys.exit(status)
