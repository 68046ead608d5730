"""One article in the way of something else is left out and named; the rest is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsfeed.flows.terms import Terms
from tests.kit import Site

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/a", "/a/"),
        ("/a/index.html", "/a/"),
        ("/École/", "/école/"),
        ("/a.html", "/a.html/b/"),
        ("/a.html/b/", "/a.html"),
        ("/a/", "/a//"),
    ],
)
def test_two_pages_that_need_one_place(site: Site, first: str, second: str) -> None:
    site.post("1.md", permalink=first)
    site.post("2.md", permalink=second)
    site.post("3.md")
    report = site.build()
    assert [fault.path for fault in report.faults] == ["2.md"]
    assert sorted(site.titles()) == ["Title of 1.md", "Title of 3.md"]


@pytest.mark.parametrize(
    "permalink",
    [
        "/categories/news/feed.xml",
        "/Categories/any/Feed.xml/below/",
        "/archive/1/feed.xml",
        "/archive/2/atom.xml/x/",
        "/a.svg",
        "/A.svg/below/",
    ],
)
def test_a_page_at_or_below_another_file_of_ours(site: Site, permalink: str) -> None:
    site.write("a.svg", SVG)
    site.post("1.md", "![](a.svg)", categories="[News]")
    site.post("taker.md", permalink=permalink)
    report = site.build()
    assert [fault.path for fault in report.faults] == ["taker.md"]
    assert site.titles() == ["Title of 1.md"]


def test_two_media_files_that_differ_in_case_stop_nothing(site: Site) -> None:
    site.write("a.svg", SVG)
    site.write("A.svg", SVG)
    site.post("1.md", "![](a.svg) ![](A.svg)")
    assert site.build().faults == ()
    assert [path for path in site.files() if path.lower() == "a.svg"] == ["A.svg"]


def test_a_stolen_id_leaves_out_the_thief(site: Site) -> None:
    site.post("a.md")
    site.build()
    site.post("b.md", id="https://news.example.org/a/")
    assert [fault.path for fault in site.build().faults] == ["b.md"]
    assert site.titles() == ["Title of a.md"]


def test_a_rename_with_a_new_file_in_its_place_keeps_the_id(site: Site) -> None:
    old = site.post("a.md", id="urn:x:1")
    site.build()
    old.rename(site.posts / "b.md")
    site.post("a.md", "Something else.")
    assert site.build().faults == ()
    assert {e.id for e in site.feed().entries} == {"urn:x:1", "https://news.example.org/a/"}


def test_a_post_that_was_renamed_and_edited_between_two_runs_keeps_its_id(site: Site) -> None:
    for number in (1, 2, 3):
        site.post(f"2026-11-0{number}-p{number}.md", "A typpo.", title=f"Post {number}")
    site.publish()
    ids = {entry.id for entry in site.feed().entries}
    (site.posts / "2026-11-02-p2.md").unlink()
    site.post("2026-11-02-two.md", "A typo.", title="Post 2", categories="[News]")
    assert site.publish().build.faults == ()
    assert {entry.id for entry in site.feed().entries} == ids
    assert "https://news.example.org/news/two/" in {e.link for e in site.feed().entries}


def test_no_slug_is_given_twice_even_where_case_is_ignored() -> None:
    hashed = [term.slug for term in Terms([["C++"], ["C--"]])][1]
    names = [[hashed], ["C++"], ["C--"], ["Straße"], ["Strasse"]]
    slugs = [term.slug.casefold() for term in Terms(names)]
    assert len(set(slugs)) == 5


def test_a_newcomer_changes_no_slug_and_order_in_an_article_does_not_matter() -> None:
    assert Terms([["C++"]]).term("C++") == Terms([["C++"], ["C"]]).term("C++")
    one, other = Terms([["C++", "C"]]), Terms([["C", "C++"]])
    assert one.term("C") == other.term("C")
    assert one.term("C").slug == "c"
