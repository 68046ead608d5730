"""The check finds what is wrong before it is published, and leaves alone what is right."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from newsfeed.feeds.check import problems
from newsfeed.feeds.names import ATOM, JSON, RSS
from tests.feeds.samples import (
    IMAGE,
    LINKS,
    WRITERS,
    document,
    full_document,
    full_links,
    item,
)

FORMATS = [RSS, ATOM, JSON]

ARTICLE = item(
    content_html='<p><a href="https://example.org/a">a</a></p>', image=IMAGE, authors=("홍길동",)
)
FEED = document(ARTICLE, item(1), icon_url="https://example.org/icon.png")
GOOD = {kind: write(FEED, full_links()) for kind, write in WRITERS.items()}

ALTERNATE = 'rel="alternate" type="text/html" hreflang="ko"'

# A format, what is changed in a good document, and what the check says then.
MUTATIONS = [
    (RSS, "<title>0번째 소식</title>", "", "item 1: has no title"),
    (RSS, "<title>0번째 소식</title>", "<title> </title>", "item 1: has an empty title"),
    (RSS, "<link>https://example.org/posts/1/", "<link>/posts/1/", "item 2: link is not an"),
    (RSS, "<pubDate>Sun, 01", "<pubDate>Mon, 01", "channel: pubDate is not a date"),
    (RSS, "<pubDate>Sat, 28 Feb", "<pubDate>Sat, 30 Feb", "item 2: pubDate is not a date"),
    (RSS, "Sat, 28 Feb 2026 09:00:00 +0900", "2026-02-28", "item 2: pubDate is not a date"),
    (RSS, "Sat, 28 Feb 2026 09:00:00 +0900", "Sat, 28 Feb 2026 09:00:00", "item 2: pubDate is"),
    (RSS, "posts/1/</guid>", "posts/0/</guid>", "item 2: has the guid of an earlier item"),
    (RSS, ">https://example.org/posts/1/</guid>", ">x</guid>", "item 2: guid, said to be a"),
    (
        RSS,
        ' isPermaLink="true">https://example.org/posts/1/</guid>',
        ">x</guid>",
        "item 2: guid, s",
    ),
    (RSS, "<link>https://example.org/posts/1/", "<link>https://example.org/글/", "item 2: link is"),
    (RSS, "</guid>", "</guid><guid>https://example.org/</guid>", "item 1: has more than one guid"),
    (RSS, 'length="12345"', 'length="None"', "item 1: enclosure has no length"),
    (RSS, 'enclosure url="https://example.org', 'enclosure url="', "item 1: url of enclosure is"),
    (RSS, 'thumbnail url="https://example.org', 'thumbnail url="', "item 1: url of thumbnail is"),
    (RSS, 'rel="hub" href="https:', 'rel="hub" href="', "channel: href of link is not an"),
    (RSS, "<description>한반도 소식을 모은 곳</description>", "", "channel: has no description"),
    (RSS, "<url>https://example.org/icon.png", "<url>icon.png", "channel: url of image is not an"),
    (RSS, 'version="2.0"', 'version="0.91"', "is not RSS 2.0 with one channel"),
    (RSS, 'href="https://example.org/a"', 'href="/a"', "item 1: encoded has no absolute address"),
    (ATOM, "<title>0번째 소식</title>", "", "entry 1: has no title"),
    (ATOM, "posts/1/</id>", "posts/0/</id>", "entry 2: has the id of an earlier entry"),
    (ATOM, "<id>https://example.org/</id>", "<id>7</id>", "feed: id is not an absolute IRI"),
    (ATOM, "2026-02-28T09:00:00+09:00<", "2026-02-28T09:00:00<", "entry 2: published is not a"),
    (ATOM, "2026-02-28T10:00:00+09:00<", "2026-02-30T10:00:00Z<", "entry 2: updated is not a"),
    (ATOM, "<updated>2026-03-01T10:00:00+09:00</updated>", "", "feed: has no updated"),
    (ATOM, 'href="https://example.org/posts/1/"', 'href="1/"', "entry 2: href of link is not"),
    (ATOM, 'type="html"', 'type="CDATA"', "entry 1: content is neither text nor html"),
    (ATOM, 'rel="enclosure" type="image/png"', ALTERNATE, "entry 1: has two alternate links"),
    (ATOM, "<name>홍길동</name>", "<name/>", "entry 1: author has no name"),
    (ATOM, "<author>\n    <name>편집실</name>\n  </author>", "", "entry 2: has no author, and"),
    (ATOM, 'rel="alternate"', 'rel="via"', "feed: has no alternate link"),
    (ATOM, 'href="https://example.org/a"', 'href="a"', "entry 1: content has no absolute address"),
    (ATOM, "<icon>https:", "<icon>", "feed: icon is not an absolute"),
    (ATOM, "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "is not an Atom feed"),
    (JSON, '"title": "0번째 소식",', "", "item 1: has no title"),
    (JSON, '"id": "https://example.org/posts/1/"', '"id": 7', "item 2: has no id"),
    (
        JSON,
        '"id": "https://example.org/posts/1/"',
        f'"id": "{ARTICLE.id}"',
        "item 2: has the id of",
    ),
    (JSON, '"url": "https://example.org/posts/1/"', '"url": "/posts/1/"', "item 2: url is not an"),
    (JSON, "2026-02-28T09:00:00+09:00", "2026-02-28", "item 2: date_published is not a date"),
    (JSON, '"content_html"', '"content_htm"', "item 1: has neither content_html nor"),
    (JSON, 'href=\\"https://example.org/a\\"', 'href=\\"//x/a\\"', "item 1: content_html has no"),
    (JSON, '"size_in_bytes": 12345', '"size_in_bytes": "1"', "item 1: attachment: size_in_bytes"),
    (JSON, '"mime_type": "image/png",', "", "item 1: attachment: has no media type"),
    (JSON, '"title": "한반도 브리핑",', "", "feed: has no title"),
    (JSON, "jsonfeed.org/version/1.1", "jsonfeed.org/version/1", "is not a JSON Feed 1.1"),
    (JSON, '"items": [', '"itms": [', "feed: has no list of items"),
    (JSON, '"items": [', '"items": [7, ', "item 1: is not an object"),
    (JSON, '"url": "https://hub.example.org/"', '"url": ""', "feed: hub: url is not an absolute"),
    (JSON, '"size_in_bytes": 12345', '"size_in_bytes": NaN', "is not JSON in UTF-8: NaN"),
    (JSON, "0번째", "\\ud800", "has an escaped surrogate"),
    (JSON, '"name": "홍길동"', '"nam": ""', "item 1: an author has no name"),
    (JSON, '"image": "', '"tags": "', "item 1: tags are not a list of names"),
]


@pytest.mark.parametrize("media_type", FORMATS)
def test_what_our_writers_write_is_found_good(media_type: str) -> None:
    """Plain and full feeds, archives and empty ones pass."""
    for feed in (document(), full_document(), document(archive=True), document(items=())):
        for links in (LINKS, full_links()):
            assert problems(WRITERS[media_type](feed, links), media_type) == []


@pytest.mark.parametrize(("media_type", "old", "new", "said"), MUTATIONS)
def test_each_fault_is_found_and_named(media_type: str, old: str, new: str, said: str) -> None:
    """One change to a good document, and the check says where and what."""
    good = GOOD[media_type].decode()
    assert problems(good.encode(), media_type) == []
    assert old in good
    found = problems(good.replace(old, new, 1).encode(), media_type)
    unnamed = [re.sub(r" \(.*?\):", ":", problem, count=1) for problem in found]
    assert [problem for problem in unnamed if problem.startswith(said)], found


@pytest.mark.parametrize(("media_type", "kind"), [(RSS, "item"), (ATOM, "entry"), (JSON, "item")])
def test_an_item_is_called_by_its_title(media_type: str, kind: str) -> None:
    """The author knows the article by that, not by its place in the feed."""
    bad = document(item(0), item(1, url="/posts/1/"))
    found = problems(WRITERS[media_type](bad, LINKS), media_type)
    assert found
    assert {problem.split(": ")[0] for problem in found} == {f"{kind} 2 ('1번째 소식')"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"", b"\xef\xbb\xbf", "begins with a byte order mark"),
        (b"<?xml", b"\n<?xml", "does not begin with an XML declaration"),
        (b"<?xml", b"<!-- a --><?xml", "does not begin with an XML declaration"),
        (b"'UTF-8'?>\n", b"'UTF-8'?>\n<!DOCTYPE rss>", "has a document type declaration"),
        (
            b"'UTF-8'?>\n",
            b"'UTF-8'?>\n<!DOCTYPE rss [<!ENTITY a 'b'>]>",
            "has a document type declaration",
        ),
        (b"encoding='UTF-8'", b"encoding='UTF-16'", "is"),
        (b"encoding='UTF-8'", b"encoding='ISO-8859-1'", "is declared to be ISO-8859-1, not UTF-8"),
        (b"</title>", b"&nbsp;</title>", "is not well-formed XML"),
        (b"</title>", b"]]></title>", "is not well-formed XML"),
        (b"</title>", b"\x08</title>", "is not well-formed XML"),
        (b"</title>", b"&#8;</title>", "is not well-formed XML"),
        (b"</title>", b"\xef\xbf\xbe</title>", "is not well-formed XML"),
        (b"</title>", b"\xed\xa0\x80</title>", "is not well-formed XML"),
        (b"</title>", b"\xff</title>", "is not well-formed XML"),
        (b"</title>", b"<b></title>", "is not well-formed XML"),
    ],
)
@pytest.mark.parametrize("media_type", [RSS, ATOM])
def test_xml_that_a_reader_would_refuse_is_found(
    media_type: str, before: bytes, after: bytes, said: str
) -> None:
    """Well-formed XML 1.0 in UTF-8, from its first byte, without a DTD (F-X-01, F-X-02, F-X-05)."""
    found = problems(GOOD[media_type].replace(before, after, 1), media_type)
    assert len(found) == 1
    assert found[0].startswith(said)


@pytest.mark.parametrize("media_type", FORMATS)
def test_a_feed_cut_short_anywhere_is_found(media_type: str) -> None:
    """Half a file is never published."""
    data = GOOD[media_type].rstrip()
    for length in range(0, len(data), 97):
        assert problems(data[:length], media_type), length


def test_json_with_a_byte_order_mark_or_in_another_encoding_is_found() -> None:
    """RFC 8259 section 8.1."""
    assert problems(b"\xef\xbb\xbf" + GOOD[JSON], JSON) == ["begins with a byte order mark"]
    (found,) = problems(GOOD[JSON].decode().encode("cp949"), JSON)
    assert found.startswith("is not JSON in UTF-8")


def test_a_text_about_escapes_is_no_escape() -> None:
    """A backslash and the letters ud800 in a text are not a surrogate."""
    assert problems(WRITERS[JSON](document(item(title=r"\ud800 \\ud800")), LINKS), JSON) == []


BOMB = "<!ENTITY a 'a'>" + "".join(
    f"<!ENTITY {name} '{f'&{part};' * 10}'>" for part, name in pairwise("abcdefghij")
)


@pytest.mark.parametrize(
    ("entities", "said"),
    [
        ("<!ENTITY j SYSTEM 'file:///etc/hostname'>", "has a document type declaration"),
        ("<!ENTITY j SYSTEM 'http://127.0.0.1:9/'>", "has a document type declaration"),
        (BOMB, "is not well-formed XML: Maximum entity amplification"),
    ],
    ids=["file", "network", "bomb"],
)
def test_entities_are_refused_and_not_read(entities: str, said: str) -> None:
    """Neither files nor the network nor memory are at the mercy of a document."""
    declaration = "<?xml version='1.0' encoding='UTF-8'?>\n"
    attack = f"{declaration}<!DOCTYPE rss [{entities}]><rss version='2.0'>&j;</rss>"
    (found,) = problems(attack.encode(), RSS)
    assert found.startswith(said)


def test_every_fault_is_told_at_once() -> None:
    """An author mends all in one go."""
    broken = GOOD[JSON].decode().replace("2026-0", "2026/0").encode()
    assert len(problems(broken, JSON)) == 4


def test_a_long_value_is_cut_in_the_message() -> None:
    """A message stays one line for people."""
    feed = json.loads(GOOD[JSON])
    feed["items"][0]["url"] = "x" * 5000
    (found,) = problems(json.dumps(feed).encode(), JSON)
    assert len(found) < 200
    assert "\n" not in found


def test_an_unknown_media_type_is_our_own_mistake() -> None:
    """It is never taken for a good feed."""
    with pytest.raises(ValueError, match=re.escape("text/html")):
        problems(b"", "text/html")
