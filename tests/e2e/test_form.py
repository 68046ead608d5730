"""Somebody subscribes in a real browser: on a phone, without JavaScript, by the keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from newsfeed.flows.confirming import send_confirmations
from newsfeed.store.subscribers import Subscriber
from tests.kit import NEWSLETTER, SETTINGS
from tests.rigs.chromium import chromium
from tests.web.form_kit import found, letters, preferences_path
from tests.web.kit import ACTIVE, ADDRESS, ENGLISH, GONE, PENDING, SERVER, Desk
from tests.web.service import serving

pytestmark = pytest.mark.timeout(240)

LONG_ENOUGH = 3500
"""Milliseconds after which a person may have filled in a form."""


@pytest.fixture(scope="module")
def browser(require: Callable[[str], str]) -> Iterator[Browser]:
    """A browser that reaches nothing but this machine."""
    with chromium(require("chromium")) as found:
        yield found


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A small window that runs no script."""
    size = {"width": 375, "height": 700}
    with browser.new_context(viewport=size, java_script_enabled=False) as fresh:  # type: ignore[arg-type]
        yield fresh.new_page()


def _fits(page: Page) -> bool:
    """Nothing is wider than the window, and what is pressed is large enough for a thumb."""
    boxes = [
        box
        for selector in ("h1", "form", "input[type=email]", "button", "fieldset", "select")
        for one in page.locator(selector).all()
        if (box := one.bounding_box())
    ]
    wide = [box for box in boxes if box["x"] < 0 or box["x"] + box["width"] > 375]
    button = page.locator("button").bounding_box()
    return not wide and button is not None and button["height"] >= 44


def test_the_whole_way_without_a_mouse(tmp_path: Path, phone: Page) -> None:
    desk = Desk(tmp_path / "site", SETTINGS + NEWSLETTER + ENGLISH + SERVER)
    asked: list[str] = []
    complaints: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.on("console", lambda said: complaints.append(said.text))
    with serving(desk) as service:
        url = service.url()
        phone.goto(f"{url}/s")
        assert _fits(phone)
        phone.wait_for_timeout(LONG_ENOUGH)
        phone.locator("#address").focus()
        phone.keyboard.type(ADDRESS)
        phone.keyboard.press("Tab")  # past what no person fills in
        assert phone.locator("#n-weekly:focus").count() == 1
        phone.keyboard.press("Space")
        phone.keyboard.press("Enter")
        phone.get_by_role("heading", name="메일함을 확인해 주세요").wait_for()

        person = _soon(desk)
        desk.now = datetime.now(UTC)  # which is that of the service
        assert desk.state(person) is PENDING
        with desk.site.people(desk.now) as who:
            assert send_confirmations(who, only_asked=True).mailed == 1
        path = letters(desk)[0].partition("letters.example.org")[2].split()[0]
        phone.goto(url + path)
        phone.get_by_role("button", name="구독 확인").click()
        phone.get_by_role("heading", name="구독이 시작되었습니다").wait_for()
        assert desk.state(person) is ACTIVE

        phone.goto(url + preferences_path(desk, person))
        assert _fits(phone)
        phone.get_by_label("주간 브리핑").uncheck()
        phone.get_by_label("Feeds and Letters").check()
        phone.get_by_label("언어").select_option("en")
        phone.get_by_role("button", name="저장").click()
        phone.get_by_text("Saved.").wait_for()
        assert phone.get_by_label("Feeds and Letters").is_checked()
        assert (desk.state(person), desk.state(person, "craft")) == (GONE, ACTIVE)
    assert [one for one in asked if not one.startswith(url)] == []
    assert [one for one in complaints if "favicon" not in one] == []


def _soon(desk: Desk) -> Subscriber:
    """The person, as soon as the service has done what was asked."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if person := found(desk):
            return person
        time.sleep(0.05)
    raise AssertionError("nobody was noted")
