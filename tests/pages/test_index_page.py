"""Promises about the front page and the list of all titles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from newsfeed.pages.index import SHOWN, Entry, all_page, index_page
from newsfeed.templating import Templates
from tests.pages.kit import (
    ARTICLE,
    ENGLISH,
    FOLDER,
    HOME,
    SITE,
    TEMPLATES,
    UNDATED,
    texts,
    values,
)


def many(count: int) -> list[Entry]:
    return [
        Entry(article=msgspec.structs.replace(ARTICLE, title=f"글 {n}", url=f"{HOME}p/{n}/"))
        for n in range(count)
    ]


def test_the_front_page_shows_the_newest_in_the_order_given() -> None:
    """And no more than `SHOWN`, however many there are."""
    page = index_page(TEMPLATES, SITE, many(SHOWN + 5), total=SHOWN + 5)
    assert texts(page, "//h2") == [f"글 {n}" for n in range(SHOWN)]
    assert values(page, "//h2/a/@href")[1] == "./p/1/"


def test_the_rest_is_one_link_away() -> None:
    """The link says how many there are; it is missing where all are shown."""
    page = index_page(TEMPLATES, SITE, many(SHOWN + 5), total=10_000)
    assert texts(page, "//main/p/a") == ["모든 글 10000편"]
    assert values(page, "//main/p/a/@href") == ["./all/"]
    assert not texts(index_page(TEMPLATES, SITE, many(3), total=3), "//main/p/a")
    nowhere = msgspec.structs.replace(SITE, all_url="")
    assert not texts(index_page(TEMPLATES, nowhere, many(3), total=9), "//main/p/a")


def test_an_entry_shows_title_date_summary_and_picture() -> None:
    """The picture is decoration beside its title, so its alternative text is empty."""
    page = index_page(TEMPLATES, SITE, [Entry(article=ARTICLE, summary="짧게")])
    assert texts(page, "//article//time") == ["2026년 7월 12일"]
    assert texts(page, "//p[@class='summary']") == ["짧게"]
    assert values(page, "//article/img/@src") == ["./assets/one.png"]
    assert values(page, "//article/img/@alt") == [""]


def test_an_empty_site_says_so() -> None:
    """In words, not with an empty page."""
    assert texts(index_page(TEMPLATES, SITE, []), "//main/p")[-1] == "아직 글이 없습니다."


def test_all_titles_are_listed_by_year_in_the_sites_zone() -> None:
    """31 December in London is next year in Seoul; undated articles stand apart."""
    eve = datetime(2025, 12, 31, 20, tzinfo=UTC)
    articles = [
        ARTICLE,
        msgspec.structs.replace(ARTICLE, title="새해", published=eve),
        msgspec.structs.replace(ARTICLE, title="옛날", published=eve.replace(year=1999)),
        UNDATED,
    ]
    page = all_page(TEMPLATES, SITE, articles)
    assert texts(page, "//section/h2") == ["2026년", "2000년", "날짜 없음"]
    assert texts(page, "//section[1]//li/a") == ["첫 글", "새해"]
    assert texts(page, "//section[1]//time") == ["7월 12일", "1월 1일"]
    assert not texts(page, "//section[3]//time")
    ids = ["#" + found for found in values(page, "//section/@id")]
    assert values(page, "//nav[@class='years']/a/@href") == ids


def test_the_list_speaks_the_sites_language() -> None:
    """English words and dates for an English site."""
    page = all_page(TEMPLATES, ENGLISH, [ARTICLE, UNDATED])
    assert texts(page, "//h1") == ["All 2 articles"]
    assert texts(page, "//section/h2") == ["2026", "Undated"]
    assert texts(page, "//time") == ["12 July"]


def test_ones_own_style_sheet_goes_before_ours(tmp_path: Path) -> None:
    """One file can be replaced, and the others stay as they are."""
    (tmp_path / "style.css").write_text("body { color: rebeccapurple }", "utf-8")
    page = index_page(Templates([tmp_path, FOLDER]), SITE, [])
    assert b"rebeccapurple" in page
    assert b"keep-all" not in page
    assert b"keep-all" in index_page(TEMPLATES, SITE, [])
