"""Every kind of page, in both languages, before three judges: axe, the Nu checker, a small phone.

Standards L-A-02 and WCAG 2.2 level AA.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.e2e.service.pages_kit import BY_POST, Lodging, lodging

pytestmark = pytest.mark.timeout(300)

AXE = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  rule => [rule.id, rule.help, rule.nodes.map(node => node.html.slice(0, 200))])
"""

MATTERS_OF_TASTE = (
    # Outlook lays letters out by them, and feed readers that drop styles align columns by them.
    r"The “(align|border|cellpadding|cellspacing|height|width)” attribute on the"
    r" “(table|td|th)” element is obsolete\..*",
    # Footnotes, as Markdown's renderers write them: a heading would be one of the article's own.
    r"Section lacks heading\..*",
)
"""Warnings of the Nu checker about what is meant so."""

WIDEST = """
() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("pre, .wide, code"))
  .map(e => e.outerHTML.slice(0, 80))]
"""


class Seen(NamedTuple):
    """A page: its bytes, what axe says of it in light and in dark, and how wide it is on a phone,
    with what sticks out.
    """

    html: bytes
    faults: list[str]
    widths: list[object]


@pytest.fixture(scope="session")
def seen() -> dict[str, dict[str, Seen]]:
    """By language, so that each is looked at once whatever the order of the tests is."""
    return {}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(one, marks=pytest.mark.xdist_group(f"pages-{one}"))
        for one in ("ko", "en", "ja")
    ],
)
def pages(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    browser: Browser,
    axe: str,
    seen: dict[str, dict[str, Seen]],
) -> dict[str, Seen]:
    """Every kind of page of a service in a language."""
    language = request.param
    if language not in seen:
        wide = ViewportSize(width=1280, height=800)
        with (
            lodging(tmp_path_factory.mktemp("pages"), language) as service,
            browser.new_context(bypass_csp=True, viewport=wide) as context,
        ):
            page = context.new_page()
            kinds = (*service.paths, *BY_POST)
            seen[language] = {kind: _seen(page, service, kind, axe) for kind in kinds}
    return seen[language]


def _seen(page: Page, service: Lodging, kind: str, axe: str) -> Seen:
    html = service.led_to(page, kind)
    page.evaluate(axe)
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faults += [f"{scheme}: {fault}" for fault in page.evaluate(AXE)]
    page.set_viewport_size({"width": 375, "height": 700})
    widths = page.evaluate(WIDEST)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    return Seen(html, faults, widths)


def test_axe_finds_nothing_that_keeps_people_from_using_them(pages: dict[str, Seen]) -> None:
    assert {kind: one.faults for kind, one in pages.items() if one.faults} == {}


def test_the_nu_checker_finds_nothing(
    pages: dict[str, Seen], tmp_path: Path, nu_checker: Path, require: Callable[[str], str]
) -> None:
    for kind, one in pages.items():
        (tmp_path / f"{kind}.html").write_bytes(one.html)
    done = subprocess.run(
        [require("java"), "-jar", nu_checker, "--format", "json", "--exit-zero-always", tmp_path],
        capture_output=True,
        timeout=240,
        check=True,
    )
    messages = json.loads(done.stderr)["messages"]
    found = [
        (Path(one["url"]).stem, one["type"], one["message"], one.get("extract", ""))
        for one in messages
        if one["type"] == "error" or not re.fullmatch("|".join(MATTERS_OF_TASTE), one["message"])
    ]
    assert found == []


def test_nothing_is_wider_than_a_small_phone(pages: dict[str, Seen]) -> None:
    assert {kind: one.widths for kind, one in pages.items() if one.widths != [375]} == {}
