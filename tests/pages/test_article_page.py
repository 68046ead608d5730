"""Promises about the page of one article."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from newsfeed.model import DateOrigin, Image
from newsfeed.pages.article import article_page
from newsfeed.pages.site import FeedLink, Neighbour
from tests.pages.kit import ARTICLE, BODY, ENGLISH, HOME, SITE, TEMPLATES, UNDATED, texts, values


def test_the_lead_image_stands_above_the_body() -> None:
    """It comes once, with its alternative text and its true size."""
    page = article_page(TEMPLATES, SITE, ARTICLE, BODY)
    assert values(page, "//img/@src") == ["../../assets/one.png"]
    assert values(page, "//figure/img/@alt") == ["그림"]
    assert values(page, "//figure/img/@width | //figure/img/@height") == ["1200", "675"]
    assert values(page, "//figure/following-sibling::div/@class")[0] == "prose"
    assert values(page, "//meta[@property='og:image']/@content") == [HOME + "assets/one.png"]


def test_an_image_of_unknown_size_has_none() -> None:
    """No width or height is made up."""
    article = msgspec.structs.replace(ARTICLE, image=Image(url="https://cdn.example.com/a.png"))
    page = article_page(TEMPLATES, SITE, article, BODY)
    assert values(page, "//figure/img/@src") == ["https://cdn.example.com/a.png"]
    assert not values(page, "//figure/img/@width | //figure/img/@height")


def test_the_date_is_that_of_the_sites_zone_in_its_words() -> None:
    """15:30 UTC is already the next day in Seoul."""
    page = article_page(TEMPLATES, SITE, ARTICLE, BODY)
    assert texts(page, "//time") == ["2026년 7월 12일"]
    assert values(page, "//time/@datetime") == ["2026-07-12T00:30:00+09:00"]
    assert texts(article_page(TEMPLATES, ENGLISH, ARTICLE, BODY), "//time") == ["12 July 2026"]


def test_a_day_on_which_we_first_saw_an_article_is_not_called_its_date() -> None:
    """Articles without a date of a first build show none, also not to OpenGraph."""
    page = article_page(TEMPLATES, SITE, UNDATED, BODY)
    assert not texts(page, "//time")
    assert not values(page, "//meta[starts-with(@property, 'article:')]/@content")


def test_a_new_article_without_a_date_shows_when_it_was_first_seen() -> None:
    """After the first build, first seen is as good as published."""
    article = msgspec.structs.replace(ARTICLE, dated=DateOrigin.FIRST_SEEN, news=True)
    assert texts(article_page(TEMPLATES, SITE, article, BODY), "//time") == ["2026년 7월 12일"]


def test_a_correction_on_another_day_is_shown() -> None:
    """One on the same day is not."""
    same = msgspec.structs.replace(ARTICLE, updated=datetime(2026, 7, 12, 9, tzinfo=UTC))
    later = msgspec.structs.replace(ARTICLE, updated=datetime(2026, 7, 20, 9, tzinfo=UTC))
    assert len(texts(article_page(TEMPLATES, SITE, same, BODY), "//time")) == 1
    page = article_page(TEMPLATES, SITE, later, BODY)
    assert texts(page, "//time")[1] == "2026년 7월 20일"
    modified = "//meta[@property='article:modified_time']/@content"
    assert values(page, modified) == ["2026-07-20T18:00:00+09:00"]


def test_categories_are_links_only_where_there_is_a_page() -> None:
    """A category without an address of its own is plain text."""
    urls = {"외교": HOME + "categories/diplomacy/"}
    page = article_page(TEMPLATES, SITE, ARTICLE, BODY, category_urls=urls)
    assert texts(page, "//*[@class='eyebrow']/a") == ["외교"]
    assert values(page, "//*[@class='eyebrow']/a/@href") == ["../../categories/diplomacy/"]
    assert texts(page, "//*[@class='eyebrow']/span") == ["날씨"]


def test_neighbours_are_linked() -> None:
    """Older as previous, newer as next; neither is there for an only article."""
    older = Neighbour(title="옛 글", url=HOME + "old/", language="ko")
    newer = Neighbour(title="New & newer", url=HOME + "new/", language="en")
    page = article_page(TEMPLATES, SITE, ARTICLE, BODY, older=older, newer=newer)
    assert values(page, "//a[@rel='prev']/@href") == ["../../old/"]
    assert texts(page, "//a[@rel='next']/span[@lang='en']") == ["New & newer"]
    assert not texts(article_page(TEMPLATES, SITE, ARTICLE, BODY), "//main/nav")


def test_the_page_is_in_the_articles_language_and_its_furniture_in_the_sites() -> None:
    """An English article of a Korean site says so, for screen readers and line breaking."""
    article = msgspec.structs.replace(ARTICLE, language="en")
    page = article_page(TEMPLATES, SITE, article, BODY)
    assert values(page, "/html/@lang") == ["en"]
    assert set(values(page, "//body/header/*/@lang | //body/footer/@lang")) == {"ko"}


def test_right_to_left_languages_say_so() -> None:
    """An Arabic page runs from right to left."""
    article = msgspec.structs.replace(ARTICLE, language="ar-EG")
    assert values(article_page(TEMPLATES, SITE, article, BODY), "/html/@dir") == ["rtl"]
    assert values(article_page(TEMPLATES, SITE, ARTICLE, BODY), "/html/@dir") == ["ltr"]


def test_the_feeds_of_the_pages_own_language_come_first() -> None:
    """With their language named (standards F-D-01)."""
    feeds = tuple(
        FeedLink(
            title=f"한반도 브리핑 {language}",
            url=f"{HOME}{language}/feed.xml",
            media_type="application/rss+xml",
            language=language,
        )
        for language in ("ko", "en", "")
    )
    site = msgspec.structs.replace(SITE, feeds=feeds)
    english = msgspec.structs.replace(ARTICLE, language="en-US")
    found = "//link[@rel='alternate']/@href"
    page = article_page(TEMPLATES, site, english, BODY)
    assert [address.split("/")[3] for address in values(page, found)] == ["en", "", "ko"]
    assert values(page, "//link[@rel='alternate']/@hreflang") == ["en", "ko"]
    assert values(article_page(TEMPLATES, site, ARTICLE, BODY), found)[0] == HOME + "ko/feed.xml"


def test_a_wide_table_scrolls_in_a_box_of_its_own() -> None:
    """Each table, also one in a table's cell, has a box; text that names tables is left alone."""
    inner = "<table><tbody><tr><td>b</td></tr></tbody></table>"
    body = f"<table><tbody><tr><td>a{inner}</td></tr></tbody></table><pre>&lt;table&gt;</pre>"
    page = article_page(TEMPLATES, SITE, ARTICLE, body)
    assert len(texts(page, "//div[@class='wide']/table")) == 2
    assert len(texts(page, "//table")) == 2
    assert texts(page, "//pre") == ["<table>"]


def test_the_body_is_not_evaluated() -> None:
    """Template syntax in an article is text."""
    page = article_page(TEMPLATES, SITE, ARTICLE, "<p>{{ 7 * 7 }} {% if %}</p>")
    assert texts(page, "//div[@class='prose']") == ["{{ 7 * 7 }} {% if %}"]
