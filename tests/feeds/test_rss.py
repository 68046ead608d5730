"""Promises about RSS 2.0 beyond what all formats share."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from newsfeed.feeds.names import ATOM_NS
from newsfeed.feeds.rss import write_rss
from newsfeed.model import Term
from tests.feeds.samples import (
    LINKS,
    NEWEST,
    attributes,
    document,
    full_links,
    item,
    rss,
    rss_item,
    texts,
)


def test_the_channel_says_what_the_specification_demands() -> None:
    """Title, link and description come from the document, the link being the site, not a feed."""
    channel = rss(document(), full_links())
    assert texts(channel, "title") == ["한반도 브리핑"]
    assert texts(channel, "link") == ["https://example.org/"]
    assert texts(channel, "description") == ["한반도 소식을 모은 곳"]
    assert texts(channel, "language") == ["ko"]
    assert texts(channel, "ttl") == ["60"]
    assert texts(channel, "generator") == ["newsfeed"]
    assert texts(channel, "docs") == ["https://www.rssboard.org/rss-specification"]


def test_the_build_date_is_the_documents_and_the_date_that_of_the_newest_item() -> None:
    """No clock is read: both dates of the channel come from values (F-R-13)."""
    channel = rss(document(item(1), item(0), updated=NEWEST + timedelta(days=3)))
    assert texts(channel, "lastBuildDate") == ["Wed, 04 Mar 2026 09:00:00 +0900"]
    assert texts(channel, "pubDate") == ["Sun, 01 Mar 2026 09:00:00 +0900"]


def test_self_hub_and_archives_are_linked_with_the_atom_prefix() -> None:
    """feedgen writes rel=self alone; readers and hubs find the rest too (F-R-06, F-G-01)."""
    data = write_rss(document(), full_links())
    assert f'xmlns:atom="{ATOM_NS}"'.encode() in data
    assert attributes(rss(document(), full_links()), "atom:link") == [
        {"rel": "self", "type": "application/rss+xml", "href": LINKS.self_url},
        {"rel": "hub", "href": "https://hub.example.org/"},
        {"rel": "prev-archive", "href": "https://example.org/archive/2.xml"},
    ]


def test_an_archive_is_marked_and_has_no_hub() -> None:
    """An archive document carries fh:archive and its neighbours; hubs serve subscriptions."""
    links = replace(
        full_links(),
        current="https://example.org/feed.xml",
        next_archive="https://example.org/archive/4.xml",
    )
    channel = rss(document(archive=True), links)
    relations = [link["rel"] for link in attributes(channel, "atom:link")]
    assert relations == ["self", "current", "prev-archive", "next-archive"]
    assert len(channel.findall("{http://purl.org/syndication/history/1.0}archive")) == 1
    assert texts(rss(document()), "fh:archive") == []


@pytest.mark.parametrize(
    ("identity", "permalink"),
    [("https://example.org/posts/0/", "true"), ("tag:example.org,2026:0", "false")],
)
def test_a_guid_is_a_permalink_only_while_it_equals_the_link(identity: str, permalink: str) -> None:
    """A reader may follow a guid that says so: only the item's own address does (F-R-03)."""
    guid = rss_item(item(id=identity)).findall("guid")
    assert [(found.text, found.get("isPermaLink")) for found in guid] == [(identity, permalink)]


def test_description_stands_before_content() -> None:
    """Some readers take the last of the two that they see (F-R-07)."""
    tags = [child.tag for child in rss_item(item())]
    assert tags.index("description") < tags.index(
        "{http://purl.org/rss/1.0/modules/content/}encoded"
    )


def test_without_a_summary_the_description_is_the_whole_text() -> None:
    """An item is never without a description while it has a text."""
    found = rss_item(item(summary="", content_html="<p>글</p>"))
    assert texts(found, "description") == ["<p>글</p>"]
    assert texts(found, "content:encoded") == []


def test_an_excerpt_feed_has_no_content() -> None:
    """Without HTML only the summary is published."""
    found = rss_item(item(content_html=""))
    assert texts(found, "description") == ["0번째 소식의 요약."]
    assert texts(found, "content:encoded") == []


def test_a_summary_shows_its_marks_literally() -> None:
    """A description is HTML: plain text is escaped for HTML, then for XML, once each (F-R-08)."""
    assert texts(rss_item(item(summary="1 < 2 & <b>")), "description") == [
        "1 &lt; 2 &amp; &lt;b&gt;"
    ]
    data = write_rss(document(item(summary="1 < 2")), LINKS)
    assert b"<description>1 &amp;lt; 2</description>" in data


def test_titles_use_the_references_that_most_readers_understand() -> None:
    """`&` and `<` in titles are hexadecimal references (F-R-08)."""
    data = write_rss(document(item(title="AT&T <b>")), LINKS)
    assert b"<title>AT&#x26;T &#x3C;b&gt;</title>" in data


def test_each_category_and_tag_is_an_element_of_its_own() -> None:
    """Three terms give three elements, and a name that is both category and tag gives one."""
    found = rss_item(
        item(
            categories=(Term(name="경제", slug="경제"), Term(name="R & D", slug="r-d")),
            tags=(Term(name="경제", slug="경제"), Term(name="tag", slug="tag")),
        )
    )
    assert texts(found, "category") == ["경제", "R & D", "tag"]
    assert attributes(found, "category") == [{}, {}, {}]


def test_authors_are_named_without_an_address() -> None:
    """RSS's own author is an e-mail address; ours are dc:creator, one each (F-R-11)."""
    found = rss_item(item(authors=("홍길동", "A & B")))
    assert texts(found, "dc:creator") == ["홍길동", "A & B"]
    assert texts(found, "author") == []
    assert texts(rss(document()), "dc:creator") == ["편집실"]


def test_only_an_item_in_another_language_names_it() -> None:
    """The channel's language stands for all items but those that differ."""
    assert texts(rss_item(item(language="en")), "dc:language") == ["en"]
    assert texts(rss_item(item(language="ko")), "dc:language") == []


@pytest.mark.parametrize("icon", ["https://example.org/i.PNG", "https://example.org/i.jpg?v=2"])
def test_an_icon_that_rss_allows_is_the_channels_image(icon: str) -> None:
    """Its title and link are the channel's own (F-R-15)."""
    channel = rss(document(icon_url=icon))
    image = channel.find("image")
    assert image is not None
    assert [(child.tag, child.text) for child in image] == [
        ("url", icon),
        ("title", "한반도 브리핑"),
        ("link", "https://example.org/"),
    ]


@pytest.mark.parametrize("icon", ["", "https://example.org/icon.svg"])
def test_an_icon_of_another_kind_is_left_out(icon: str) -> None:
    """RSS knows GIF, JPEG and PNG."""
    assert rss(document(icon_url=icon)).find("image") is None
