"""The operator's page about remote feeds tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsfeed import config
from newsfeed.cli import COMMANDS
from newsfeed.collect.remote.document import MOST_ITEMS
from newsfeed.flows import fetching
from newsfeed.net.http import MOST_HOPS
from newsfeed.settings import source_name


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "remote-feeds.md").read_text(encoding="utf-8")


def test_its_settings_are_settings(page: str, tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block is not None
    path = tmp_path / "newsfeed.toml"
    path.write_text(f'[site]\ntitle = "x"\nurl = "https://example.org"\n{block[1]}', "utf-8")
    assert [source_name(source) for source in config.load(path, {}).sources] == ["posts", "blog"]


def test_the_commands_that_it_names_exist(page: str) -> None:
    named = set(re.findall(r"`newsfeed\s+([a-z]+)", page))
    assert named
    assert named <= set(COMMANDS)


def test_its_bounds_are_those_that_hold(page: str) -> None:
    text = " ".join(page.split())
    minutes, hours = fetching.OFTENEST.seconds // 60, fetching.SELDOMEST.seconds // 3600
    assert f"every {minutes} minutes" in text
    assert f"up to {hours} hours" in text
    assert f"{fetching.PATIENCE:g} seconds, {fetching.MOST_BYTES // 10**6} MB" in text
    assert f"{MOST_ITEMS:,} items" in text
    assert {3: "three"}[MOST_HOPS] + " redirects" in text
    assert fetching.LONGEST_WAIT.days == 1
    assert "is heeded up to a day" in text
