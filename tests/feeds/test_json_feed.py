"""Promises about JSON Feed 1.1 beyond what all formats share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from newsfeed.feeds.json_feed import write_json
from newsfeed.model import FeedDocument, Term
from tests.feeds.samples import (
    LINKS,
    document,
    full_document,
    full_links,
    item,
    json_feed,
    json_item,
)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    described = json.loads(Path(__file__).with_name("json_feed.schema.json").read_bytes())
    Draft202012Validator.check_schema(described)
    return Draft202012Validator(described)


@pytest.mark.parametrize(
    "feed",
    [document(), full_document(), document(item(summary="", content_html=""))],
    ids=["plain", "full", "bare"],
)
def test_the_document_is_valid_by_our_schema(
    schema: Draft202012Validator, feed: FeedDocument
) -> None:
    """Whatever is in it, it has the shape of JSON Feed 1.1."""
    schema.validate(json_feed(feed, full_links()))


def test_the_feed_says_who_it_is() -> None:
    """Addresses, description, language, authors, icon and hub, in a fixed order (F-J-03)."""
    feed = json_feed(document(icon_url="https://example.org/icon.png"), full_links())
    feed.pop("items")
    assert list(feed.items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "한반도 브리핑"),
        ("home_page_url", "https://example.org/"),
        ("feed_url", LINKS.self_url),
        ("description", "한반도 소식을 모은 곳"),
        ("icon", "https://example.org/icon.png"),
        ("language", "ko"),
        ("authors", [{"name": "편집실"}]),
        ("hubs", [{"type": "WebSub", "url": "https://hub.example.org/"}]),
    ]


def test_an_item_says_what_it_is() -> None:
    """All that the document knows of it; categories and tags are tags (F-J-04)."""
    found = json_item(
        item(
            authors=("홍길동",),
            categories=(Term(name="경제", slug="경제"),),
            tags=(Term(name="경제", slug="경제"), Term(name="R & D", slug="r-d")),
        )
    )
    assert found == {
        "id": "https://example.org/posts/0/",
        "url": "https://example.org/posts/0/",
        "title": "0번째 소식",
        "summary": "0번째 소식의 요약.",
        "content_html": '<p>0번째 <a href="https://example.org/a?b&amp;c">소식</a>.</p>\n',
        "date_published": "2026-03-01T09:00:00+09:00",
        "date_modified": "2026-03-01T10:00:00+09:00",
        "authors": [{"name": "홍길동"}],
        "tags": ["경제", "R & D"],
        "language": "ko",
    }


def test_an_excerpt_feed_has_text_for_content() -> None:
    """One kind of content is demanded of every item, so the summary, or else the title (F-J-02)."""
    assert json_item(item(content_html=""))["content_text"] == "0번째 소식의 요약."
    assert json_item(item(content_html="", summary=""))["content_text"] == "0번째 소식"
    assert "content_text" not in json_item(item())


def test_text_is_written_as_it_is_but_for_line_ends_of_scripts() -> None:
    """Hangul stays readable; U+2028 and U+2029 are escaped, and read back the same (F-J-08)."""
    feed = document(item(content_html="<p>가\u2028나\u2029</p>"))
    data = write_json(feed, LINKS)
    assert "0번째 소식".encode() in data
    assert b"\\u2028" in data
    assert b"\\u2029" in data
    assert "\u2028".encode() not in data
    assert json_feed(feed)["items"][0]["content_html"] == "<p>가\u2028나\u2029</p>"


def test_archives_are_of_the_other_formats() -> None:
    """JSON Feed knows no archive: links to one leave no trace, and no next_url is made up."""
    links = replace(full_links(), current="https://example.org/feed.json")
    assert b"archive" not in write_json(document(), links)
    assert b"next_url" not in write_json(document(), links)
