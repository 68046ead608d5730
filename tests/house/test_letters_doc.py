"""The operator's page about letters tells the truth."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from newsfeed.cli import group

Words = tuple[str, ...]


def _text() -> str:
    return (Path(__file__).parents[2] / "docs" / "letters.md").read_text(encoding="utf-8")


def _commands() -> list[Words]:
    """Every command of the page: lines of its blocks, and those between backticks."""
    text = _text()
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]
    words = [shlex.split(line, comments=True) for line in lines]
    return list(dict.fromkeys(tuple(w[1:]) for w in words if w[:1] == ["newsfeed"]))


def _understood(words: Words) -> None:
    """Read `words` as the command line does, and call nothing."""
    command: click.Command = group
    context = click.Context(group)
    rest = list(words)
    while isinstance(command, click.Group):
        name = rest.pop(0)
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no command {name}")
        command = found
    command.make_context(words[0], rest)


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_every_command_is_understood(words: Words) -> None:
    _understood(words)


def test_a_command_that_does_not_exist_would_be_found() -> None:
    for words in (("subscribers", "invite"), ("status", "--lost"), ("test", "weekly")):
        with pytest.raises(click.UsageError):
            _understood(words)
    assert len(_commands()) > 30


def test_it_stays_short() -> None:
    assert _text().count("\n") < 200


def test_every_service_that_can_be_imported_has_its_command() -> None:
    from newsfeed.audience.services import SERVICES

    imports = " ".join(words[2] for words in _commands() if words[:2] == ("subscribers", "import"))
    for name in set(SERVICES) - {"newsfeed", "csv"}:
        assert name in imports
