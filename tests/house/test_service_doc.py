"""The operator's page about the service tells the truth."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from newsfeed import config
from newsfeed.cli import group
from newsfeed.service.metrics import Metrics
from newsfeed.settings import METRICS_FOR, Server
from tests.flows.editions_kit import MONDAY, weekly_site

Words = tuple[str, ...]


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "service.md").read_text(encoding="utf-8")


def _blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def _commands(page: str) -> list[Words]:
    prose = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in _blocks(page, "sh") for line in block.splitlines()]
    lines += [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]
    lines += re.findall(r"or a day: (newsfeed .*)", page)
    words = [shlex.split(line, comments=True) for line in lines if line.startswith("newsfeed ")]
    return list(dict.fromkeys(tuple(one[1:]) for one in words))


def test_it_stays_short(page: str) -> None:
    assert page.count("\n") < 200


def test_every_command_is_understood(page: str) -> None:
    found = _commands(page)
    assert len(found) > 7
    for words in found:
        command: click.Command = group
        rest = list(words)
        while isinstance(command, click.Group):
            name = rest.pop(0)
            inner = command.get_command(click.Context(group), name)
            assert inner is not None, words
            command = inner
        command.make_context(words[0], rest)


def test_its_settings_are_settings_and_tell_the_defaults(page: str, tmp_path: Path) -> None:
    first, second = _blocks(page, "toml")
    base = '[site]\ntitle = "News"\nurl = "https://news.example.org"\n'
    sources = '[[sources]]\npath = "posts"\n'
    path = tmp_path / "newsfeed.toml"
    shown = config.parse(base + sources + first, path, {})
    usual = config.parse(base + sources, path, {})
    assert shown.run == usual.run
    assert (shown.server.listen, shown.server.metrics) == (Server().listen, METRICS_FOR)
    assert "git push" in config.parse(second + sources, path, {}).publish.deploy
    assert tomllib.loads(second)


def test_every_number_that_it_names_is_measured_and_none_is_forgotten(
    page: str, tmp_path: Path
) -> None:
    plan = weekly_site(tmp_path).plan()
    metrics = Metrics(lambda: plan, lambda: MONDAY)
    metrics.ran("publish", 0, 1.0)
    metrics.answered(200)
    measured = set(re.findall(r"^# TYPE (newsfeed_\w+)", metrics.text().decode(), re.MULTILINE))
    named = set(re.findall(r"\b(newsfeed_[a-z_]+)", page))
    assert named <= measured
    assert measured - named == {"newsfeed_info"}


def test_the_files_that_it_names_exist(page: str, root: Path) -> None:
    docs = root / "docs"
    for name in re.findall(
        r"`([A-Za-z.]+\.(?:md|conf|yaml|yml|service)|Caddyfile|Dockerfile)`", page
    ):
        assert (docs / name).is_file() or (docs / "deploy" / name).is_file(), name
    for path in (docs / "deploy").iterdir():
        assert f"`{path.name}`" in page


def test_its_scrape_configuration_is_one(page: str) -> None:
    (block,) = _blocks(page, "yaml")
    (job,) = yaml.safe_load(block)["scrape_configs"]
    assert job["static_configs"] == [{"targets": [Server().listen]}]
