"""The designer's page tells the truth: its settings and templates are used as they stand there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from newsfeed.digest.budget import Shares
from newsfeed.digest.compose import compose
from newsfeed.digest.gate import flaws
from newsfeed.digest.theme import DEFAULT
from newsfeed.digest.view import view
from newsfeed.settings import NewsletterTheme
from tests.digest.letters import SENDER, SMALL, message, templates, tree
from tests.house.test_letters_doc import _understood
from tests.kit import NEWSLETTER, SETTINGS, Site

EMAIL = Path(__file__).parents[2] / "templates" / "email"
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


@pytest.mark.parametrize("look", ["digest", "brief", "gallery"])
def test_every_look_of_the_page_is_there(look: str) -> None:
    assert f'`template = "{look}"`' in PAGE or f'`"{look}"`' in PAGE
    for ending in ("html.j2", "txt.j2"):
        assert (EMAIL / f"{look}.{ending}").is_file()


@pytest.mark.parametrize(
    "line", sorted({" ".join(code.split()) for code in re.findall(r"`(newsfeed [^`]+)`", PAGE)})
)
def test_every_command_is_understood(line: str) -> None:
    _understood(tuple(line.split()[1:]))


def test_the_look_of_the_page_is_a_letter(tmp_path: Path) -> None:
    """Its two files, as they stand there, and the one word more in dark.css."""
    html, text = blocks("jinja")
    (tmp_path / "postcard.html.j2").write_text(html, encoding="utf-8")
    (tmp_path / "postcard.txt.j2").write_text(text, encoding="utf-8")
    sheet = (EMAIL / "dark.css").read_text(encoding="utf-8")
    assert sheet.count('".body .panel"') == 1
    dark = sheet.replace('".body .panel"', '".body .panel", ".card"')
    (tmp_path / "dark.css").write_text(dark, encoding="utf-8")
    letter = compose(SMALL, SENDER, templates(tmp_path), template="postcard", content="excerpt")
    assert flaws(message(letter)) == []
    cards = tree(letter).xpath("//td[@class='card']")
    assert len(cards) == len(SMALL.items)
    assert all("background-color: #f5f5f5" in card.get("style") for card in cards)
    assert ".body .panel, .card {" in letter.html
    for one in (*SMALL.items, *SMALL.more):
        assert one.url in letter.html
        assert one.url in letter.text


def test_every_value_of_the_page_is_one_that_templates_see() -> None:
    """The table's first column, and the fields of an article below it."""
    part = PAGE.partition("## What a template sees")[2].partition("## The parts")[0]
    rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    data = view(SMALL, SENDER, Shares(full=frozenset({0}), rows=3, entries=2), DEFAULT)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(named) > 25
    assert named <= data.keys()
    fields = part.partition("An article has ")[2].partition("Values are")[0]
    sections = data["sections"]
    assert isinstance(sections, list)
    article = sections[0]["articles"][0]
    own = set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", fields)))
    assert own <= article.keys()
    assert {"title", "body_html", "figure", "heading"} <= own


def test_every_part_of_the_page_is_there() -> None:
    part = PAGE.partition("## The parts")[2].partition("## What keeps")[0]
    named = re.findall(r"`(_?\w+\.(?:html\.j2|txt\.j2|css))`", part)
    assert len(named) > 12
    for name in named:
        assert (EMAIL / name).is_file(), name
