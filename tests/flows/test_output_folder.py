"""The output folder as the settings name it: never the author's own, never a private one."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.errors import ForeignFileError, SettingsError
from tests.kit import SETTINGS, Site


def _with_output(output: str, source: str = "posts") -> str:
    settings = SETTINGS.replace('path = "posts"', f'path = "{source}"')
    return f'{settings}[feeds]\noutput = "{output}"\n'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


@pytest.mark.parametrize(
    ("output", "source"),
    [("posts", "posts"), ("./posts/", "posts"), ("posts", "posts/news"), ("link", "posts")],
)
def test_a_folder_of_articles_is_never_the_output(site: Site, output: str, source: str) -> None:
    (site.folder / "link").symlink_to(site.posts)
    site.configure(_with_output(output, source))
    with pytest.raises(SettingsError, match="holds the articles"):
        site.plan()


@pytest.mark.parametrize("output", [".newsfeed", ".newsfeed/public"])
def test_the_private_folder_is_never_published(site: Site, output: str) -> None:
    site.configure(_with_output(output))
    with pytest.raises(SettingsError, match="private"):
        site.plan()


@pytest.mark.parametrize(("output", "source"), [("public", "."), ("posts/public", "posts")])
def test_the_output_may_lie_inside_a_folder_of_articles(
    site: Site, output: str, source: str
) -> None:
    site.configure(_with_output(output, source))
    site.post("2026-11-01-one.md")
    site.publish()
    assert (site.folder / output / "feed.xml").exists()


def test_files_in_a_newly_named_output_folder_are_not_taken_for_ours(site: Site) -> None:
    site.post("2026-11-01-one.md")
    site.publish()
    before = site.files()
    own = site.folder / "site/feed.xml"
    own.parent.mkdir()
    own.write_bytes(b"mine")
    site.configure(_with_output("site"))
    with pytest.raises(ForeignFileError, match="does not overwrite"):
        site.publish()
    assert own.read_bytes() == b"mine"
    own.unlink()
    site.publish()
    assert (site.folder / "site/feed.xml").exists()
    assert site.files() == before


def test_a_project_that_moves_as_a_whole_keeps_its_output(tmp_path: Path) -> None:
    site = Site(tmp_path / "here")
    site.post("2026-10-01-one.md")
    site.publish()
    site.folder.rename(tmp_path / "there")
    moved = object.__new__(Site)
    moved.folder = tmp_path / "there"
    moved.posts, moved.output = moved.folder / "posts", moved.folder / "public"
    moved.post("2026-10-02-two.md")
    moved.publish()
    assert len(moved.titles()) == 2
