"""Links of articles to the files of others lead to those others."""

from __future__ import annotations

import pytest

from newsfeed.collect.conventions.references import References, linked

PATHS = ("guide/intro.md", "guide/water.md", "api/intro.md", "api/use.md", "api/deep/soil.md")
FIND = References([(path, f"https://example.org/{path[:-3]}") for path in PATHS]).find


@pytest.mark.parametrize(
    ("reference", "article"),
    [
        ("intro.md", "api/intro"),
        ("./intro.md", "api/intro"),
        ("../guide/intro.md", "guide/intro"),
        ("/guide/intro.md", "guide/intro"),
        ("deep/soil.md", "api/deep/soil"),
        ("water.md", "guide/water"),
    ],
)
def test_a_file_is_that_beside_the_article_before_another_of_its_name(
    reference: str, article: str
) -> None:
    found = linked(f"See [there]({reference}#more).", "api/use.md", FIND)
    assert found == f"See [there](https://example.org/{article}#more)."


def test_a_file_that_is_no_article_stays_as_it_is_written() -> None:
    assert linked("[x](./none.md)", "api/use.md", FIND) == "[x](./none.md)"
