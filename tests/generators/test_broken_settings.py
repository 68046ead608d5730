"""Settings of a site that are broken, or made to be slow, are told of at once and for people."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from newsfeed.collect.conventions import scripts, sites
from newsfeed.collect.conventions.eleventy.configured import configured
from newsfeed.errors import SettingsError

KB = 1024
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_config.yml", "a: !!bool maybe"),
        ("_config.yml", 'a: !!int ""'),
        ("_config.yml", "a: !!timestamp soon"),
        ("_config.yml", "a: &a [*a]"),
        ("_config.yml", BOMB),
        ("_config.yml", f"a: &a {'x' * KB}\nb: [{'*a, ' * 9_000}]"),
        ("hugo.toml", ".".join(["a"] * 120 * KB) + " = 1"),
        ("data.json", "[" * 200 * KB),
    ],
)
def test_settings_that_cannot_be_used_are_told_of(name: str, text: str, tmp_path: Path) -> None:
    started = time.process_time()
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match="cannot be read: "):
        sites.read_values(tmp_path / name)
    assert time.process_time() - started < 2


def test_a_mapping_that_is_named_again_is_read(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("a: &a {b: 1}\nc: {<<: *a, d: *a}\n")
    assert sites.read_values(tmp_path / "_config.yml")["c"] == {"b": 1, "d": {"b": 1}}


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_a_string_of_escapes_that_does_not_end_takes_no_time(quote: str) -> None:
    started = time.process_time()
    script = "title: 'Pond'\n" + quote + f"\\{quote}" * 120 * KB + "\nurl: 'x'"
    assert scripts.literals(script) == {"title": "Pond", "url": "x"}
    assert time.process_time() - started < 2


def test_what_lies_in_thousands_of_brackets_takes_no_memory() -> None:
    started = time.process_time()
    script = "{title: 'Pond', " + "a: {" * 40_000 + "b: 1, " * 15_000
    assert scripts.literals(script) == {"title": "Pond"}
    assert time.process_time() - started < 2


@pytest.mark.parametrize("piece", [".addPlugin(x, {", '.ignores.add("a"', 'const a = ["'])
def test_a_program_of_values_that_do_not_end_is_read_in_seconds(piece: str) -> None:
    started = time.process_time()
    assert configured(piece * (250 * KB // len(piece))).feeds == ()
    assert time.process_time() - started < 6  # what grows with its square takes minutes
