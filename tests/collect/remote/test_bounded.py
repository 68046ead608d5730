"""A feed that takes too much to be read is ended, and nothing else with it."""

from __future__ import annotations

import pytest

from newsfeed.collect.feedfile import NoFeedError
from newsfeed.collect.remote.bounded import SMALL, Bounds, TooMuchError, read_bounded
from newsfeed.collect.remote.document import read_document

URL = "https://example.org/feed"
HEAD = "<rss version='2.0'><channel><title>큰 것</title>"


def test_a_large_feed_is_read_as_a_small_one_is() -> None:
    items = "".join(
        f"<item><guid>{n}</guid><description>{'글 ' * 900}</description></item>" for n in range(200)
    )
    data = f"{HEAD}{items}</channel></rss>".encode()
    assert len(data) > SMALL
    assert read_bounded(data, URL) == read_document(data, URL)


def test_a_large_page_is_no_feed() -> None:
    with pytest.raises(NoFeedError):
        read_bounded(b"<html><body>" + b"<p>Hello</p>" * (SMALL // 10), URL)


@pytest.mark.parametrize("bounds", [Bounds(processor=1), Bounds(clock=1)])
def test_what_takes_too_much_is_ended(bounds: Bounds) -> None:
    with pytest.raises(TooMuchError):
        read_bounded(f"{HEAD}{'<a>' * 3_000_000}".encode(), URL, bounds)
