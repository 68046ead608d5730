"""An item that was kept becomes an article like any other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from newsfeed.collect.conventions.detect import convention
from newsfeed.collect.entry import Entry, Folder, Remote
from newsfeed.collect.files import Found, stamp
from newsfeed.collect.remote.item import Item, Kept, RemoteImage, encode
from newsfeed.collect.remote.reading import item_body, read_item
from newsfeed.model import DateOrigin, Image, Origin

SEEN = datetime(2026, 11, 20, tzinfo=UTC)
URL = "https://blog.example.com/a/"
PLAIN = Item(id="urn:a", url=URL, title="A", published=SEEN - timedelta(days=1), content="<p>T</p>")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(
        name="blog",
        root=tmp_path,
        convention=convention("plain", tmp_path, ZoneInfo("UTC"), ""),
        site_url="",
        language="en",
        remote=Remote(url="https://blog.example.com/feed"),
    )


def _read(folder: Folder, place: int = 0, **changes: object) -> Entry:
    item = msgspec.structs.replace(PLAIN, **changes)
    origin = Origin(title="Their blog", url="https://blog.example.com/feed")
    file = folder.root / "a.json"
    file.write_bytes(encode(Kept(item=item, origin=origin, seen=SEEN, place=place)))
    known = stamp(file)
    assert known is not None
    return read_item(Found("a.json", "a.json", known), folder)


def test_what_the_feed_says_is_what_the_article_has(folder: Folder) -> None:
    entry = _read(folder, authors=("Kim",), categories=("News",), language="ko")
    assert (entry.guid, entry.url, entry.title, entry.date) == ("urn:a", URL, "A", PLAIN.published)
    assert (entry.authors, entry.categories, entry.language) == (("Kim",), ("News",), "ko")
    assert entry.dated is DateOrigin.FEED
    body = item_body(entry, folder)
    assert (body.text, body.markup) == ("<p>T</p>", "html")


def test_without_a_date_the_order_of_the_feed_stays(folder: Folder) -> None:
    first, second = (_read(folder, place, published=None) for place in (0, 1))
    assert first.date == SEEN
    assert first.date > (second.date or SEEN)
    assert second.dated is DateOrigin.FIRST_SEEN


def test_the_operators_language_wins_over_the_feeds_and_that_over_the_sites(folder: Folder) -> None:
    assert _read(folder).language == "en"
    assert _read(folder, language="ko").language == "ko"
    own = msgspec.structs.replace(folder, remote=Remote(url=URL, language="ja"))
    assert _read(own, language="ko").language == "ja"


def test_without_an_author_the_feed_is_it(folder: Folder) -> None:
    assert _read(folder).authors == ("Their blog",)


def test_without_a_title_the_text_begins_it(folder: Folder) -> None:
    long = _read(folder, title="", content=f"<p>{'word ' * 50}</p>").title
    assert long.startswith("word word")
    assert long.endswith("…")
    assert len(long) <= 80
    assert _read(folder, title="", content="").title == URL


@pytest.mark.parametrize(
    "summary",
    [
        "<p>One two three [&#8230;]</p><p>The post <a href='x'>A</a> appeared first on Blog.</p>",
        "One two, three&hellip;",
        "One two three [...]",
        "",
        "<p>One two three four five.</p>",
    ],
)
def test_an_excerpt_that_a_program_cut_is_none(folder: Folder, summary: str) -> None:
    """WordPress puts `[…]` where it cut, and a line of its own behind it."""
    text = "<p>One <b>two</b>, three four five.</p>"
    assert _read(folder, content=text, summary=summary).summary == ""


def test_an_excerpt_of_the_authors_own_stays(folder: Folder) -> None:
    entry = _read(folder, content="<p>One two three.</p>", summary="What this is <i>about</i>.")
    assert entry.summary == "What this is about."


IMAGES = [
    ('<img src="/i.jpg" alt=" a  b ">', Image(url="https://blog.example.com/i.jpg", alt="a b")),
    ('<img src="p.gif" width="1" height="1"><img src="i.jpg">', Image(url=URL + "i.jpg")),
    ('<img src="" data-src="lazy.jpg">', Image(url=URL + "lazy.jpg")),
    ('<img src="data:image/png;base64,AA==">', None),
    ('<img class="emoji" width="16px" src="smile.png">', None),
    ("text", None),
]


@pytest.mark.parametrize(("html", "image"), IMAGES)
def test_the_first_image_that_is_more_than_a_dot_leads(
    folder: Folder, html: str, image: Image | None
) -> None:
    assert _read(folder, content=html).image == image


def test_the_image_that_the_feed_names_leads_before_all(folder: Folder) -> None:
    named = RemoteImage(url="https://blog.example.com/n.jpg", media_type="image/jpeg", length=5)
    entry = _read(folder, content=IMAGES[0][0], image=named)
    assert entry.image == Image(url=named.url, media_type="image/jpeg", length=5)


def test_an_item_without_an_address_is_left_out_with_the_reason(folder: Folder) -> None:
    assert _read(folder, url="").left_out == "the feed gives it no address"


def test_what_is_nested_without_end_is_a_fault_of_that_item(folder: Folder) -> None:
    entry = _read(folder, content="<div>" * 5000)
    assert entry.fault is not None
    assert "deep" in entry.fault.problem
