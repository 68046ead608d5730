"""Links from one article to another's file lead to its page, if it has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit import SETTINGS, Site

URL = "https://news.example.org"
PELICAN = SETTINGS + 'generator = "pelican"\n'


@pytest.mark.parametrize(
    ("status", "address"),
    [("published", "https://news.example.org/other.html"), ("draft", "")],
)
def test_a_link_leads_to_a_page_and_never_to_that_of_a_draft(
    tmp_path: Path, status: str, address: str
) -> None:
    """What the generator makes no page of has no address: not even that of the site."""
    site = Site(tmp_path / "site", PELICAN)
    site.write("pelicanconf.py", 'PATH = "."\nARTICLE_URL = "{slug}.html"\n')
    site.write("one.md", "Title: One\nDate: 2026-01-01\n\nSee [it]({filename}/other.md).\n")
    site.write("other.md", f"Title: Other\nDate: 2026-01-02\nStatus: {status}\n\nText.\n")
    site.publish()
    feed = (site.output / "feed.xml").read_text(encoding="utf-8")
    assert 'href="https://news.example.org/"' not in feed
    assert (f'href="{address}"' in feed) == bool(address)


@pytest.fixture
def plain(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.post("2026-11-01-하나.md", title="One", slug="one")
    return site


@pytest.mark.parametrize(
    "link",
    [
        "[it](../2026-11-01-하나.md#part)",
        "[it](../2026-11-01-%ED%95%98%EB%82%98.md#part)",
        "[it][1]\n\n[1]: <../2026-11-01-하나.md#part>",
        "<a href='../2026-11-01-하나.md#part'>it</a>",
    ],
)
def test_a_link_to_a_file_of_a_plain_folder_leads_to_its_article(plain: Site, link: str) -> None:
    plain.post("sub/2026-11-02-two.md", link)
    plain.publish()
    assert f'href="{URL}/one/#part"' in plain.read("feed.xml")
    assert 'href="../one/#part"' in plain.read("two/index.html")


def test_what_links_to_an_article_follows_it_to_another_address(plain: Site) -> None:
    plain.post("2026-11-03-two.md", "[it](2026-11-01-하나.md)")
    plain.post("2026-11-02-between.md")  # two pages that name each other change at any rate
    plain.publish()
    plain.post("2026-11-01-하나.md", title="One", slug="moved")
    plain.publish()
    assert f'href="{URL}/moved/"' in plain.read("feed.xml")
    assert 'href="../moved/"' in plain.read("two/index.html")


def test_check_tells_of_links_to_files_that_are_no_articles(plain: Site) -> None:
    """Neither what is not there, nor a draft, has a page; an HTML file may be one of the site."""
    plain.post("draft.md", draft="true")
    plain.post("sub/2026-11-02-two.md", "[a](nope.md) [b](../draft.md) [c](../../above.md)")
    plain.post("fine.md", "[a](2026-11-01-하나.md) [b](about.html) `[c](code.md)` [d](/x.md)")
    plain.post("far.md", "[e](https://example.org/x.md)", date="2026-11-01")
    warnings = plain.build(dry_run=True, check_all=True).warnings
    told = {(one.path, one.problem.partition(",")[0]) for one in warnings}
    assert told == {
        ("sub/2026-11-02-two.md", f"it links to {file}")
        for file in ("sub/nope.md", "draft.md", "../above.md")
    }


def test_a_file_outside_of_the_folder_is_a_warning(plain: Site) -> None:
    images = "![x](../../outside.jpg) ![y](https://example.org/y.jpg) `![z](../../z.jpg)`"
    plain.post("2026-11-02-two.md", images)
    plain.post("2026-11-03-three.md", image="../lead.jpg")
    assert [one.problem for one in plain.build().warnings] == [
        "the file ../../outside.jpg is outside of the folder",
        "the file ../lead.jpg is outside of the folder",
    ]
