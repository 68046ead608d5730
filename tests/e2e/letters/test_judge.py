"""The judge of letters sees each fault that is planted in a letter without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.letters.eyes import Eyes, judge
from tests.e2e.letters.specimens import Press, Specimen

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("letters-judge")]

DIGEST, GALLERY = (Specimen(look, "en", 5, "light", 375) for look in ("digest", "gallery"))
ARABIC = Specimen("digest", "ar", 5, "light", 375)

FIND = """
const all = selector => [...document.querySelectorAll(selector)];
const one = selector => { const [found] = all(selector);
  if (!found) throw new Error(`nothing is ${selector}`); return found; };
const last = selector => all(selector).at(-1);
"""

FAULTS = {
    "a line wider than the page": ("overflow", "one('.greeting').style.width = '500px'"),
    "a table that keeps its width": ("overflow", "one('.column').style.minWidth = '552px'"),
    "a word that cannot break": (
        "overflow",
        "one('.page').style.overflowWrap = 'normal'",
    ),
    "an image that keeps its width": ("overflow", "one('.picture').style.maxWidth = 'none'"),
    "text that is cut off": (
        "overflow",
        "Object.assign(one('.title').style, {height: '10px', overflow: 'hidden'})",
    ),
    "a word in two lines": (
        "word",
        "one('.grid th').style.wordBreak = 'break-all';one('.grid th').setAttribute('width', '5%')",
    ),
    "a title upon its picture": ("overlap", "one('.headline').style.marginTop = '-90px'"),
    "lines upon lines": ("overlap", "one('.headline').style.lineHeight = '0.5'"),
    "pale text": ("contrast", "last('.body p').style.color = '#999999'"),
    "pale large text": ("contrast", "one('.title').style.color = '#a8a8a8'"),
    "text that is nearly its ground": ("contrast", "one('.callout td').style.background = '#444'"),
    "translucent text": ("contrast", "one('.title').style.color = 'rgba(0, 0, 0, 0.3)'"),
    "text on a picture": ("contrast", "one('.masthead').style.backgroundImage = 'url(x.png)'"),
    "what is read first stands below": (
        "order",
        "Object.assign(one('.masthead').parentElement.parentElement.style,"
        " {display: 'flex', flexDirection: 'column-reverse'})",
    ),
    "cells in the wrong direction": (
        "order",
        "one('.top tr').style.direction = 'rtl'; one('.top tr').style.display = 'flex';"
        "one('.top tr').style.flexDirection = 'row-reverse'",
    ),
    "inline links in the wrong direction": (
        "order",
        "one('.footer .ways').style.display = 'flex';"
        "one('.footer .ways').style.flexDirection = 'row-reverse'",
    ),
    "a link too low for a thumb": (
        "target",
        "all('.tap').forEach(link => { link.style.padding = '0' })",
    ),
    "headlines too low for a thumb": (
        "target",
        "all('.figure').forEach(link => link.remove()); all('.headline a').forEach(link =>"
        " { link.style.padding = '0'; link.textContent = 'Short' })",
    ),
    "the way out before it is addressed": (
        "leftover",
        "one('.footer a').href = 'https://unsubscribe.invalid/__UNSUBSCRIBE__'",
    ),
    "the greeting before it is addressed": (
        "leftover",
        "one('.greeting').textContent = '__GREETING__'",
    ),
    "None": ("leftover", "one('.greeting').textContent = 'By None, on Monday'"),
    "undefined": ("leftover", "one('img').alt = 'undefined'"),
    "raw heading marks": ("leftover", "one('.greeting').textContent = '## A heading'"),
    "a piece of a template": ("leftover", "one('.greeting').textContent = '{{ title }}'"),
    "an empty band": ("band", "one('.headline').style.marginTop = '200px'"),
    "an empty end": ("band", "one('.footer').style.paddingBottom = '200px'"),
    "the lead image twice": (
        "image",
        "one('.article .body').prepend(one('.picture').cloneNode())",
    ),
    "an image that is not there": ("image", "one('.picture').src = 'nowhere.png'"),
}
"""Each with the rule that it breaks, and the script that plants it."""


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(tmp_path_factory.mktemp("judged"), (DIGEST, GALLERY, ARABIC))


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str, press: Press, window: Eyes) -> None:
    """By its rule, in a page that has no fault without it."""
    rule, script = FAULTS[name]
    page = window.open(press.letter(DIGEST), "light", 375)
    assert judge(page, "light").faults == []
    _plant(page, script)
    assert rule in {fault.rule for fault in judge(page, "light").faults}


@pytest.mark.parametrize(
    ("mode", "script", "rule"),
    [
        ("dark", "one('.greeting').style.setProperty('color', '#1c2026', 'important')", "contrast"),
        ("images-off", "one('.picture').style.color = '#eeeeee'", "contrast"),
        ("images-off", "one('.picture').alt = ''; one('.picture').style.height = '200px'", "band"),
        ("stripped", "one('table table').style.minWidth = '900px'", "overflow"),
        ("stripped", "one('h2').style.marginTop = '200px'", "band"),
    ],
)
def test_a_fault_of_one_way_to_be_shown_is_found(
    mode: str, script: str, rule: str, press: Press, window: Eyes
) -> None:
    """Dark colours, alternative texts, and pages without styles are looked at too."""
    page = window.open(press.letter(GALLERY), mode, 375)
    assert judge(page, mode).faults == []
    page = window.open(press.letter(GALLERY), mode, 375)
    _plant(page, script)
    assert rule in {fault.rule for fault in judge(page, mode).faults}


def test_a_letter_from_right_to_left_is_not_read_from_the_left(press: Press, window: Eyes) -> None:
    """The order of cells and links is that of their direction."""
    page = window.open(press.letter(ARABIC), "light", 375)
    assert judge(page, "light").faults == []
    _plant(
        page, "one('.top table').style.direction = 'ltr'; one('.top tr').style.direction = 'rtl'"
    )
    assert "order" in {fault.rule for fault in judge(page, "light").faults}


def test_what_is_seen_is_counted(press: Press, window: Eyes, tmp_path: Path) -> None:
    """An empty page has no fault, and no text either: a test can tell the two apart."""
    empty = tmp_path / "empty.html"
    empty.write_text("<!DOCTYPE html><title>x</title><body>", encoding="utf-8")
    verdict = judge(window.open(empty, "light", 375), "light")
    assert (verdict.texts, verdict.links, verdict.images) == (0, 0, 0)
    full = judge(window.open(press.letter(DIGEST), "light", 375), "light")
    assert full.texts > 50
    assert full.links > 10
    assert full.images == 5


def _plant(page: Page, script: str) -> None:
    page.evaluate(f"() => {{ {FIND} {script} }}")
    page.evaluate("Promise.allSettled([...document.images].map(image => image.decode()))")
