"""An item of another feed names it, in RSS and Atom."""

from __future__ import annotations

from datetime import UTC, datetime

import feedparser
import pytest

from newsfeed.feeds.check import problems
from newsfeed.feeds.names import ATOM, RSS
from newsfeed.model import Origin
from tests.feeds.samples import LINKS, WRITERS, document, item

THEIRS = Origin(
    title="그들의 <블로그> & 더",
    url="https://blog.example.com/feed/?a=1&b=2",
    id="urn:blog",
    home="https://blog.example.com/",
    updated=datetime(2026, 2, 3, tzinfo=UTC),
)


@pytest.mark.parametrize("kind", [RSS, ATOM])
def test_the_source_is_named_and_only_where_there_is_one(kind: str) -> None:
    data = WRITERS[kind](document(item(0, origin=THEIRS), item(1)), LINKS)
    assert problems(data, kind) == []
    theirs, ours = feedparser.parse(data).entries
    assert theirs.source.title == THEIRS.title
    assert "source" not in ours
    if kind == ATOM:
        assert (theirs.source.id, theirs.source.link) == (THEIRS.id, THEIRS.home)
        assert theirs.source.updated == "2026-02-03T00:00:00+00:00"
        assert THEIRS.url in [link.href for link in theirs.source.links]
    else:
        assert theirs.source.href == THEIRS.url


@pytest.mark.parametrize("kind", [RSS, ATOM])
def test_a_source_without_a_true_address_is_found(kind: str) -> None:
    broken = Origin(title="x", url="blog/feed")
    data = WRITERS[kind](document(item(0, origin=broken)), LINKS)
    assert any("source" in problem for problem in problems(data, kind))
