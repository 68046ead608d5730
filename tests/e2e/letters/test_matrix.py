"""Every look in every language looks right, with any number of articles, however it is shown.

A choice in which every two of these meet; all of them with NEWSFEED_LETTERS=all, in `make
check-full`. `make contact-sheet` shows the same letters to people.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.e2e.letters.eyes import Eyes, judge
from tests.e2e.letters.pairs import every, pairwise
from tests.e2e.letters.prose import VOICES, posts
from tests.e2e.letters.specimens import AXES, Press, Specimen, chosen, printed, publish
from tests.kit import NEWSLETTER, SETTINGS, Site

pytestmark = pytest.mark.timeout(300)

CASES = chosen()


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(tmp_path_factory.mktemp("letters"), CASES)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.label, marks=pytest.mark.xdist_group(f"letters-{case.language}"))
        for case in CASES
    ],
)
def test_a_letter_looks_right(case: Specimen, press: Press, window: Eyes) -> None:
    """The judge, which test_judge.py proves to see, finds no fault in it."""
    page = window.open(press.letter(case), case.mode, case.width)
    title = posts(case.language)[0].fields["title"]
    assert page.get_by_role("heading", name=str(title), exact=True).first.is_visible()
    assert page.get_by_text(VOICES[case.language].newsletter, exact=True).is_visible()
    verdict = judge(page, case.mode)
    assert verdict.faults == []
    assert verdict.texts >= 3 * min(case.articles, 20)
    assert verdict.links >= min(case.articles, 20)


def test_a_list_of_titles_that_cannot_break_stays_inside(tmp_path: Path, window: Eyes) -> None:
    """However many there are, and whatever the script."""
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER + "max_items = 200\n")
    for number in range(60):
        site.post(f"{number}.md", "", title="Ww가川"[number % 4] * 200, slug=f"post-{number}")
    publish(site)
    page = window.open(printed(site, "weekly"), "light", 375)
    assert page.locator(".entry").count() > 20
    assert judge(page, "light").faults == []


def test_in_the_choice_every_two_values_meet() -> None:
    """And it is small enough for every run."""
    chosen_cases = pairwise(AXES)
    for one, other in combinations(range(len(AXES)), 2):
        met = {(case[one], case[other]) for case in chosen_cases}
        assert met == set(every((AXES[one], AXES[other])))
    assert len(chosen_cases) <= 25


def test_the_choice_is_always_the_same() -> None:
    """A letter that fails fails in the next run too."""
    assert pairwise(AXES) == pairwise(AXES)
