"""Files that articles of a plain folder show, from the folder to the output and through time."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

import pytest
from PIL import Image

from newsfeed.collect import files, media
from newsfeed.errors import OutputError
from tests.kit import Site

MEGABYTE = 1024 * 1024
URL = "https://news.example.org"


def _png(width: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, 10)).save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.post("2026-10-01-one.md", "![x](img/a.png)")
    return site


def _page(site: Site) -> str:
    return site.read("one/index.html")


def test_changed_bytes_are_copied(site: Site) -> None:
    """Though no article changed."""
    site.write("img/a.png", _png(10))
    site.build()
    site.write("img/a.png", _png(20))
    site.build()
    assert site.files()["img/a.png"] == _png(20)
    assert site.build().written == ()


def test_a_deleted_file_is_a_warning_at_once_and_stops_nothing(site: Site) -> None:
    image = site.write("img/a.png", _png(10))
    site.build()
    image.unlink()
    report = site.build()
    assert "img/a.png" not in site.files()
    assert [fault.path for fault in report.warnings] == ["2026-10-01-one.md"]
    site.post("2026-10-02-two.md")
    assert site.build().articles == 2


def test_a_large_file_is_copied(site: Site) -> None:
    """Larger than an article may be."""
    site.post("2026-10-02-two.md", "[talk](talk.mp4)")
    with site.write("talk.mp4", b"").open("wb") as file:
        file.truncate(17 * MEGABYTE)
    site.build()
    assert (site.output / "talk.mp4").stat().st_size == 17 * MEGABYTE


def test_a_file_too_large_to_copy_is_a_warning(site: Site) -> None:
    site.write("img/a.png", _png(10))
    site.post("2026-10-02-two.md", "[talk](talk.mp4)")
    with site.write("talk.mp4", b"").open("wb") as file:
        file.truncate(65 * MEGABYTE)
    report = site.build()
    assert report.articles == 2
    assert [fault.path for fault in report.warnings] == ["2026-10-02-two.md"]
    assert "talk.mp4" not in site.files()


def test_a_file_that_comes_later_is_copied_and_shown(site: Site) -> None:
    """Feed and page get its address, though the article did not change."""
    site.build()
    assert "../img/a.png" not in _page(site)
    site.write("img/a.png", _png(10))
    site.build()
    assert "img/a.png" in site.files()
    assert "../img/a.png" in _page(site)
    assert f"{URL}/img/a.png" in site.read("feed.xml")


def test_a_file_that_comes_nearer_to_the_article_is_shown_instead(site: Site) -> None:
    site.post("2026/2026-10-03-three.md", "![x](a.png)")
    site.write("a.png", _png(10))
    site.build()
    site.write("2026/a.png", _png(20))
    site.build()
    assert "../2026/a.png" in site.read("three/index.html")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("write", [str, quote, partial(normalize, "NFD")])
def test_names_of_either_form_are_copied_and_shown(
    tmp_path: Path, form: str, write: partial[str]
) -> None:
    site = Site(tmp_path / "site")
    name = "사진 é.png"
    site.write(normalize("NFC" if form == "NFC" else "NFD", name), _png(10))
    site.post("2026-10-01-one.md", f"![x](<{write(name)}>)")
    site.build()
    assert name in site.files()
    assert f'src="../{quote(name)}"' in _page(site)


@pytest.mark.parametrize(
    "body",
    ["![x][id]\n\n[id]: <b c.svg>", "![x](<b c.svg>)", "![x](b%20c.svg)", "<img src=b%20c.svg>"],
)
def test_every_way_to_refer_is_rendered_with_the_published_address(site: Site, body: str) -> None:
    site.post("2026-10-01-one.md", body)
    site.write("b c.svg", "<svg/>")
    site.build()
    assert "b c.svg" in site.files()
    assert 'src="../b%20c.svg"' in _page(site)


def test_a_file_that_vanishes_after_reading_is_left_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = site.write("img/a.png", _png(10))
    real = files.stamp

    def vanish(place: Path) -> files.Stamp | None:
        image.unlink()
        return real(place)

    with monkeypatch.context() as patch:
        patch.setattr(files, "stamp", vanish)
        assert site.build().articles == 1
    assert "img/a.png" not in site.files()
    assert len(site.build().warnings) == 1


def test_a_file_that_vanishes_while_it_is_copied_is_named(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next run goes on without it."""
    image = site.write("img/a.png", _png(10))
    real = media.read

    def vanish(place: Path) -> bytes:
        image.unlink()
        return real(place)

    with monkeypatch.context() as patch:
        patch.setattr(media, "read", vanish)
        with pytest.raises(OutputError) as caught:
            site.build()
    assert str(image) in str(caught.value)
    assert site.build().articles == 1


def test_other_times_of_a_file_change_no_article(site: Site) -> None:
    """A fresh copy of the folder gives the same feeds, pages and letters."""
    image = site.write("img/a.png", _png(10))
    state = site.build().state
    os.utime(image, (1_700_000_000, 1_700_000_000))
    assert site.build().state == state
