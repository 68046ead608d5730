"""What a feed says, in whatever format, and what of it is believed."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.feedfile import NoFeedError
from newsfeed.collect.remote.document import MOST_ITEMS, read_document
from newsfeed.collect.remote.item import Document, Item, Kept, decode, encode
from newsfeed.text import clean, one_line
from newsfeed.urls import ascii_url

URL = "https://example.org/blog/feed.xml"
WHEN = datetime(2026, 11, 22, 23, tzinfo=UTC)
LATER = datetime(2026, 11, 23, tzinfo=UTC)

RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>그 블로그</title>
<link>https://example.org/</link><language>ko-KR</language>
<item><title>말 &amp;lt;과&amp;gt; 글</title><guid isPermaLink="false">q</guid><link>/a/</link>
<pubDate>Mon, 23 Nov 2026 08:00:00 +0900</pubDate><category>소식</category>
<dc:creator>김</dc:creator><description>짧게</description>
<content:encoded>&lt;p&gt;길게&lt;/p&gt;</content:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ko-KR"><title>그 블로그</title>
<id>urn:x</id><link href="https://example.org/"/>
<entry><title type="html">말 &amp;lt;과&amp;gt; 글</title><id>q</id><link href="/a/"/>
<author><name>김</name><email>kim@example.org</email></author>
<published>2026-11-22T23:00:00Z</published><updated>2026-11-22T23:00:00Z</updated>
<category term="news" label="소식"/><summary type="html">짧게</summary>
<content type="html">&lt;p&gt;길게&lt;/p&gt;</content></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "그 블로그",
        "home_page_url": "https://example.org/",
        "language": "ko-KR",
        "items": [
            {
                "id": "q",
                "url": "/a/",
                "title": "말 <과> 글",
                "date_published": "2026-11-23T08:00:00+09:00",
                "tags": ["소식"],
                "authors": [{"name": "김"}],
                "summary": "짧게",
                "content_html": "<p>길게</p>",
            }
        ],
    }
)


def _one(text: str) -> Item:
    (item,) = read_document(text.encode(), URL).items
    return item


def _atom(inside: str, attributes: str = "") -> Item:
    return _one(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>x</title>'
        f"<entry><id>q</id>{inside}</entry></feed>"
    )


def _rss(inside: str) -> Item:
    return _one(
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>x</title>'
        f"<item><guid isPermaLink='false'>q</guid>{inside}</item></channel></rss>"
    )


@pytest.mark.parametrize("text", [RSS, ATOM, JSON], ids=["rss", "atom", "json"])
def test_the_three_formats_say_the_same(text: str) -> None:
    found = read_document(text.encode(), URL)
    assert (found.origin.title, found.origin.home) == ("그 블로그", "https://example.org/")
    (item,) = found.items
    assert (item.id, item.url) == ("q", "https://example.org/a/")
    assert (item.title, item.published) == ("말 <과> 글", WHEN)
    assert (item.language, item.authors, item.categories) == ("ko-KR", ("김",), ("소식",))
    assert (item.content, item.summary.replace("<p>", "").replace("</p>", "")) == (
        "<p>길게</p>",
        "짧게",
    )


def test_addresses_start_from_xml_base_where_there_is_one() -> None:
    inside = '<link href="b"/><content type="html" xml:base="c/">x</content>'
    item = _atom(inside, 'xml:base="https://cdn.example.org/x/"')
    assert item.url == "https://cdn.example.org/x/b"
    assert item.base == "https://cdn.example.org/x/c/"
    assert _atom('<link href="b"/>').url == "https://example.org/blog/b"


def test_text_that_is_no_markup_is_shown_as_it_is() -> None:
    assert _atom('<content type="text">1 &lt; 2</content>').content == "<p>1 &lt; 2</p>"
    assert _atom('<title type="text">a &lt;b&gt;</title>').title == "a <b>"


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ('<enclosure url="/e.png" type="image/png" length="5"/>', "https://example.org/e.png"),
        ('<media:thumbnail url="https://example.org/t"/>', "https://example.org/t"),
        ('<media:content url="/m.jpg" medium="image"/>', "https://example.org/m.jpg"),
        ('<media:content url="/m.webp"/>', "https://example.org/m.webp"),
        (
            '<media:thumbnail url="/t"/><enclosure url="/e" type="image/png" length="5"/>',
            "https://example.org/e",
        ),
    ],
)
def test_the_image_that_a_feed_names_is_found(inside: str, url: str) -> None:
    image = _rss(inside).image
    assert image is not None
    assert image.url == url


@pytest.mark.parametrize(
    "inside",
    [
        '<enclosure url="/e.mp3" type="audio/mpeg" length="5"/>',
        '<media:content url="/m.mp4" medium="video"/>',
        '<media:thumbnail url="javascript:x"/>',
        '<media:thumbnail url=" "/>',
    ],
)
def test_what_is_no_image_is_none(inside: str) -> None:
    assert _rss(inside).image is None


def test_sizes_of_an_image_are_believed_where_they_can_be() -> None:
    image = _rss('<media:content url="/m.jpg" width="640" height="-1" fileSize="12"/>').image
    assert image is not None
    assert (image.width, image.height, image.length) == (640, None, 12)


def test_what_is_attached_stands_for_a_missing_address() -> None:
    item = _rss('<enclosure url="/e.mp3" type="audio/mpeg" length="5"/>')
    assert item.url == "https://example.org/e.mp3"


@pytest.mark.parametrize(
    "inside", ["<link>javascript:x</link>", "<link>mailto:a@example.org</link>"]
)
def test_an_address_that_leads_nowhere_is_none(inside: str) -> None:
    assert _rss(inside).url == ""


def test_addresses_of_mail_are_no_names() -> None:
    assert _rss("<author>kim@example.org</author>").authors == ()
    assert _rss("<author>kim@example.org (Kim)</author>").authors == ("Kim",)


def test_the_feeds_author_is_that_of_items_without() -> None:
    text = ATOM.replace("<author>", "<x>").replace("</author>", "</x>")
    text = text.replace("<entry>", "<author><name>Lee</name></author><entry>")
    assert _one(text).authors == ("Lee",)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 23 Nov 0026 08:00:00 +0900"])
def test_a_date_that_cannot_be_is_none(date: str) -> None:
    assert _rss(f"<pubDate>{date}</pubDate>").published is None


def test_a_date_without_a_zone_is_the_same_everywhere() -> None:
    text = JSON.replace("2026-11-23T08:00:00+09:00", "2026-11-22T23:00:00")
    assert _one(text).published == WHEN


@pytest.mark.parametrize("tag", ["english!", "x", "한국어"])
def test_a_language_that_is_none_is_left_out(tag: str) -> None:
    assert _one(RSS.replace("ko-KR", tag)).language == ""


def test_of_two_items_with_one_id_the_first_is_read_and_one_without_any_is_left_out() -> None:
    items = "<item><guid>q</guid><title>1</title></item><item><guid>q</guid></item><item/>"
    found = read_document(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), URL)
    assert [item.title for item in found.items] == ["1"]


def test_more_than_the_newest_are_left_out_and_counted() -> None:
    many = "".join(f"<item><guid>{n}</guid></item>" for n in range(MOST_ITEMS + 7))
    found = read_document(f"<rss version='2.0'><channel>{many}</channel></rss>".encode(), URL)
    assert (len(found.items), found.left_out) == (MOST_ITEMS, 7)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>404</body></html>",
        "{}",
        '{"version": "https://jsonfeed.org/version/1.1", "items": 3}',
        "\x00" * 100,
        "<?xml version='1.0'?><opml version='2.0'/>",
    ],
)
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(NoFeedError):
        read_document(text.encode(), URL)


def test_entities_that_grow_without_end_do_not() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]><rss version="2.0"><channel>'
        "<title>&l9;</title><item><guid>q</guid><title>&l9;</title></item></channel></rss>"
    )
    found = None
    with contextlib.suppress(NoFeedError):
        found = read_document(text.encode(), URL)
    assert found is None or len(found.origin.title) < 10_000


def test_a_file_of_this_machine_is_never_part_of_a_feed(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    with open(secret, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("top secret")
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<rss version="2.0"><channel><title>&x;</title><item><guid>q</guid>'
        "<title>a&x;</title></item></channel></rss>"
    )
    with contextlib.suppress(NoFeedError):
        assert "top secret" not in str(read_document(text.encode(), URL))


def _is_sound(found: Document) -> bool:
    """Whether everything is fit for what comes after."""
    for item in found.items:
        assert item.id == one_line(item.id)
        assert item.title == one_line(item.title)
        assert item.url == "" or item.url == ascii_url(item.url)
        assert item.content == clean(item.content)
        kept = Kept(item=item, origin=found.origin, seen=WHEN)
        assert decode(encode(kept)) == kept
    return True


_WORDS = st.text(max_size=40)


@given(title=_WORDS, link=_WORDS, guid=_WORDS, body=_WORDS, date=_WORDS)
def test_whatever_stands_in_an_item_is_made_sound(
    title: str, link: str, guid: str, body: str, date: str
) -> None:
    fields = {"title": title, "link": link, "guid": guid, "description": body, "pubDate": date}
    inside = "".join(f"<{k}>{escape(clean(v))}</{k}>" for k, v in fields.items())
    text = f"<rss version='2.0'><channel><item>{inside}</item></channel></rss>"
    assert _is_sound(read_document(text.encode("utf-8", "replace"), URL))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
_KEYS = st.sampled_from(
    [
        "id",
        "url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "date_published",
        "tags",
        "authors",
        "language",
    ]
)


@given(st.lists(st.dictionaries(_KEYS, _VALUES) | _VALUES, max_size=3), _VALUES)
def test_whatever_stands_in_a_json_feed_is_made_sound(items: list[object], title: object) -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "title": title, "items": items}
    assert _is_sound(read_document(json.dumps(feed).encode(), URL))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: b"<rss>" + t.encode()))
def test_any_bytes_are_a_feed_or_none(data: bytes) -> None:
    with contextlib.suppress(NoFeedError):
        assert _is_sound(read_document(data, URL))
