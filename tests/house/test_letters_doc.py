"""The operator's pages about letters and their delivery tell the truth."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import click
import msgspec
import pytest

from newsfeed.cli import group
from newsfeed.settings import Settings

Words = tuple[str, ...]


PAGES = ("letters.md", "moving.md", "smtp.md")


def _text(page: str) -> str:
    return (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")


def _commands() -> list[Words]:
    """Every command of the pages: lines of their blocks, and those between backticks."""
    text = "\n".join(map(_text, PAGES))
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


@pytest.mark.parametrize("page", PAGES)
def test_it_stays_short(page: str) -> None:
    assert _text(page).count("\n") < 200


def test_every_setting_of_the_page_about_smtp_is_known() -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", _text("smtp.md"), re.MULTILINE | re.DOTALL)
    relay, canary = (tomllib.loads(block) for block in blocks)
    site = {"title": "News", "url": "https://news.example.org"}
    newsletter = {"title": "Weekly", "from": "news@example.org", **canary["newsletters"][0]}
    settings = {"site": site, "sources": [{"path": "."}], "newsletters": [newsletter], **relay}
    assert msgspec.convert(settings, Settings).mail.smtp.connections == 4


def test_every_service_that_can_be_imported_has_its_command() -> None:
    from newsfeed.audience.services import SERVICES

    imports = " ".join(words[2] for words in _commands() if words[:2] == ("subscribers", "import"))
    for name in set(SERVICES) - {"newsfeed", "csv"}:
        assert name in imports
