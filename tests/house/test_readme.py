"""The README tells the truth."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from newsfeed import config
from newsfeed.cli import COMMANDS
from tests.kit import Site

BELOW = (("db", "backup"), ("subscribers", "import"), ("subscribers", "confirm"))


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_it_stays_short(readme: str) -> None:
    assert readme.count("\n") < 150


def test_it_begins_with_the_two_commands(readme: str, root: Path) -> None:
    first = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert first is not None
    assert re.findall(r"^make (\w+)", first[1], re.MULTILINE) == ["publish", "test"]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make (\w+)", readme)):
        assert f"\n{target}:" in makefile


def test_every_command_that_it_names_exists_and_none_is_forgotten(readme: str) -> None:
    named = set(re.findall(r"newsfeed (init|[a-z]+)(?= |`|$)", readme, re.MULTILINE))
    assert set(COMMANDS) <= named
    assert named - set(COMMANDS) <= {"is", "reads", "did"}


def test_every_option_that_it_names_is_understood(readme: str, tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    texts = {name: site.run(name, "--help").stdout for name in COMMANDS}
    texts |= {f"{a} {b}": site.run(a, b, "--help").stdout for a, b in BELOW}
    for option in set(re.findall(r"`(--[a-z-]+)`", readme)):
        assert option in "".join(texts.values())
    for line in re.findall(r"^newsfeed (.*--.*?)(?: +#.*)?$", readme, re.MULTILINE):
        words = [word for word in line.split() if re.fullmatch("[a-z]+", word)]
        depth = 2 if words[0] in {"subscribers", "editions", "db"} else 1
        said = site.run(*words[:depth], "--help").stdout
        for option in re.findall(r"--[a-z-]+", line.partition("#")[0]):
            assert option in said, line


def test_its_settings_are_settings(readme: str, tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    path = tmp_path / "newsfeed.toml"
    path.write_text(block[1], encoding="utf-8")
    assert config.load(path, {}).newsletters[0].name == "weekly"
    for variable in set(re.findall(r"`?(NEWSFEED__\w+)=(\w+)", readme)):
        config.load(path, dict([variable]))
    assert tomllib.loads(block[1])


def test_its_example_is_an_article(readme: str, tmp_path: Path) -> None:
    example = re.search(r"```markdown\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    site = Site(tmp_path / "site")
    site.write("first.md", example[1])
    report = site.build()
    assert (report.articles, report.faults) == (1, ())
    assert site.titles() == ["첫 글"]


def test_the_files_that_it_names_exist(readme: str, root: Path) -> None:
    for path in re.findall(r"`((?:docs/)?[A-Za-z-]+\.md)`", readme):
        assert (root / path).is_file(), path


def test_what_it_says_is_written_is_written(readme: str, tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.post("2026-01-01-a.md", categories="[NAME]")
    site.run("publish")
    for path in ("feed.xml", "atom.xml", "feed.json", "categories/name/feed.xml"):
        assert (site.output / path).is_file()
    for path in ("archive/1/feed.xml", "subscribe/index.html", "opml.xml", "index.html"):
        assert (site.output / path).is_file()
        assert path in readme
