"""Links from one article to another's file lead to its page, if it has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit import SETTINGS, Site

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
