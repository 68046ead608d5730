"""Promises about links within the site."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.pages.links import Links

HOME = "https://news.example.org/blog/"
PATHS = st.from_regex(r"([a-z0-9:%._~-]{1,8}/){0,4}([a-z0-9:._~-]{1,8})?", fullmatch=True).filter(
    lambda path: not {".", ".."} & set(path.split("/"))
)


@given(page=PATHS, target=PATHS)
def test_a_relative_link_leads_where_the_absolute_one_did(page: str, target: str) -> None:
    """A browser that resolves it against the page's address gets the address back."""
    link = Links(HOME, HOME + page).local(HOME + target)
    assert not link.startswith(HOME)
    assert urljoin(HOME + page, link) == HOME + target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://news.example.org/",
        "https://news.example.org/blogger/",
        "https://other.example.com/blog/",
        "mailto:news@example.org",
        "//news.example.org/blog/",
    ],
)
def test_other_addresses_are_left_alone(url: str) -> None:
    """Only what lies below the home address is the site's."""
    assert Links(HOME, HOME + "a/b/").local(url) == url


def test_a_page_elsewhere_links_with_whole_addresses() -> None:
    """An article whose permalink is on another host can still lead to the site."""
    links = Links(HOME, "https://other.example.com/a/")
    assert links.local(HOME + "b/") == HOME + "b/"


def test_a_link_to_the_page_itself_keeps_its_fragment_only() -> None:
    """Footnotes jump within the page."""
    assert Links(HOME, HOME + "a/").local(HOME + "a/#fn-1") == "#fn-1"


def test_only_attributes_of_tags_are_changed() -> None:
    """An address that is part of the text stays whole."""
    html = f'<p>see href="{HOME}x" or <a href="{HOME}x">{HOME}x</a></p>'
    expected = f'<p>see href="{HOME}x" or <a href="../x">{HOME}x</a></p>'
    assert Links(HOME, HOME + "a/").localise(html) == expected
