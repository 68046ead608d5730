"""A browser that looks at letters as mail programs show them, and judges what it sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route

MODES = ("light", "dark", "images-off", "stripped")
WIDTHS = (375, 600)
"""Pixels of the windows: a small phone's, and the letter's own."""

JUDGE = (Path(__file__).parent / "judge.js").read_text(encoding="utf-8")

_STRIP = """
() => {
  for (const style of document.querySelectorAll("style")) style.remove();
  for (const element of document.querySelectorAll("[style], [class], [id]"))
    for (const name of ["style", "class", "id"]) element.removeAttribute(name);
}
"""


class Fault(NamedTuple):
    """What the judge found: the rule that is broken, where, and how."""

    rule: str
    where: str
    how: str


class Verdict(NamedTuple):
    """What is wrong with a page, and how much of it was judged: pieces of text, links, images."""

    faults: list[Fault]
    texts: int
    links: int
    images: int


class Eyes:
    """One window for every case, a context for each mode."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[str, Page] = {}

    def close(self) -> None:
        """Shut the windows."""
        for page in self._pages.values():
            page.context.close()

    def open(self, letter: Path, mode: str, width: int) -> Page:
        """The letter in a window."""
        if mode not in self._pages:
            self._pages[mode] = self._context(mode).new_page()
        page = self._pages[mode]
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(letter.as_uri())
        if mode == "stripped":
            page.evaluate(_STRIP)
        return page

    def _context(self, mode: str) -> BrowserContext:
        scheme: Literal["dark", "light"] = "dark" if mode == "dark" else "light"
        context = self._browser.new_context(color_scheme=scheme)
        context.route("**/*", _refuse_images if mode == "images-off" else _serve_images)
        return context


@contextmanager
def eyes(browser: Browser) -> Iterator[Eyes]:
    """Eyes that are closed in the end."""
    found = Eyes(browser)
    try:
        yield found
    finally:
        found.close()


def judge(page: Page, mode: str) -> Verdict:
    """Judge the page in a window; without images, in dark colours, too."""
    verdict = _judged(page, mode)
    if mode == "images-off":
        page.emulate_media(color_scheme="dark")
        verdict.faults.extend(_judged(page, mode).faults)
        page.emulate_media(color_scheme="light")
    return verdict


def _judged(page: Page, mode: str) -> Verdict:
    found = page.evaluate(
        JUDGE, {"stripped": mode == "stripped", "withImages": mode != "images-off"}
    )
    faults = [Fault(*fault) for fault in found["faults"]]
    return Verdict(faults, found["texts"], found["links"], found["images"])


def _refuse_images(route: Route) -> None:
    if route.request.resource_type == "image":
        route.abort()
    else:
        route.continue_()


def _serve_images(route: Route) -> None:
    """Those of the web come from here: tests reach no network."""
    if route.request.url.startswith("http"):
        route.fulfill(body=_PICTURE, content_type="image/png")
    else:
        route.continue_()


def _picture() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((1200, 630)).save(out, "PNG")
    return out.getvalue()


_PICTURE = _picture()
