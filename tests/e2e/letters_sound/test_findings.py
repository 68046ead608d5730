"""What the letters of each look and language must keep to by our own measures, as they leave."""

from __future__ import annotations

import re

import pytest
from wcwidth import wcswidth

from newsfeed.digest import cells
from newsfeed.digest.lint import About, lint
from newsfeed.digest.view import LONGEST_SUMMARY
from newsfeed.digest.wrap import WIDTH
from newsfeed.model import Letter
from tests.digest.letters import page_of
from tests.e2e.letters_sound.conftest import FULL
from tests.e2e.letters_sound.kit import Kept

pytestmark = pytest.mark.xdist_group("letters-sound")

CLOSE = 0.9
"""Of the longest excerpt: one is cut between words, and never quite fills it."""


def test_twenty_articles_with_full_excerpts_have_80_kb_at_most(editions: dict[str, Kept]) -> None:
    """E-M-13. Each is there with its title, and with its whole text or an excerpt as long as may
    be; the first one, which has more room, is not measured.
    """
    for name, mail in editions.items():
        if not mail.html:
            continue
        assert len(mail.html.encode()) <= 80 * 1024, name
        page = page_of(mail.html)
        assert len(page.xpath("//h2[contains(@class, 'headline')]")) == FULL, name
        bodies = page.xpath("//td/div[@class='body']")
        excerpts = page.xpath("//p[@class='summary' or @class='excerpt']")
        assert len(bodies) + len(excerpts) == FULL, name
        widths = [cells.width(one.text_content()) for one in excerpts[1:]]
        assert min(widths, default=LONGEST_SUMMARY) >= CLOSE * LONGEST_SUMMARY, name


def test_nothing_is_in_them_that_watched_programs_lack(mails: dict[str, Kept]) -> None:
    """The lint's data of caniemail, and all its other rules: no finding above a note."""
    found = {
        name: [str(one) for one in lint(_letter(mail), _about(mail)) if one.level != "note"]
        for name, mail in mails.items()
    }
    assert {name: said for name, said in found.items() if said} == {}


def test_no_line_of_text_is_wider_than_72_cells_but_for_an_address(mails: dict[str, Kept]) -> None:
    """As a library counts that is not ours; of notices, too."""
    lines = [(name, line) for name, mail in mails.items() for line in mail.text.split("\n")]
    wide = [(name, line) for name, line in lines if wcswidth(line) > WIDTH]
    assert [one for one in wide if not re.fullmatch(r"\S+://\S+", one[1])] == []


def _letter(mail: Kept) -> Letter:
    return Letter(subject=mail.subject, html=mail.html, text=mail.text)


def _about(mail: Kept) -> About:
    """Letters say how to leave; of other mails only some have a way out, by their words."""
    return About(unsubscribe=mail.way_out)
