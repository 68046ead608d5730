"""From Astro's own feed to ours: nobody notices.

`theirs.xml` is what Astro 5.18.2 made of `site/`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generators.kit import built, command, contents, theirs

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(HERE / "site", tmp_path_factory.mktemp("astro"))


def test_the_feed_is_as_the_one_of_the_generator(folder: Path) -> None:
    done = command(folder, "check", "--against", str(HERE / "theirs.xml"))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_site_is_left_as_it_was(folder: Path) -> None:
    """What we wrote lies in a folder of its own and in one that is hidden."""
    left = theirs(folder, "newsfeed.toml", "newsfeed-public", ".newsfeed")
    assert left == contents(HERE / "site")
