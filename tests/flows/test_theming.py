"""`[newsletters.theme]`: from the settings file into the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.errors import SettingsError
from newsfeed.flows.checking import check
from tests.kit import NEWSLETTER, SETTINGS, Site

THEME = "[newsletters.theme]\n"


def _site(folder: Path, theme: str) -> Site:
    site = Site(folder / "site", SETTINGS + NEWSLETTER + THEME + theme)
    site.post("one.md", "The first text.\n\n```\ncode\n```", date="2026-11-01")
    return site


def _preview(site: Site) -> str:
    site.publish()
    return (site.plan().preview / "weekly.html").read_text(encoding="utf-8")


def test_each_value_reaches_the_letter(tmp_path: Path) -> None:
    theme = (
        'accent = "#8c1d40"\ntext = "#2b2118"\nbackground = "#fffaf3"\nfont = "Georgia, serif"\n'
        'width = 640\ncorner = 3\nlogo = "https://example.org/로고.png"\n'
    )
    letter = _preview(_site(tmp_path, theme))
    for value in ("#8c1d40", "#2b2118", "#fffaf3", "Georgia, ", "592px", "border-radius:3px"):
        assert value in letter, value
    assert 'src="https://example.org/%EB%A1%9C%EA%B3%A0.png"' in letter
    assert "#0b57d0" not in letter


def test_a_changed_theme_makes_the_preview_anew(tmp_path: Path) -> None:
    site = _site(tmp_path, 'accent = "#8c1d40"\n')
    assert "#8c1d40" in _preview(site)
    site.configure(SETTINGS + NEWSLETTER + THEME + 'accent = "#175c3a"\n')
    letter = _preview(site)
    assert "#175c3a" in letter
    assert "#8c1d40" not in letter


@pytest.mark.parametrize(
    ("theme", "key"),
    [
        ('accent = "blurple"', "accent"),
        ('text = "#aaaaaa"', "text"),
        ("width = 4000", "width"),
        ('font = "x; y"', "font"),
        ('logo = "javascript:alert(1)"', "logo"),
        ('logo = "http://example.org/logo.png"', "logo"),
    ],
)
def test_an_impossible_look_is_named_before_anything_is_written(
    tmp_path: Path, theme: str, key: str
) -> None:
    site = _site(tmp_path, theme + "\n")
    with pytest.raises(SettingsError, match=rf"newsletters\.weekly\.theme\.{key}: "):
        site.publish()
    assert not site.output.exists()


def test_check_tells_of_an_accent_that_had_to_be_moved(tmp_path: Path) -> None:
    with _site(tmp_path, 'accent = "#ffcc00"\n').shop() as shop:
        notes = check(shop).notes
    assert [note for note in notes if "newsletters.weekly.theme.accent: #ffcc00" in note]
