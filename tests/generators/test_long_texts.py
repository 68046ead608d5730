"""What is read of an article takes time that grows with its length, whatever it is made of."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

import pytest

from newsfeed.collect.conventions.base import Asking
from newsfeed.collect.conventions.components import without_components
from newsfeed.collect.conventions.eleventy.templates import filled
from newsfeed.collect.conventions.pelican.headers import of_html, of_rest
from newsfeed.collect.conventions.pelican.rules import Pelican
from newsfeed.collect.conventions.pelican.settings import read
from newsfeed.errors import ArticleError

UTC = ZoneInfo("UTC")
PELICAN = Pelican(read({}, UTC, ""))


def _most(seconds: float, started: float) -> bool:
    """What grows with its square takes several times as long on any machine."""
    return time.process_time() - started < seconds


@pytest.mark.parametrize("piece", ["{x}", "<A/>", "<A/>\n"])
def test_components_take_time_by_their_number_alone(piece: str) -> None:
    started = time.process_time()
    text, dropped = without_components(piece * 200_000, expressions=True)
    assert (text.strip(), len(dropped)) == ("", 200_000)
    assert _most(10, started)


@pytest.mark.parametrize("piece", ["<", "<!--", "<!-- >", "<a "])
def test_a_title_of_tags_that_do_not_end_is_read_at_once(piece: str) -> None:
    started = time.process_time()
    PELICAN.front_matter("a.md", f"title: {piece * 100_000}\n\nText.")
    assert _most(2, started)


@pytest.mark.parametrize("head", ["<body " * 60_000, "<a " * 60_000 + "<body>", "<!--" * 60_000])
def test_a_head_that_does_not_end_is_read_at_once(head: str) -> None:
    started = time.process_time()
    of_html(head)
    PELICAN.body("a.html", head, str)
    assert _most(2, started)


def test_a_head_with_a_declaration_that_is_none_is_an_error_of_the_article() -> None:
    with pytest.raises(ArticleError, match="its head is broken"):
        of_html("<title>Pond</title><![?]><body>")


def test_a_title_of_references_that_do_not_end_is_read_at_once() -> None:
    started = time.process_time()
    of_rest("`a <" * 60_000 + "\n" + "=" * 240_000)
    assert _most(2, started)


def test_what_is_refused_of_rest_takes_time_by_its_number_alone() -> None:
    started = time.process_time()
    text = ".. raw:: html\n" * 70_000
    dropped = PELICAN.body("a.rst", text, Asking()).dropped
    assert [dropped[0].line, dropped[-1].line] == [1, 70_000]
    assert _most(4, started)


def test_a_permalink_of_braces_that_do_not_end_is_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(ArticleError, match="only Eleventy could tell"):
        filled("{{" * 32_000, {}, None)
    assert _most(2, started)


def test_a_hole_that_trims_what_is_around_it_is_filled() -> None:
    assert filled("/{{- page.fileSlug -}}/", {"page": {"fileSlug": "pond"}}, None) == "/pond/"
