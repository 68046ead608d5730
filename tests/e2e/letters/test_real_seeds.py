"""The five real posts of ../shared/seeds in the letter, in every look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.letters.eyes import Eyes, judge
from tests.e2e.letters.real import REAL, Real, real_site
from tests.e2e.letters.specimens import printed
from tests.kit import Site

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("letters-real")]

COLOURS = """
selector => [...document.querySelectorAll(selector)].map(element => {
  const [red, green, blue] = getComputedStyle(element).color.match(/\\d+/g).map(Number);
  return [red, green, blue];
})
"""


@pytest.fixture(scope="module")
def site(shared_seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return real_site(tmp_path_factory.mktemp("real") / "site", shared_seeds)


@pytest.mark.parametrize("case", REAL, ids=lambda case: case.label)
def test_the_real_posts_look_right(case: Real, site: Site, window: Eyes) -> None:
    """No text that cannot be read, blank band, doubled image or raw heading mark."""
    page = window.open(printed(site, case.look), case.mode, case.width)
    verdict = judge(page, case.mode)
    assert verdict.faults == []
    assert page.get_by_role("heading", level=2).count() >= 5
    assert verdict.images == (0 if case.look == "brief" else 5)  # one of each post
    assert verdict.texts > 20


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_call_outs_stand_on_a_ground_of_their_own(mode: str, site: Site, window: Eyes) -> None:
    """Tables of one cell, which the posts have many of, are panels as wide as the text."""
    page = window.open(printed(site, "digest"), mode, 375)
    grounds = page.eval_on_selector_all(
        ".callout td", "all => all.map(one => getComputedStyle(one).backgroundColor)"
    )
    paper = page.eval_on_selector("body", "body => getComputedStyle(body).backgroundColor")
    assert len(grounds) >= 5
    assert paper not in grounds
    widths = page.eval_on_selector_all(".callout", "all => all.map(one => one.offsetWidth)")
    assert set(widths) == {375 - 2 * 24}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_coloured_phrases_stay_blue(mode: str, site: Site, window: Eyes) -> None:
    """Their authors' colour, lighter where the ground is dark, and not the text's own."""
    page = window.open(printed(site, "digest"), mode, 375)
    phrases = page.evaluate(COLOURS, ".body h4 span")
    assert len(phrases) >= 5
    assert all(blue > green > red for red, green, blue in phrases)
    if mode == "light":
        assert phrases == [[0x1A, 0x54, 0x90]] * len(phrases)  # as the posts say
