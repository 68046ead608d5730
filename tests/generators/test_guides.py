"""The guides for generators whose builds need more than the tests can have: what they say is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.generators.kit import command

HERE = Path(__file__).parent
GUIDES = HERE.parents[1] / "docs" / "guides"
LINE = re.compile(r"^\$ (?:npm run build|npx vitepress build|newsfeed (.*))$", re.MULTILINE)
THEIRS = {"docusaurus": "build/blog/atom.xml", "astro": "dist/rss.xml", "vitepress": ""}


@pytest.mark.parametrize("name", THEIRS)
def test_the_commands_of_the_guide_do_what_it_says(name: str, tmp_path: Path) -> None:
    """In a copy of the site, in their order, with the feed that the generator made in its place."""
    site = tmp_path / "site"
    shutil.copytree(HERE / name / "site", site)
    if theirs := THEIRS[name]:
        (site / theirs).parent.mkdir(parents=True)
        shutil.copy(HERE / name / "theirs.xml", site / theirs)
    lines = LINE.findall((GUIDES / f"{name}.md").read_text(encoding="utf-8"))
    for line in (line for line in lines if line):
        words, _, copy = line.partition(" && ")
        done = command(site, *words.split())
        assert done.returncode == 0, done.stderr
        if "--against" in words:
            assert done.stdout == ""
        if copy:
            source, target = re.fullmatch(r"cp -r (\S+)/\. (\S+)/", copy).groups()  # type: ignore[union-attr]
            shutil.copytree(site / source, site / target, dirs_exist_ok=True)
            assert list((site / target).rglob("*.xml"))
