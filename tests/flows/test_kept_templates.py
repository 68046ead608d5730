"""Templates of letters are kept, with the process that they run in, until they change."""

from __future__ import annotations

import shutil
from pathlib import Path

from newsfeed.flows.previewing import try_letter
from tests.kit import NEWSLETTER, SETTINGS, Site

OURS = Path(__file__).parents[2] / "templates" / "email"


def children() -> set[int]:
    """The processes that this one has started and that still run."""
    lists = [task / "children" for task in Path("/proc/self/task").iterdir()]
    return {int(child) for one in lists for child in one.read_text().split()}


def composed(site: Site) -> None:
    with site.shop() as shop:
        for newsletter in shop.plan.newsletters:
            assert try_letter(shop, newsletter) is not None


def test_an_operators_templates_have_one_process_until_they_change(tmp_path: Path) -> None:
    """It takes longer to start than a letter to compose."""
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + NEWSLETTER.replace("weekly", "daily"))
    site.post("one.md", date="2026-11-01")
    own = site.folder / "templates" / "email"
    shutil.copytree(OURS, own)
    before = children()
    composed(site)
    first = children() - before
    composed(site)
    assert children() - before == first
    assert len(first) == 1
    (own / "_footer.html.j2").write_text((OURS / "_footer.html.j2").read_text() + " ")
    composed(site)
    assert children() - before != first
