"""A mail scanner, which opens every link of a mail in a browser and runs whatever is there.

Safe Links, Barracuda, Proofpoint and Mimecast do so before a person sees the mail. They must
neither confirm nor unsubscribe anybody (standards L-C-02, E-L-08); a person's one press must.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import lxml.html
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.rigs.chromium import chromium
from tests.web.kit import Desk
from tests.web.service import serving

SETTINGS = """\
[site]
title = "한반도 브리핑"
url = "https://news.example.org"
language = "ko"
timezone = "Asia/Seoul"
[[sources]]
path = "posts"
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
from = "한반도 브리핑 <news@example.org>"
"""
# A browser and a service are started while other tests keep the processors busy.
pytestmark = pytest.mark.timeout(240)

READER, ASKED = "reader@example.org", "asked@example.org"


class Mailed:
    """A service that runs, and the mails with links to it: a letter and a request to confirm."""

    def __init__(self, desk: Desk, url: str) -> None:
        self._site = desk.site
        self.url = url
        self._site.configure(f'{SETTINGS}[server]\nurl = "{url}"\n')
        self._site.post(
            "one.md", "글 하나와 [링크](https://other.example.com/).", date="2026-01-01"
        )
        self._run("subscribers", "add", READER, "weekly", "--consent", "paper form")
        self._run("subscribers", "add", ASKED, "weekly")
        self._run("subscribers", "confirm", "--send")
        self._run("send", "weekly")
        self.letter = self._mail_to(READER)
        self.request = self._mail_to(ASKED)

    def states(self) -> dict[str, str]:
        """What each address is to the newsletter."""
        listed = json.loads(self._run("subscribers", "list", "--json"))["subscribers"]
        return {one["address"]: one["state"] for one in listed}

    def _run(self, *words: str) -> str:
        done = self._site.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _mail_to(self, address: str) -> EmailMessage:
        for file in (self._site.folder / ".newsfeed" / "outbox").rglob("*.eml"):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            if mail["To"].addresses[0].addr_spec == address:
                return mail
        raise AssertionError(f"no mail to {address}")


def links(mail: EmailMessage) -> list[str]:
    """Every web address in a mail's headers, text and HTML."""
    found = re.findall(r"<(https?://[^>]+)>", str(mail.get("List-Unsubscribe", "")))
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            found += re.findall(r"https?://[^\s<>\"]+", part.get_content())
        elif part.get_content_type() == "text/html":
            every = lxml.html.iterlinks(part.get_content())
            found += [url for _, _, url, _ in every if "://" in url]
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def browser(require: Callable[[str], str]) -> Iterator[Browser]:
    """A browser that reaches nothing but this machine."""
    with chromium(require("chromium")) as found:
        yield found


@contextmanager
def _mailed(folder: Path) -> Iterator[Mailed]:
    desk = Desk(folder, SETTINGS)
    with serving(desk) as service:
        yield Mailed(desk, service.url())


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailed]:
    """For tests that only look."""
    with _mailed(tmp_path_factory.mktemp("scanner") / "site") as mailed:
        yield mailed


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser's window without history, cookies or cache."""
    with browser.new_context() as fresh:
        yield fresh


def _look_at(page: Page, url: str) -> list[str]:
    """Open an address, let it run and move about on it as scanners do; gives where it leads."""
    page.goto(url, wait_until="load")
    page.mouse.move(200, 300)
    page.mouse.wheel(0, 2000)
    for element in page.query_selector_all("a, button"):
        element.hover()
        element.focus()
    page.wait_for_timeout(700)  # whatever a page means to do by itself
    assert page.url == url
    found = page.eval_on_selector_all("[href], [src]", "all => all.map(e => e.href || e.src)")
    return [str(link) for link in found]


def test_a_scanner_that_opens_everything_changes_nothing__l_c_02__e_l_08(
    mailed: Mailed, context: BrowserContext
) -> None:
    page = context.new_page()
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    ours = [url for mail in (mailed.letter, mailed.request) for url in links(mail)]
    ours = [url for url in dict.fromkeys(ours) if url.startswith(f"{mailed.url}/")]
    assert {url.removeprefix(mailed.url)[:3] for url in ours} == {"/u/", "/c/", "/p"}
    for _ in range(3):
        for url in ours:
            leads_to = _look_at(page, url)
            assert leads_to == ["https://news.example.org/"] or url == f"{mailed.url}/p"
    assert {method for method, _ in asked} == {"GET"}
    assert {url for _, url in asked} <= {*ours, f"{mailed.url}/favicon.ico"}
    assert complaints == []
    assert context.cookies() == []
    assert mailed.states() == {READER: "active", ASKED: "pending"}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_who_presses_the_button_does__l_c_01__l_c_06(
    tmp_path: Path, browser: Browser, scripts: bool
) -> None:
    with (
        _mailed(tmp_path / "site") as mailed,
        browser.new_context(java_script_enabled=scripts) as context,
    ):
        page = context.new_page()
        for mail, door in ((mailed.letter, "/u/"), (mailed.request, "/c/")):
            url = next(url for url in links(mail) if url.startswith(mailed.url + door))
            page.goto(url)
            page.get_by_role("button").click()
            page.get_by_role("heading", name="되었습니다").wait_for()
            assert (page.url, page.get_by_role("button").count()) == (url, 0)
        assert context.cookies() == []
        assert mailed.states() == {READER: "unsubscribed", ASKED: "active"}


CONTRAST = """
() => {
  const light = text => {
    const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(part);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
  };
  return [...document.querySelectorAll("h1, p, dt, dd, button, a")].map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_button_can_be_seen_and_reached_by_thumb_and_by_keyboard(
    mailed: Mailed, browser: Browser, scheme: str, width: int
) -> None:
    """WCAG 2.2: 1.4.3 contrast, 1.4.10 reflow, 2.4.7 focus visible, 2.5.8 target size."""
    with browser.new_context(
        viewport={"width": width, "height": 700},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()
        for mail, door in ((mailed.letter, "/u/"), (mailed.request, "/c/")):
            page.goto(next(url for url in links(mail) if url.startswith(mailed.url + door)))
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert min(page.evaluate(CONTRAST)) >= 4.5
            button = page.get_by_role("button")
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["width"] >= 200
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            style = "e => getComputedStyle(e).outlineWidth + getComputedStyle(e).outlineStyle"
            assert button.evaluate("e => e === document.activeElement")
            assert button.evaluate(style) == "3pxsolid"
