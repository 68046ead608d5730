"""A small site to make pages of, and an independent parser to read them with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import lxml.html
import msgspec
from lxml.html import HtmlElement

from newsfeed.model import Article, DateOrigin, Image
from newsfeed.pages.article import article_page
from newsfeed.pages.index import Entry, all_page, index_page
from newsfeed.pages.moved import moved_page
from newsfeed.pages.site import FORMATS, FeedLink, Neighbour, Site
from newsfeed.pages.subscribe import Topic, TopicGroup, subscribe_page
from newsfeed.templating import Templates

FOLDER = Path(__file__).parents[2] / "templates" / "web"
TEMPLATES = Templates([FOLDER])
HOME = "https://news.example.org/"
BODY = '<p>안녕하세요. <a href="https://other.example.com/">저쪽</a></p><h2>둘째</h2>'


def feed_links(title: str, folder: str = "", language: str = "ko") -> tuple[FeedLink, ...]:
    """A feed in its three formats."""
    names = ("feed.xml", "atom.xml", "feed.json")
    return tuple(
        FeedLink(title=title, url=HOME + folder + name, media_type=kind, language=language)
        for kind, name in zip(FORMATS, names, strict=True)
    )


SITE = Site(
    title="한반도 브리핑",
    home_url=HOME,
    language="ko",
    zone=ZoneInfo("Asia/Seoul"),
    description="차분하게 전합니다.",
    author="편집실",
    feeds=feed_links("한반도 브리핑"),
    subscribe_url=HOME + "subscribe/",
    all_url=HOME + "all/",
)
ENGLISH = msgspec.structs.replace(SITE, title="The Briefing", language="en-GB")

ARTICLE = Article(
    id=HOME + "diplomacy/one/",
    url=HOME + "diplomacy/one/",
    source="seeds",
    path="one.md",
    title="첫 글",
    published=datetime(2026, 7, 11, 15, 30, tzinfo=UTC),
    updated=datetime(2026, 7, 11, 15, 30, tzinfo=UTC),
    dated=DateOrigin.FRONT_MATTER,
    language="ko",
    summary="한 줄로 줄이면 이렇다.",
    image=Image(url=HOME + "assets/one.png", alt="그림", width=1200, height=675),
    authors=("외교 담당", "날씨 담당"),
    categories=("외교", "날씨"),
    tags=("평화",),
)
UNDATED = msgspec.structs.replace(
    ARTICLE, url=HOME + "two/", title="둘째 글", dated=DateOrigin.FIRST_SEEN, news=False
)
TOPICS = TopicGroup(
    kind="categories",
    topics=(
        Topic(name="외교", feeds=feed_links("한반도 브리핑: 외교", "categories/diplomacy/")),
        Topic(name="날씨", feeds=feed_links("한반도 브리핑: 날씨", "categories/weather/")),
    ),
)


def make_pages(site: Site = SITE, article: Article = ARTICLE, body: str = BODY) -> dict[str, bytes]:
    """One page of each kind."""
    neighbour = Neighbour(title=article.title, url=HOME + "three/", language="ko")
    return {
        "article": article_page(TEMPLATES, site, article, body, older=neighbour, newer=neighbour),
        "bare article": article_page(TEMPLATES, site, UNDATED, ""),
        "index": index_page(TEMPLATES, site, [Entry(article=article, summary="요약")], total=90),
        "empty index": index_page(TEMPLATES, site, []),
        "all": all_page(TEMPLATES, site, [article, UNDATED]),
        "moved": moved_page(TEMPLATES, site, article, HOME + "before/"),
        "subscribe": subscribe_page(TEMPLATES, site, [TOPICS], opml_url=HOME + "opml.xml"),
    }


KINDS = tuple(make_pages())


def parse(page: bytes) -> HtmlElement:
    """The page as lxml's HTML parser sees it."""
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(page, parser=parser)


def texts(page: bytes, selector: str) -> list[str]:
    """The text of each element that an XPath expression finds, on one line."""
    return [" ".join(found.text_content().split()) for found in parse(page).xpath(selector)]


def values(page: bytes, expression: str) -> list[str]:
    """The attributes or text nodes that an XPath expression finds."""
    return [str(found) for found in parse(page).xpath(expression)]
