"""What an article says of its place is refused where it would lead out of the site."""

from __future__ import annotations

import pytest

from newsfeed.collect.conventions.astro import Astro, AstroConfig
from newsfeed.collect.conventions.base import Convention, Place
from newsfeed.collect.conventions.docusaurus import Docusaurus, DocusaurusConfig
from newsfeed.collect.conventions.vitepress import VitePress, VitePressConfig
from newsfeed.collect.fields import read_fields
from newsfeed.errors import ArticleError

ASTRO, BLOG = Astro(AstroConfig()), Docusaurus(DocusaurusConfig())
PAGES = VitePress(VitePressConfig())


def _placed(rules: Convention, path: str, says: str) -> Place:
    front = rules.front_matter(path, f"---\ndate: 2024-07-12\n{says}\n---\nText.\n")
    return rules.place(path, front, read_fields(front, rules.zone), "")


@pytest.mark.parametrize(
    ("rules", "path", "says"),
    [
        (ASTRO, "src/content/blog/a.md", "slug: ../../pond"),
        (BLOG, "blog/2024-07-12-a.md", "slug: ../../pond"),
        (PAGES, "posts/why?.md", "title: Why"),
    ],
)
def test_a_place_outside_of_the_site_is_an_error_of_the_article(
    rules: Convention, path: str, says: str
) -> None:
    with pytest.raises(ArticleError, match="would leave the site or is not a path"):
        _placed(rules, path, says)


def test_a_layout_of_several_is_none() -> None:
    assert _placed(PAGES, "posts/a.md", "layout: [home]").left_out == ""


def test_an_article_whose_name_is_but_a_mark_has_that_as_its_title() -> None:
    assert _placed(ASTRO, "src/content/blog/#.md", "x: 1").title == "#"
