"""Permalink patterns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.permalinks import expand, path
from newsfeed.errors import ArticleError


def test_placeholders_are_filled_and_empty_parts_vanish() -> None:
    values = {"categories": "", "slug": "첫-글"}
    found = expand(
        "/:categories/:year/:i_month/:day/:slug/", values, datetime(2024, 7, 2, tzinfo=UTC)
    )
    assert found == "/2024/7/02/첫-글/"


def test_a_file_ending_may_follow_a_placeholder() -> None:
    assert expand("/:title:output_ext", {"title": "a", "output_ext": ".html"}) == "/a.html"


def test_a_placeholder_that_cannot_be_filled_is_named() -> None:
    with pytest.raises(ArticleError, match=":year"):
        expand("/:year/:slug/", {"slug": "a"})


@pytest.mark.parametrize(
    "text",
    [
        "/../etc/passwd",
        "/a/%2e%2e/b",
        "/a/./b",
        "https://evil.example/x",
        "//evil.example/x",
        "javascript:alert(1)",
        "/a\\b",
        "/a?b",
        "/a#b",
    ],
)
def test_a_permalink_never_leaves_the_site(text: str) -> None:
    with pytest.raises(ArticleError):
        path(text)


def test_a_permalink_that_no_disk_can_hold_is_refused() -> None:
    with pytest.raises(ArticleError, match="too long"):
        path("/" + "가" * 90 + "/")


@given(st.text())
def test_any_permalink_is_refused_or_is_a_path_below_the_site(text: str) -> None:
    try:
        found = path(text)
    except ArticleError:
        return
    assert found.startswith("/")
    assert ".." not in found.split("/")
    assert "//" not in found
    assert path(found) == found
