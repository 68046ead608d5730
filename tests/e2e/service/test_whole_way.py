"""From the form to the letter and away again: a browser, the service, Postfix and Dovecot."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.service.kit import LONG_ENOUGH, WEEKLY, House, Watch, link, mail_of, secure_house
from tests.rigs.office import Office, office
from tests.rigs.servers import until
from tests.service.kit import Clock, Running

EDITION = "주간 브리핑: 첫눈"
REQUEST = "구독 확인: 주간 브리핑"
KIM, LEE, PARK = "kim@example.org", "lee@example.com", "park@example.net"
SLOT = datetime(2026, 11, 22, 23, tzinfo=UTC)
"""Monday 08:00 in Seoul."""

SMTP = """\
[mail]
transport = "smtp"
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[[mail.dkim]]
domain = "example.org"
selector = "news"
"""

pytestmark = [pytest.mark.usefixtures("can_post"), pytest.mark.timeout(240)]


def _subscribe(page: Page, url: str, address: str) -> None:
    """Ask by the form, as somebody who takes a while."""
    page.goto(f"{url}/s")
    page.wait_for_timeout(LONG_ENOUGH)
    page.get_by_label("이메일 주소").fill(address)
    page.get_by_role("button").click()
    page.get_by_role("heading", name="메일함을 확인해 주세요").wait_for()


def _confirm(page: Page, home: House, post: Office, address: str) -> None:
    """Wait for the mail, which nobody ordered, open its link and press the button."""
    (kept,) = post.dovecot.arrived(address)
    page.goto(link(mail_of(kept), f"{home.url}/c/"))
    page.get_by_role("button", name="구독 확인").click()
    page.get_by_role("heading", name="구독이 시작되었습니다").wait_for()


def _states(home: House) -> dict[str, str]:
    listed = json.loads(home.site.run("subscribers", "list", "--json").stdout)["subscribers"]
    return {one["address"]: one["state"] for one in listed}


def _edition(clock: Clock, service: Running, slot: datetime, words: str) -> None:
    """Let a slot come; `words` are what the service then says."""
    clock.set(slot - timedelta(seconds=3))
    service.hears(words)


def test_somebody_subscribes_reads_and_leaves(
    tmp_path: Path, browser: Browser, require: Callable[[str], str]
) -> None:
    """Two subscribe by the form; one leaves by the link in the letter, one by the one click of
    RFC 8058; the edition after that comes to neither, and to the third as ever.
    """
    require("faketime")
    clock = Clock(tmp_path)
    clock.set(SLOT - timedelta(hours=5))
    people = [KIM, LEE, PARK]
    folder = tmp_path / "house"
    with secure_house(require("nginx"), folder, WEEKLY) as home, office(people) as post:
        _settle(home, post, clock)
        with home.running(**clock.environment) as service, _window(browser) as context:
            watch, page = Watch(context), context.new_page()
            for address in (KIM, LEE):
                _subscribe(page, home.url, address)
            for address in (KIM, LEE):
                _confirm(page, home, post, address)

            _edition(clock, service, SLOT, "3 letters sent")
            letters = {one: _mail(post, one, EDITION) for one in people}
            page.goto(link(letters[KIM], f"{home.url}/editions/"))
            page.get_by_role("link", name="첫눈").first.wait_for()
            assert KIM not in page.content()

            page.goto(link(letters[KIM], f"{home.url}/u/"))
            page.get_by_role("button", name="구독 해지").click()
            page.get_by_role("heading", name="구독이 해지되었습니다").wait_for()
            _leave_by_one_click(letters[LEE])
            assert _states(home) == {KIM: "unsubscribed", LEE: "unsubscribed", PARK: "active"}

            home.site.post("two.md", "봄이 왔다.", date="2026-11-02", title="봄")
            service.until(lambda: len(home.site.titles()) == 2, "the second article")
            _edition(clock, service, SLOT + timedelta(days=7), "1 letter sent")
            _mail(post, PARK, "주간 브리핑: 봄")
            watch.finds_only(home.url)
            assert service.end() == 0
            said = service.said
        time.sleep(0.5)  # whatever Postfix may still have
        assert _subjects(post, KIM) == _subjects(post, LEE) == sorted([REQUEST, EDITION])
    for secret in (KIM, LEE, PARK, *_tokens(letters[KIM], home.url)):
        assert secret not in said


def _window(browser: Browser) -> BrowserContext:
    """One that takes a certificate of ours for good."""
    return browser.new_context(ignore_https_errors=True)


def _settle(home: House, post: Office, clock: Clock) -> None:
    """A key to sign with, an article, and somebody who reads the newsletter already."""
    file = home.site.folder / "newsfeed.toml"
    home.site.configure(file.read_text("utf-8") + SMTP.format(port=post.postfix.port))
    for words in (
        ("dkim", "new"),
        ("publish",),
        ("subscribers", "add", PARK, "weekly", "--consent", "asked at the counter"),
    ):
        done = home.site.run(*words, **clock.environment)
        assert done.returncode in (0, 3), done.stderr
    home.site.post("one.md", "눈이 왔다.", date="2026-11-01", title="첫눈")


def _subjects(post: Office, address: str) -> list[str]:
    return sorted(str(mail_of(kept)["Subject"]) for kept in post.dovecot.letters(address))


def _mail(post: Office, address: str, subject: str) -> EmailMessage:
    """The one mail with a subject in somebody's mailbox, as soon as it is there."""
    until(lambda: subject in _subjects(post, address), f"{subject} for {address}")
    mails = [mail_of(kept) for kept in post.dovecot.letters(address)]
    (found,) = [mail for mail in mails if str(mail["Subject"]) == subject]
    return found


def _leave_by_one_click(letter: EmailMessage) -> None:
    """What a mail provider does for somebody who presses its button (RFC 8058 section 3.1)."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(letter["List-Unsubscribe"]).partition("<")[2].partition(">")[0]
    answer = httpx.post(url, data={"List-Unsubscribe": "One-Click"}, verify=False)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def _tokens(letter: EmailMessage, url: str) -> list[str]:
    return [link(letter, f"{url}/u/").rpartition("/")[2]]
