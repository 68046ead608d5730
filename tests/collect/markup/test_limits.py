"""Promises about bodies made to break something: an answer in time, or a fault in words."""

from __future__ import annotations

import time

import pytest

from newsfeed.collect.markup import author_excerpt, excerpt, plain_text
from newsfeed.collect.markup.render import MAX_SOURCE_BYTES
from newsfeed.errors import ArticleError
from tests.collect.markup.kit import feed, styled

SECONDS = 10  # for a machine with more to do; each of these takes well under one second alone

HARMLESS = {
    "brackets": "[" * 20_000,
    "emphasis": "*a **b " * 20_000,
    "tildes": "~a " * 20_000,
    "backticks": "`a``b```c" * 10_000 + "{::comment}",
    "markers": "{::comment" * 10_000,
    "abbreviations": "*[" * 20_000,
    "attribute lists": "{: a\n" * 10_000,
    "braces in a heading": "<h2>" + " " * 20_000 + "{#" * 10_000,
    "tags over lines": "<div\n" * 10_000,
    "closing tags": "<div>" * 200 + "</p>" * 10_000,
    "blank paragraphs": ("<div><p> </p>" * 100 + "</div>" * 100) * 50,
    "nested code": "<code>" * 200 + "<b>x</b>" * 5_000,
    "comments": "<!--" * 20_000,
    "addresses": "https://example.org/))))" * 5_000,
    "dots in an address": "<a href='" + "../" * 20_000 + "x'>y</a>",
    "a host of labels": "<a href='http://" + "a." * 20_000 + "kr'>y</a>",
    "a candidate list": "<img srcset='" + "a 1x, " * 10_000 + "'>",
    "declarations": "<p style='" + "color:red;" * 10_000 + "'>x</p>",
    "attributes": "<p " + "a=b " * 10_000 + ">x",
    "white space": "x\n" + " \n" * 20_000 + "\xa0" * 20_000,
    "combining marks": "a" + "\u0301" * 50_000,
    "families": "👩‍👩‍👧" * 10_000,
    "full stops": ". " * 20_000 + "." * 20_000 + "x",
}

DEEP = {
    "quotes": ">" * 20_000,
    "divisions": "<div>" * 100_000,
    "bold": "<b>" * 50_000,
    "lists": "<ul><li>" * 20_000,
    "tables": "<table><tr><td>" * 20_000,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_no_pattern_takes_long(name: str) -> None:
    """Time grows with the size of a body, not with its square."""
    source = HARMLESS[name]
    started = time.perf_counter()
    assert isinstance(feed(source), str)
    assert isinstance(styled(source), str)
    excerpt(plain_text(source))
    author_excerpt(source)
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize("name", DEEP)
def test_what_nests_too_deep_is_refused(name: str) -> None:
    """Nothing is cut off silently, and nothing recurses out of the stack."""
    for read in (feed, plain_text, author_excerpt):
        if read is not plain_text or "<" in DEEP[name]:
            with pytest.raises(ArticleError, match="250 deep"):
                read(DEEP[name])


def test_what_nests_as_deep_as_people_write_is_read() -> None:
    """Two hundred levels are fine, with all of the text."""
    assert "바닥" in feed("<div>" * 200 + "바닥")
    assert "바닥" in feed("> " * 100 + "바닥")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("가" * (MAX_SOURCE_BYTES // 3 + 1), "1.0 MB, and the limit is 1 MB"),
        ("a" * 5_000_000, "5.0 MB, and the limit is 1 MB"),
        ("a\n: b\n\n" * 3000, "definitions"),
        ("|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "|b\n" * 3000, "table cells"),
        ("|a" * 5000 + "\n" + "|-" * 5000, "table cells"),
        ("[^a]" * 6000 + "\n\n[^a]: x", "footnote marks"),
    ],
)
def test_what_would_take_the_machine_is_refused(source: str, complaint: str) -> None:
    """The fault names the measure and what to do."""
    with pytest.raises(ArticleError, match=complaint) as raised:
        feed(source)
    assert "split the article" in raised.value.remedy


def test_the_largest_body_is_read() -> None:
    """Just under the limit all of the text comes out."""
    assert feed("a" * MAX_SOURCE_BYTES) == f"<p>{'a' * MAX_SOURCE_BYTES}</p>"
