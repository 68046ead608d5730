"""Promises about Atom 1.0 beyond what all formats share."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from newsfeed.feeds.atom import write_atom
from newsfeed.feeds.names import XML_LANG
from newsfeed.model import FeedDocument, Term
from tests.feeds.samples import (
    IMAGE,
    LINKS,
    atom,
    atom_entry,
    attributes,
    document,
    full_document,
    full_links,
    item,
    texts,
)


@pytest.fixture(scope="module")
def schema(root: Path) -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(root / "third_party" / "rfc4287" / "atom.rng"))


@pytest.mark.parametrize(
    "feed",
    [
        document(),
        full_document(),
        replace(full_document(), archive=True),
        document(item(summary="", content_html="")),
        replace(document(), items=()),
    ],
    ids=["plain", "full", "archive", "bare", "empty"],
)
def test_the_document_is_valid_by_the_schema_of_rfc_4287(
    schema: etree.RelaxNG, feed: FeedDocument
) -> None:
    """Whatever is in it, the RELAX NG of appendix B finds nothing wrong."""
    schema.assertValid(atom(feed, full_links()))


def test_the_schema_refuses_what_is_wrong(schema: etree.RelaxNG) -> None:
    """The test above would notice: a second title is no valid Atom."""
    feed = atom(document())
    etree.SubElement(feed, f"{{{feed.nsmap[None]}}}title").text = "둘"
    assert not schema.validate(feed)


def test_no_prefix_is_declared_for_atom_itself() -> None:
    """Atom's own elements have no prefix, and no second name for the namespace is declared."""
    assert b"xmlns:atom" not in write_atom(full_document(), full_links())


def test_the_feed_says_what_the_rfc_demands() -> None:
    """Id, title, updated and author are the document's (RFC 4287 section 4.1.1)."""
    feed = atom(document(id="urn:example:feed", icon_url="https://example.org/icon.svg"))
    assert texts(feed, "atom:id") == ["urn:example:feed"]
    assert texts(feed, "atom:title") == ["한반도 브리핑"]
    assert texts(feed, "atom:subtitle") == ["한반도 소식을 모은 곳"]
    assert texts(feed, "atom:updated") == ["2026-03-01T10:00:00+09:00"]
    assert texts(feed, "atom:author/atom:name") == ["편집실"]
    assert texts(feed, "atom:icon") == ["https://example.org/icon.svg"]
    assert feed.get(XML_LANG) == "ko"


def test_the_feed_links_to_itself_its_site_its_hub_and_its_archives() -> None:
    """Each relation is there once, with type and language where they are known."""
    assert attributes(atom(document(), full_links()), "atom:link") == [
        {"rel": "self", "type": "application/atom+xml", "href": LINKS.self_url},
        {"rel": "hub", "href": "https://hub.example.org/"},
        {"rel": "prev-archive", "href": "https://example.org/archive/2.xml"},
        {"rel": "alternate", "type": "text/html", "hreflang": "ko", "href": LINKS.home_url},
    ]


def test_an_archive_is_marked_and_has_no_hub() -> None:
    """An archive document carries fh:archive and its neighbours (RFC 5005 section 4)."""
    links = replace(
        full_links(), current=LINKS.self_url, next_archive="https://example.org/archive/4.xml"
    )
    feed = atom(document(archive=True), links)
    relations = [link["rel"] for link in attributes(feed, "atom:link")]
    assert relations == ["self", "current", "prev-archive", "next-archive", "alternate"]
    assert texts(feed, "fh:archive") == [""]
    assert texts(atom(document()), "fh:archive") == []


def test_an_entrys_links_keep_their_attributes() -> None:
    """feedgen drops all but href, which makes a page of every enclosure; ours are written anew."""
    assert attributes(atom_entry(item(image=IMAGE, language="en")), "atom:link") == [
        {
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "en",
            "href": "https://example.org/posts/0/",
        },
        {"rel": "enclosure", "type": "image/png", "length": "12345", "href": IMAGE.url},
    ]


def test_an_entry_without_content_has_its_page() -> None:
    """RFC 4287 section 4.1.2 demands an alternate link there."""
    entry = atom_entry(item(content_html=""))
    assert texts(entry, "atom:content") == []
    assert [link["rel"] for link in attributes(entry, "atom:link")] == ["alternate"]


def test_content_is_html_and_summary_and_title_are_text() -> None:
    """Only what is markup says so; a text without a type shows as it is (F-A-09, F-A-10)."""
    entry = atom_entry(item(title="1 < 2", summary="<b> & </b>", content_html="<p>&lt;</p>"))
    assert attributes(entry, "atom:content") == [{"type": "html"}]
    assert texts(entry, "atom:content") == ["<p>&lt;</p>"]
    assert attributes(entry, "atom:summary") == [{}]
    assert texts(entry, "atom:summary") == ["<b> & </b>"]
    assert attributes(entry, "atom:title") == [{}]
    assert texts(entry, "atom:title") == ["1 < 2"]


def test_an_entry_has_both_of_its_dates() -> None:
    """Published stays, updated moves."""
    entry = atom_entry(item())
    assert texts(entry, "atom:published") == ["2026-03-01T09:00:00+09:00"]
    assert texts(entry, "atom:updated") == ["2026-03-01T10:00:00+09:00"]


def test_a_category_has_its_slug_as_term_and_its_name_as_label() -> None:
    """Hangul and spaces go into the label (F-A-11)."""
    entry = atom_entry(item(categories=(Term(name="R & D", slug="r-d"),)))
    assert attributes(entry, "atom:category") == [{"term": "r-d", "label": "R & D"}]


def test_authors_are_the_items_own_or_else_the_feeds() -> None:
    """Each author has a name, and none is made up for an entry (F-A-02)."""
    assert texts(atom_entry(item(authors=("홍길동", "A & B"))), "atom:author/atom:name") == [
        "홍길동",
        "A & B",
    ]
    assert texts(atom_entry(item(authors=("\x00 ",))), "atom:author") == []


def test_only_an_entry_in_another_language_names_it() -> None:
    """xml:lang is inherited (F-A-13)."""
    assert atom_entry(item(language="en")).get(XML_LANG) == "en"
    assert atom_entry(item(language="ko")).get(XML_LANG) is None


def test_an_entry_of_unknown_language_names_none() -> None:
    """An empty tag is not valid (RFC 4287 section 2)."""
    entry = atom_entry(item(language=""))
    assert [sorted(link) for link in attributes(entry, "atom:link")] == [["href", "rel", "type"]]
    assert entry.get(XML_LANG) is None
