"""`[newsletters.theme]`: from the settings file into the letter."""

from __future__ import annotations

import shutil
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
    with Image.open(first) as shown:
        assert (shown.format, shown.size) == ("PNG", (384, 96))
    _drawn(site, "teal")
    site.publish()
    (second,) = set((site.output / "media").iterdir()) - {first}
    assert second.name in (site.plan().preview / "weekly.html").read_text("utf-8")


def test_a_former_logo_stays_where_letters_look_for_it(tmp_path: Path) -> None:
    """Whatever becomes of logo, setting and output folder."""
    site = _site(tmp_path, "")
    _drawn(site, "navy")
    site.configure(SETTINGS + NEWSLETTER + THEME + 'logo = "logo.png"\n')
    site.publish()
    (first,) = (site.output / "media").iterdir()
    data = first.read_bytes()
    site.configure(SETTINGS + NEWSLETTER)
    (site.folder / "logo.png").unlink()
    site.publish()
    assert first.read_bytes() == data
    shutil.rmtree(site.output)
    site.publish()
    assert first.read_bytes() == data


@pytest.mark.parametrize("data", [b"no image", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b""])
def test_a_logo_that_cannot_be_shown_is_named(tmp_path: Path, data: bytes) -> None:
    site = _site(tmp_path, "")
    (site.folder / "logo.png").write_bytes(data)
    site.configure(SETTINGS + NEWSLETTER + THEME + 'logo = "logo.png"\n')
    with pytest.raises(SettingsError, match=r"newsletters\.weekly\.theme\.logo: .*PNG"):
        site.publish()


def test_a_logo_of_any_kind_is_shown_as_one_that_mail_programs_know(tmp_path: Path) -> None:
    site = _site(tmp_path, "")
    _drawn(site, "navy", "WEBP")
    site.configure(SETTINGS + NEWSLETTER + THEME + 'logo = "logo.png"\n')
    site.publish()
    (logo,) = (site.output / "media").iterdir()
    assert logo.read_bytes().startswith(b"\x89PNG")


def test_check_tells_of_a_look_that_is_not_there_before_there_is_anything_to_show(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + 'template = "digets"\n')
    with site.shop() as shop:
        errors = check(shop).errors
    assert any("there is no template digets.html.j2" in error for error in errors)
