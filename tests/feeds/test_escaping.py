"""Any text goes through every format and comes back, less what XML forbids."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.feeds.check import problems
from newsfeed.feeds.names import ATOM, JSON, RSS
from newsfeed.model import Image, Term
from newsfeed.text import clean, legal, one_line
from tests.feeds.samples import (
    AWKWARD,
    LINKS,
    WRITERS,
    atom_entry,
    attributes,
    document,
    item,
    json_feed,
    json_item,
    rss_item,
    texts,
)

# Every code point, lone surrogates among them, and often those that mean something.
TEXT = st.text(
    st.characters(exclude_categories=())
    | st.sampled_from("<>&\"'[]! \t\n\r\x00\x08\x0b\x85\xa0\ud800\udfff\ufeff\ufffe\uffff\u2028"),
    max_size=60,
) | st.sampled_from(AWKWARD)


@given(TEXT)
def test_any_title_is_the_same_in_every_format(title: str) -> None:
    """It is plain text on one line; without a visible character it is the address."""
    written = item(title=title)
    expected = one_line(title) or written.url
    assert texts(rss_item(written), "title") == [expected]
    assert texts(atom_entry(written), "atom:title") == [expected]
    assert json_item(written)["title"] == expected


@given(TEXT)
def test_any_summary_comes_back_as_plain_text(summary: str) -> None:
    """RSS holds it as HTML that shows the text, Atom and JSON as the text itself."""
    written = item(summary=summary, content_html="")
    expected = clean(summary).strip()
    assert html.unescape("".join(texts(rss_item(written), "description"))) == expected
    assert "".join(texts(atom_entry(written), "atom:summary")) == expected
    assert json_item(written).get("summary", "") == expected


@given(TEXT)
def test_any_content_comes_back_to_the_letter(content: str) -> None:
    """Nothing is trimmed or rewritten inside a body, but characters that XML forbids."""
    written = item(content_html=content)
    expected = [legal(content)] if legal(content) else []
    assert texts(rss_item(written), "content:encoded") == expected
    assert texts(atom_entry(written), "atom:content") == expected
    assert json_item(written).get("content_html", "") == "".join(expected)


@given(TEXT, TEXT)
def test_any_name_comes_back_on_one_line(name: str, alt: str) -> None:
    """Authors, terms and image descriptions are cleaned too, in elements and in attributes."""
    written = item(
        authors=(name,),
        categories=(Term(name=name, slug="slug"),),
        image=Image(url="https://example.org/i.png", alt=alt),
    )
    names = [one_line(name)] if one_line(name) else []
    assert texts(rss_item(written), "dc:creator") == names
    assert texts(rss_item(written), "category") == names
    assert [found["label"] for found in attributes(atom_entry(written), "atom:category")] == names
    assert json_item(written).get("tags", []) == names
    described = [one_line(alt)] if one_line(alt) else []
    assert texts(rss_item(written), "media:content/media:description") == described
    assert texts(atom_entry(written), "media:content/media:description") == described


@given(TEXT)
def test_any_slug_comes_back_on_one_line(slug: str) -> None:
    """A term is never without one: the name stands in."""
    entry = atom_entry(item(tags=(Term(name="이름", slug=slug),)))
    assert attributes(entry, "atom:category") == [
        {"term": one_line(slug) or "이름", "label": "이름"}
    ]


@given(TEXT, TEXT)
def test_any_title_and_description_of_the_feed_leave_it_whole(title: str, text: str) -> None:
    """What the settings say cannot break a feed."""
    feed = document(title=title, description=text, author=title)
    for media_type in (RSS, ATOM):
        assert problems(WRITERS[media_type](feed, LINKS), media_type) == []
    assert json_feed(feed)["title"] == one_line(title) or feed.id


@given(TEXT)
def test_an_id_is_the_same_in_every_format(identity: str) -> None:
    """Readers tell items apart by it, so it is cleaned alike everywhere (F-X-10)."""
    written = item(id=f"tag:example.org,2026:{identity}")
    expected = one_line(written.id)
    assert texts(rss_item(written), "guid") == [expected]
    assert texts(atom_entry(written), "atom:id") == [expected]
    assert json_item(written)["id"] == expected


@pytest.mark.parametrize("media_type", [RSS, ATOM, JSON])
@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"]
)
def test_one_forbidden_character_does_not_cost_the_feed(character: str, media_type: str) -> None:
    """It is dropped wherever it stands, and all other text is there (F-X-02)."""
    broken = f"가{character}나"
    feed = document(item(title=broken, summary=broken, content_html=broken, authors=(broken,)))
    data = WRITERS[media_type](feed, LINKS)
    assert problems(data, media_type) == []
    assert data.decode().count("가나") == 4


@pytest.mark.parametrize("media_type", [RSS, ATOM, JSON])
def test_decomposed_hangul_gives_the_same_bytes(media_type: str) -> None:
    """A title from a file system that stores NFD is no other title (F-X-03)."""
    composed = document(item(title="한글 제목"))
    decomposed = document(item(title="\u1112\u1161\u11ab\u1100\u1173\u11af 제목"))
    write = WRITERS[media_type]
    assert write(composed, LINKS) == write(decomposed, LINKS)
