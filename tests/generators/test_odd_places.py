"""What an article says of its place is refused where it would lead out of the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.collect.conventions.astro import Astro, AstroConfig
from newsfeed.collect.conventions.base import Convention, Place
from newsfeed.collect.conventions.docusaurus import Docusaurus, DocusaurusConfig
from newsfeed.collect.conventions.vitepress import VitePress, VitePressConfig
from newsfeed.collect.entry import Folder
from newsfeed.collect.fields import read_fields
from newsfeed.collect.files import walk
from newsfeed.collect.reading import read_entries
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


def test_an_id_that_is_not_encoded_holds_no_white_space_all_the_same(tmp_path: Path) -> None:
    """One such id would make the feed invalid, and none of it would be published."""
    (tmp_path / "2024-07-12-물 위\u3000글.md").write_text("Text.", "utf-8")
    folder = Folder(
        name="blog",
        root=tmp_path,
        convention=Docusaurus(DocusaurusConfig(), prefix="blog/"),
        site_url="https://example.org",
        language="ko",
    )
    (entry,) = read_entries(walk(tmp_path, lambda _: True, frozenset(), print), folder)
    assert entry.default_id == "https://example.org/blog/2024/07/12/물%20위%E3%80%80글"
