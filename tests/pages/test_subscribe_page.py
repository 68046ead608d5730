"""Promises about the page for somebody who has never seen a feed."""

from __future__ import annotations

import msgspec

from newsfeed.pages.site import Letters
from newsfeed.pages.subscribe import subscribe_page
from tests.pages.kit import ENGLISH, HOME, SITE, TEMPLATES, TOPICS, texts, values


def test_every_format_has_an_address_to_copy() -> None:
    """Whole, absolute, and nothing but the address in its element, so that one tap selects it."""
    page = subscribe_page(TEMPLATES, SITE)
    expected = [HOME + "feed.xml", HOME + "atom.xml", HOME + "feed.json"]
    assert texts(page, "//ul[@class='addresses']//code") == expected
    assert texts(page, "//ul[@class='addresses']//strong") == ["RSS", "Atom", "JSON Feed"]


def test_every_topic_has_links_to_its_feeds() -> None:
    """Each says to a screen reader what it leads to."""
    page = subscribe_page(TEMPLATES, SITE, [TOPICS])
    assert texts(page, "//ul[@class='topics']//strong") == ["외교", "날씨"]
    addresses = values(page, "//ul[@class='topics']/li[1]//a/@href")
    assert addresses == [
        f"../categories/diplomacy/{n}" for n in ("feed.xml", "atom.xml", "feed.json")
    ]
    assert values(page, "//ul[@class='topics']/li[1]//a/@aria-label")[0] == "외교: RSS"


def test_the_head_names_each_topics_feed() -> None:
    """After the site's own; one format is enough for a browser."""
    page = subscribe_page(TEMPLATES, SITE, [TOPICS])
    assert values(page, "//link[@rel='alternate']/@title") == [
        "한반도 브리핑 (RSS)",
        "한반도 브리핑 (Atom)",
        "한반도 브리핑 (JSON Feed)",
        "한반도 브리핑: 외교 (RSS)",
        "한반도 브리핑: 날씨 (RSS)",
    ]


def test_the_opml_list_is_offered_where_there_is_one() -> None:
    """And not mentioned where there is none."""
    offered = subscribe_page(TEMPLATES, SITE, opml_url=HOME + "opml.xml")
    assert values(offered, "//a[text()='OPML 목록']/@href") == ["../opml.xml"]
    assert "OPML" not in subscribe_page(TEMPLATES, SITE).decode()


def test_what_comes_by_mail_is_offered_where_there_is_a_form() -> None:
    """By its titles and a link; and not mentioned where there is none."""
    letters = Letters(
        form_url="https://letters.example.org/s",
        titles=(("주간 브리핑", "ko"), ("Feeds & Letters", "en")),
    )
    offered = subscribe_page(TEMPLATES, SITE, letters=letters)
    assert values(offered, "//a[text()='이메일로 구독하기']/@href") == [letters.form_url]
    assert texts(offered, "//li[@lang='en']") == ["Feeds & Letters"]
    assert "메일로 받기" not in subscribe_page(TEMPLATES, SITE).decode()


def test_a_group_without_topics_is_left_out() -> None:
    """No heading stands above nothing."""
    empty = msgspec.structs.replace(TOPICS, topics=())
    assert subscribe_page(TEMPLATES, SITE, [empty]) == subscribe_page(TEMPLATES, SITE)


def test_it_is_written_in_the_sites_language() -> None:
    """Korean, Japanese, English, and English for all others."""
    japanese, german = (msgspec.structs.replace(SITE, language=one) for one in ("ja", "de"))
    assert texts(subscribe_page(TEMPLATES, SITE), "//h1") == ["구독하기"]
    assert texts(subscribe_page(TEMPLATES, ENGLISH), "//h1") == ["Subscribe"]
    assert texts(subscribe_page(TEMPLATES, japanese), "//h1") == ["購読する"]
    page = subscribe_page(TEMPLATES, german)
    assert texts(page, "//h1") == ["Subscribe"]
    assert values(page, "/html/@lang") == ["de"]
    assert values(page, "//div[@class='subscribe']/@lang") == ["en"]
