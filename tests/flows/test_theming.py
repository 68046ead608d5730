"""`[newsletters.theme]`: from the settings file into the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from newsfeed.errors import SettingsError
from newsfeed.flows.checking import check
from tests.digest.reading import contents
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
        ('logo = "missing.png"', "logo"),
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


def _drawn(site: Site, colour: str, kind: str = "PNG") -> None:
    Image.new("RGB", (400, 100), colour).save(site.folder / "logo.png", kind)


def test_a_local_logo_is_published_by_its_content_and_measured(tmp_path: Path) -> None:
    """A changed one gets a new address, so that no cache shows the old one."""
    site = _site(tmp_path, "")
    _drawn(site, "navy")
    site.configure(SETTINGS + NEWSLETTER + THEME + 'logo = "logo.png"\n')
    site.publish()
    (first,) = (site.output / "media").iterdir()
    letter = (site.plan().preview / "weekly.eml").read_bytes()
    html = contents(letter)[1]
    assert f'src="https://news.example.org/media/{first.name}" alt="한반도 브리핑"' in html
    assert 'width="192" height="48"' in html
    assert first.read_bytes() == (site.folder / "logo.png").read_bytes()
    _drawn(site, "teal")
    site.publish()
    (second,) = (site.output / "media").iterdir()
    assert second.name != first.name


@pytest.mark.parametrize("kind", ["WEBP", "broken"])
def test_a_logo_that_mail_programs_cannot_show_is_named(tmp_path: Path, kind: str) -> None:
    site = _site(tmp_path, "")
    if kind == "broken":
        (site.folder / "logo.png").write_bytes(b"no image")
    else:
        _drawn(site, "navy", kind)
    site.configure(SETTINGS + NEWSLETTER + THEME + 'logo = "logo.png"\n')
    with pytest.raises(SettingsError, match=r"newsletters\.weekly\.theme\.logo: .*PNG"):
        site.publish()
