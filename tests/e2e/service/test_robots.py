"""A mail scanner with JavaScript on opens every link of every mail, and every link behind these.

Nobody is confirmed, unsubscribed or asked for by it (standards L-C-02, E-L-08).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.service.kit import LONG_ENOUGH, WEEKLY, House, Watch, house, links, mail_of
from tests.service.kit import Running

BY_HAND = WEEKLY.replace('schedule = "mon 08:00"\n', "")
"""On a Monday morning the service would compose the letter before anybody has subscribed."""

READER, ASKED = "reader@example.org", "asked@example.org"

pytestmark = pytest.mark.timeout(240)


def _mails(home: House, service: Running) -> list[bytes]:
    """The letter, the mail that asks to confirm, and the one with a link to preferences."""
    for words in (
        ("subscribers", "add", READER, "weekly", "--consent", "paper form"),
        ("subscribers", "add", ASKED, "weekly"),
        ("send", "weekly", "--yes"),
        ("subscribers", "confirm", "--send"),
    ):
        done = home.site.run(*words)
        assert done.returncode == 0, done.stderr
    service.until(lambda: len(home.site.outbox()) >= 2, "both mails")
    return list(home.site.outbox().values())


def _by_form(page: Page, home: House) -> None:
    """Let the reader ask for a link to what they get."""
    page.goto(f"{home.url}/p")
    page.wait_for_timeout(LONG_ENOUGH)
    page.locator("#address").fill(READER)
    page.get_by_role("button").click()
    page.get_by_role("heading", name="메일함을 확인해 주세요").wait_for()


def _state(home: House) -> dict[str, str]:
    listed = json.loads(home.site.run("subscribers", "list", "--json").stdout)["subscribers"]
    return {one["address"]: one["state"] for one in listed}


def _look_at(page: Page, url: str) -> list[str]:
    """Open an address, let it run and move about on it as scanners do; gives where it leads."""
    page.goto(url, wait_until="load")
    page.mouse.move(200, 300)
    page.mouse.wheel(0, 2000)
    for element in page.query_selector_all("a, button, input:not([type=hidden]), select"):
        element.focus()
    page.wait_for_timeout(300)  # whatever a page means to do by itself
    assert page.url.split("#")[0] == url.split("#")[0]
    found = page.eval_on_selector_all("[href], [src]", "all => all.map(e => e.href || e.src)")
    return [str(link) for link in found]


def test_a_robot_that_opens_everything_changes_nothing__l_c_02__e_l_08(
    tmp_path: Path, browser: Browser
) -> None:
    with house(tmp_path / "site", BY_HAND) as home:
        home.site.post("one.md", "글 하나.", date="2026-01-01", title="하나")
        home.site.publish()
        with home.running() as service, browser.new_context() as context:
            page = context.new_page()
            mails = _mails(home, service)
            _by_form(page, home)
            service.until(lambda: len(home.site.outbox()) >= 3, "the mail about preferences")
            mails = list(home.site.outbox().values())
            before = _state(home)
            assert before == {READER: "active", ASKED: "pending"}

            watch = Watch(context)
            start = [url for kept in mails for url in links(mail_of(kept)) if home.url in url]
            kinds = {url.removeprefix(home.url)[:3] for url in start}
            assert {"/u/", "/c/", "/p/"} <= kinds
            seen = _opened(page, home, [*start, f"{home.url}/s", f"{home.url}/p"])
            assert {f"{home.url}{path}" for path in ("/", "/s", "/subscribe/")} <= seen
            assert {method for method, _ in watch.asked} == {"GET"}
            watch.finds_only(home.url)
            assert _state(home) == before
            assert len(home.site.outbox()) == len(mails)


def _opened(page: Page, home: House, start: list[str]) -> set[str]:
    """Open these, and what they lead to on this site; gives what was opened."""
    waiting, seen = list(dict.fromkeys(start)), set()
    while waiting:
        url = waiting.pop().split("#")[0]
        if url in seen:
            continue
        seen.add(url)
        answer = page.request.get(url)
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [one for one in _look_at(page, url) if one.startswith(f"{home.url}/")]
    return seen
