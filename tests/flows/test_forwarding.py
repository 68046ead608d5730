"""Addresses that articles had first, such as those in letters that were sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from tests.kit import NOW, SETTINGS, Site

NEXT_DAY = NOW + timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An article that was published at /essays/one/ and is now in another category."""
    site = Site(tmp_path / "site", SETTINGS)
    site.post("2026-11-01-one.md", title="하나", categories="[essays]")
    site.build()
    site.post("2026-11-01-one.md", title="하나", categories="[long]")
    return site


def test_the_first_address_leads_to_where_the_article_is_now(site: Site) -> None:
    site.build(NEXT_DAY)
    page = html.parse(str(site.output / "essays/one/index.html"))
    assert page.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=../../long/one/"]
    assert page.xpath("//h1/a/@href") == ["../../long/one/"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://news.example.org/long/one/"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert site.build(NEXT_DAY).written == ()


def test_an_article_that_takes_the_address_has_it(site: Site) -> None:
    site.post("2026-11-02-other.md", title="둘", permalink="/essays/one/")
    site.build(NEXT_DAY)
    assert "둘" in (site.output / "essays/one/index.html").read_text("utf-8")
    assert "refresh" not in (site.output / "essays/one/index.html").read_text("utf-8")


def test_nothing_stands_in_the_way_of_what_is_there(site: Site) -> None:
    """Neither where a file would have to be a folder, nor the other way round."""
    site.post("2026-11-02-file.md", title="둘", permalink="/essays/one.html")
    site.post("2026-11-03-own.md", title="셋", id="https://news.example.org/essays/one.html/x/")
    site.post("2026-11-04-feed.md", title="넷", id="https://news.example.org/archive/9/feed.xml/")
    site.post("2026-11-05-else.md", title="다섯", id="https://example.com/essays/two/")
    site.build(NEXT_DAY)
    assert (site.output / "essays/one.html").is_file()
    assert not (site.output / "archive/9").exists()
    assert not (site.output / "essays/two").exists()


def test_it_goes_with_its_article(site: Site) -> None:
    site.build(NEXT_DAY)
    (site.posts / "2026-11-01-one.md").unlink()
    site.post("2026-11-02-other.md")
    site.build(NEXT_DAY)
    assert not (site.output / "essays/one").exists()


def test_without_pages_of_ours_there_are_none(site: Site) -> None:
    site.configure(SETTINGS + "[pages]\nenabled = false\n")
    site.build(NEXT_DAY)
    assert not (site.output / "essays").exists()
