"""`newsfeed preview`: it shows what would be sent, follows changes, and records nothing."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import lxml.html
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.preview.kit import Preview, furnished, preview
from tests.kit import NEWSLETTER, SETTINGS, Site
from tests.rigs.servers import until

pytestmark = pytest.mark.timeout(120)

AXE = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  rule => [rule.id, rule.help, rule.nodes.map(node => node.html.slice(0, 200))])
"""

STICKS_OUT = """
() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("pre, .wide, code"))
  .map(e => e.outerHTML.slice(0, 80))]
"""

GROUND = "() => getComputedStyle(document.querySelector('.paper') ?? document.body).backgroundColor"
SOON = 30_000
"""Milliseconds within which a browser shows what changed, on a machine that is busy."""


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Preview]:
    with preview(furnished(tmp_path)) as found:
        yield found


@pytest.fixture
def page(browser: Browser, shown: Preview) -> Iterator[Page]:
    """The page of the preview, in a window whose complaints fail the test."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        window = context.new_page()
        complaints: list[str] = []
        window.on("console", lambda said: complaints.append(said.text))
        window.on("pageerror", lambda error: complaints.append(str(error)))
        window.goto(shown.url())
        window.get_by_text("Follows every change").wait_for()
        yield window
        assert complaints == []


def _frame(page: Page, name: str, text: str) -> None:
    """Wait until a frame shows a text."""
    page.locator(f"#frame-{name}").scroll_into_view_if_needed()
    page.frame_locator(f"#frame-{name}").get_by_text(text).first.wait_for(timeout=SOON)


def test_a_saved_article_is_shown_and_what_was_chosen_stays(page: Page, shown: Preview) -> None:
    page.get_by_label("called").fill("Lee")
    page.get_by_label("called").press("Tab")
    page.get_by_role("checkbox", name="Headers").uncheck()
    page.locator("#part-headers").wait_for(state="detached")
    _frame(page, "light-600", "Lee")
    page.evaluate("window.scrollTo(0, 150)")
    shown.site.post("one.md", "The first text.", title="Another title")
    page.frame_locator("#frame-light-375").get_by_text("Another title").first.wait_for(timeout=SOON)
    assert "Another title" in str(page.locator("#part-source").text_content())
    assert page.evaluate("scrollY") == 150
    assert page.get_by_label("called").input_value() == "Lee"
    assert page.locator("#part-headers").count() == 0
    _frame(page, "light-600", "Lee")


def test_light_and_dark_frames_have_the_colours_of_the_letter(page: Page) -> None:
    grounds = {}
    for look in ("light", "dark"):
        _frame(page, f"{look}-375", "First title")
        frame = next(one for one in page.frames if f"look={look}" in one.url)
        grounds[look] = str(frame.evaluate(GROUND))
    assert grounds["light"] == "rgb(255, 255, 255)"
    assert max(map(int, re.findall(r"\d+", grounds["dark"]))) < 64


def test_images_off_shows_their_words_and_asks_for_none(shown: Preview) -> None:
    page = shown.get("/frames/weekly?look=images-off")
    images = lxml.html.document_fromstring(page.text).iterdescendants("img")
    assert [(one.get("alt"), one.get("src")) for one in images] == [("A calm sea", None)]
    assert "img-src 'none'" in page.headers["content-security-policy"]


def test_stripped_has_no_class_id_or_style_of_the_letter(shown: Preview) -> None:
    letter = lxml.html.document_fromstring(shown.get("/frames/weekly?look=stripped").text)
    assert letter.xpath("//*[@class or @id]") == []
    assert not any("@media" in str(style.text) for style in letter.iterdescendants("style"))
    assert letter.xpath("string(//h2)") == "First title"


def test_images_come_from_this_machine_before_they_are_published(shown: Preview) -> None:
    letter = lxml.html.document_fromstring(shown.get("/frames/weekly").text)
    (source,) = [str(one.get("src")) for one in letter.iterdescendants("img")]
    image = shown.get(source)
    assert (image.status_code, image.headers["content-type"]) == (200, "image/png")
    assert not shown.site.output.exists()


def test_the_letter_is_that_of_the_chosen_subscriber(page: Page) -> None:
    page.get_by_label("as", exact=True).select_option(label="kim@example.org (Kim Hana)")
    _frame(page, "light-600", "Kim Hana")
    assert "kim@example.org" in str(page.locator("#part-headers").text_content())
    assert "kim" not in page.url


def test_a_letter_in_another_language_has_its_direction(shown: Preview) -> None:
    letter = lxml.html.document_fromstring(shown.get("/frames/weekly?language=ar").text)
    assert (letter.get("lang"), letter.get("dir")) == ("ar", "rtl")


def test_the_form_sends_a_test_letter_as_the_command_does(page: Page, shown: Preview) -> None:
    page.get_by_label("To", exact=True).fill("me@example.org")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Written, not mailed").wait_for()
    (path,) = shown.site.outbox()
    assert path.startswith("weekly/test/")
    assert path in str(page.locator("#said").text_content())
    page.get_by_label("To", exact=True).fill("nonsense")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("this is no e-mail address").wait_for()
    assert len(shown.site.outbox()) == 1


def test_it_works_without_javascript(browser: Browser, shown: Preview) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(shown.url())
        page.get_by_label("called").fill("Lee")
        page.get_by_role("button", name="Show").click()
        _frame(page, "light-375", "Lee")
        page.get_by_label("To", exact=True).fill("me@example.org")
        page.get_by_role("button", name="Send it").click()
        page.get_by_text("Written, not mailed").wait_for()
        assert len(shown.site.outbox()) == 1


def _token(shown: Preview) -> str:
    form = lxml.html.document_fromstring(shown.get("/letters/weekly").text)
    return str(form.xpath("string(//input[@name='token']/@value)"))


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({"Host": "evil.example.org:80"}, "", 421),
        ({"Host": "evil.example.org:80", "Origin": "http://evil.example.org:80"}, "", 421),
        ({"Origin": "http://evil.example.org"}, "", 403),
        ({"Origin": "null"}, "", 403),
        ({}, "", 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "OURS"}, "", 403),
        ({"Origin": "OURS"}, "forged", 403),
        ({"Origin": "OURS"}, "none", 403),
        ({"Origin": "OURS"}, "", 200),
    ],
)
def test_nobody_elses_page_can_have_a_letter_sent(
    shown: Preview, headers: dict[str, str], token: str, status: int
) -> None:
    fields = {"to": "me@example.org", "token": token or _token(shown)}
    if token == "none":
        del fields["token"]
    sent = {name: shown.url() if value == "OURS" else value for name, value in headers.items()}
    answer = httpx.post(f"{shown.url()}/letters/weekly", data=fields, headers=sent, timeout=30)
    assert answer.status_code == status
    assert len(shown.site.outbox()) == (status == 200)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/letters/weekly", "/frames/weekly", "/events", "/site/feed.xml"])
def test_nobody_can_ask_by_another_name_or_find_it_kept(shown: Preview, path: str) -> None:
    refused = shown.get(path, Host="newsfeed.example.org")
    assert (refused.status_code, refused.text.count("\n")) == (421, 1)
    local = shown.url().replace("127.0.0.1", "localhost").removeprefix("http://")
    with httpx.stream("GET", shown.url() + path, headers={"Host": local}, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"


def test_what_is_in_a_letter_runs_nowhere(page: Page, shown: Preview) -> None:
    for frame in page.locator("iframe").all():
        assert frame.get_attribute("sandbox") == ""
    for path in ("/frames/weekly", "/site/index.html"):
        policy = shown.get(path).headers["content-security-policy"]
        assert policy.startswith("sandbox; default-src 'none';")
        assert "script" not in policy


def test_a_broken_template_is_told_and_mending_it_is_enough(page: Page, shown: Preview) -> None:
    own = shown.site.folder / "templates" / "email"
    own.mkdir(parents=True)
    (own / "_footer.html.j2").write_text("{{ nonsense }}")
    page.get_by_text("_footer.html.j2:1").first.wait_for(timeout=SOON)
    _frame(page, "light-375", "First title")
    (own / "_footer.html.j2").write_text("<tr><td>A footer of our own {{ unsubscribe_url }}</td>")
    _frame(page, "light-375", "A footer of our own")
    assert page.get_by_text("_footer.html.j2:1").count() == 0
    assert "Traceback" not in shown.said


def test_broken_settings_are_told_and_mending_them_is_enough(page: Page, shown: Preview) -> None:
    shown.site.configure(SETTINGS + NEWSLETTER.replace("mon 08:00", "some day"))
    page.get_by_text("newsletters.weekly.schedule").wait_for(timeout=SOON)
    shown.site.configure(SETTINGS + NEWSLETTER.replace("주간 브리핑", "New name"))
    page.get_by_role("heading", level=1, name="New name").wait_for(timeout=SOON)
    assert page.get_by_role("alert").count() == 0


def test_it_begins_with_broken_settings_too(tmp_path: Path) -> None:
    site = furnished(tmp_path)
    site.configure(SETTINGS + NEWSLETTER.replace("mon 08:00", "some day"))
    with preview(site, "weekly") as shown:
        assert "newsletters.weekly.schedule" in shown.get("/letters/weekly").text
        site.configure(SETTINGS + NEWSLETTER)
        until(lambda: shown.get("/letters/weekly").status_code == 200, "the letter")


def test_a_faulty_article_is_named_and_leaves_the_others(page: Page, shown: Preview) -> None:
    shown.site.write("bad.md", "---\ntitle: [\n---\n")
    page.get_by_text("bad.md").first.wait_for(timeout=SOON)
    _frame(page, "light-375", "First title")


def _everything(site: Site) -> tuple[dict[str, bytes], list[str]]:
    """Every file but the cache and the store's own; and what the store holds."""
    found = (path for path in site.folder.rglob("*") if path.is_file())
    files = {
        str(path.relative_to(site.folder)): path.read_bytes()
        for path in found
        if "cache" not in path.parts and ".db" not in path.name
    }
    with closing(sqlite3.connect(site.plan().store)) as db:
        return files, list(db.iterdump())


def test_nothing_is_recorded_and_no_article_counts_as_sent(tmp_path: Path) -> None:
    site = furnished(tmp_path)
    site.publish()
    site.post("three.md", "The third text.", title="Third title")
    (site.folder / ".newsfeed" / "build.lock").touch()
    before = _everything(site)
    with preview(site) as shown:
        for path in ("/letters/weekly", "/frames/weekly", "/feeds", "/site/feed.xml"):
            assert shown.get(path).status_code == 200
        assert "Third title" in shown.get("/site/feed.xml").text
        assert shown.end() == 0
    assert _everything(site) == before


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", SETTINGS + NEWSLETTER)
    site.post("one.md")
    with preview(site) as shown:
        assert shown.get("/frames/weekly").status_code == 200
    left = {path.name for path in (site.folder / ".newsfeed").iterdir()}
    assert left == {".gitignore", "build.lock", "cache"}


def test_where_nothing_is_new_there_is_a_sample(tmp_path: Path) -> None:
    site = furnished(tmp_path)
    assert site.run("send", "weekly", "--yes").returncode == 0
    with preview(site) as shown:
        page = shown.get("/letters/weekly").text
        assert "Nothing new to send." in page
        assert "First title" in shown.get("/frames/weekly").text


def test_what_another_process_sends_is_noticed(page: Page, shown: Preview) -> None:
    assert shown.site.run("send", "weekly", "--yes").returncode == 0
    page.get_by_text("Nothing new to send.").wait_for(timeout=SOON)


def test_open_opens_the_page(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    with preview(
        furnished(tmp_path), "weekly", "--open", BROWSER=f"sh -c 'printf %s > {opened}'"
    ) as shown:
        until(lambda: opened.exists(), "a browser was called")
        assert opened.read_text() == f"{shown.url()}/letters/weekly"


def test_without_a_newsletter_there_are_the_feeds(tmp_path: Path) -> None:
    site = Site(tmp_path / "site")
    site.post("one.md", title="Only title")
    with preview(site) as shown:
        assert shown.get("/").headers["location"] == "/feeds"
        assert "/site/feed.xml" in shown.get("/feeds").text
        assert "Only title" in shown.get("/site/index.html").text
        assert shown.get("/site/../newsfeed.toml").status_code == 404
        assert shown.get("/site/%2e%2e/newsfeed.toml").status_code == 404


@pytest.mark.parametrize("path", ["/", "/feeds"])
def test_everybody_can_use_the_page(browser: Browser, shown: Preview, axe: str, path: str) -> None:
    """Axe finds nothing in light and in dark, and nothing is wider than a small phone."""
    with browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(shown.url() + path)
        page.get_by_text("Follows every change").wait_for()
        page.evaluate(axe)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(AXE) == [], scheme
        page.set_viewport_size({"width": 375, "height": 700})
        assert page.evaluate(STICKS_OUT) == [375]


def test_ctrl_c_ends_it_at_once_while_pages_wait_for_news(browser: Browser, shown: Preview) -> None:
    """In a window that may complain: it asks again for what is there no more."""
    with browser.new_context() as context:
        window = context.new_page()
        window.goto(shown.url())
        window.get_by_text("Follows every change").wait_for()
        begun = time.monotonic()
        assert shown.end() == 0
        assert time.monotonic() - begun < 10
        window.get_by_text("The preview has ended").wait_for()


@pytest.mark.parametrize("place", ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.org:80"])
def test_others_cannot_reach_it(tmp_path: Path, place: str) -> None:
    done = furnished(tmp_path).run("preview", "--listen", place)
    assert done.returncode == 2
    assert "others could reach" in done.stderr


def test_a_port_that_is_taken_is_told_with_what_to_do(shown: Preview) -> None:
    place = shown.url().removeprefix("http://")
    done = shown.site.run("preview", "--listen", place)
    assert done.returncode == 1
    assert done.stderr.startswith(f"newsfeed: {place}: cannot listen: another program listens")
    assert "--listen 127.0.0.1:0" in done.stderr


def test_a_newsletter_that_there_is_not_is_told_at_once(tmp_path: Path) -> None:
    done = furnished(tmp_path).run("preview", "weakly")
    assert done.returncode == 2
    assert "weekly" in done.stderr
