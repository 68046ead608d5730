"""The designer's page tells the truth: its settings and templates are used as they stand there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from newsfeed.settings import NewsletterTheme
from tests.house.test_letters_doc import _understood
from tests.kit import NEWSLETTER, SETTINGS, Site

PAGE = (Path(__file__).parents[2] / "docs" / "design.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """The page's blocks of one kind, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_it_stays_short() -> None:
    assert PAGE.count("\n") < 150


def test_accent_and_logo_are_changed_by_what_the_page_says(tmp_path: Path) -> None:
    """The first block, written below a newsletter, with a logo beside the settings file."""
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + blocks("toml")[0])
    site.post("one.md", "The first text.", date="2026-11-01")
    Image.new("RGBA", (400, 96), "teal").save(site.folder / "logo.png")
    site.publish()
    letter = (site.plan().preview / "weekly.html").read_text(encoding="utf-8")
    accent = tomllib.loads(blocks("toml")[0])["newsletters"]["theme"]["accent"]
    assert f"background-color:{accent}" in letter
    (logo,) = (site.output / "media").iterdir()
    assert f"media/{logo.name}" in letter


def test_the_values_that_stand_where_none_is_set_are_these() -> None:
    shown = tomllib.loads(blocks("toml")[1])["newsletters"]["theme"]
    assert msgspec.convert(shown, NewsletterTheme) == NewsletterTheme()
    assert set(shown) == set(NewsletterTheme.__struct_fields__)


@pytest.mark.parametrize("look", re.findall(r'`(?:template = )?"(\w+)"`', PAGE))
def test_every_look_of_the_page_is_there(look: str) -> None:
    folder = Path(__file__).parents[2] / "templates" / "email"
    for ending in ("html.j2", "txt.j2"):
        assert (folder / f"{look}.{ending}").is_file()


@pytest.mark.parametrize(
    "line", sorted({" ".join(code.split()) for code in re.findall(r"`(newsfeed [^`]+)`", PAGE)})
)
def test_every_command_is_understood(line: str) -> None:
    _understood(tuple(line.split()[1:]))
