"""From Docusaurus's own feed to ours: nobody notices.

`theirs.xml` is what Docusaurus 3.10.2 made of `site/`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.generators.kit import command

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with settings as `init` writes them, and its feeds."""
    folder = tmp_path_factory.mktemp("docusaurus") / "site"
    shutil.copytree(HERE / "site", folder)
    for word in ("init", "build"):
        done = command(folder, word)
        assert done.returncode == 0, done.stderr
    return folder


def test_the_feed_is_as_the_one_of_the_generator(folder: Path) -> None:
    done = command(folder, "check", "--against", str(HERE / "theirs.xml"))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_site_is_left_as_it_was(folder: Path) -> None:
    """What we wrote lies in a folder of its own and in one that is hidden."""
    ours = {"newsfeed.toml", "newsfeed-public", ".newsfeed"}
    before = {path.relative_to(HERE / "site") for path in (HERE / "site").rglob("*")}
    after = {path.relative_to(folder) for path in folder.rglob("*")}
    assert {path for path in after if path.parts[0] not in ours} == before
    assert all(
        (folder / path).read_bytes() == (HERE / "site" / path).read_bytes()
        for path in before
        if (folder / path).is_file()
    )
