"""Globs of settings and ignore files."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsfeed.collect.conventions.eleventy.globs import Globs, ignore_patterns


@pytest.mark.parametrize(
    ("glob", "fits", "fits_not"),
    [
        ("posts/*.md", ["posts/a.md"], ["posts/a/b.md", "xposts/a.md"]),
        ("./posts/**/*.md", ["posts/a.md", "posts/a/b/c.md"], ["posts/a.html"]),
        ("**/**/a.md", ["a.md", "x/a.md", "x/y/a.md"], ["ba.md"]),
        ("posts/**", ["posts/a", "posts/a/b"], ["posts"]),
        ("*.{md,html}", ["a.md", "a.html"], ["a.njk", "x/a.md"]),
        ("[ab]?.md", ["ax.md"], ["cx.md", "a.md"]),
        ("[!a-c].md", ["x.md"], ["b.md"]),
    ],
)
def test_a_glob_fits_as_in_eleventy(glob: str, fits: list[str], fits_not: list[str]) -> None:
    found = Globs([glob])
    assert all(map(found.match, fits))
    assert not any(map(found.match, fits_not))


def test_a_line_of_an_ignore_file_holds_for_what_lies_below_it() -> None:
    found = Globs(ignore_patterns("# words\n\ndesk/\n!kept.md\n/one.md\n", "content/"))
    assert all(map(found.match, ("content/desk", "content/desk/a.md", "content/one.md")))
    assert not any(map(found.match, ("desk", "content/kept.md", "content/two.md")))


@example(["[!]", "[^]x", "[b-a]", "[-]", "{", "[\\]"], "!")
@given(
    st.lists(st.text(alphabet="*?{}[]!^-,/ab.\\\n", max_size=30), max_size=3), st.text(max_size=20)
)
def test_no_glob_stops_the_search(patterns: list[str], path: str) -> None:
    Globs(patterns).match(path)
