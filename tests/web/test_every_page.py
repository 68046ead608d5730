"""What holds of every answer: headers, words, and nothing of what others sent."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from newsfeed.web.words import CATALOGUE, KOREAN, words_for
from tests.kit import NEWSLETTER, SETTINGS
from tests.web.kit import GONE, PENDING, SERVER, Desk, buttons, heading, parse, text

Ask = Callable[[Desk], httpx.Response]


def _old_link(desk: Desk) -> httpx.Response:
    path = desk.confirm_path(desk.person(state=PENDING))
    desk.now += timedelta(days=4)
    return desk.ask("GET", path)


EVERY: dict[str, tuple[int, Ask]] = {
    "leave": (200, lambda desk: desk.get(desk.leave_path(desk.person()))),
    "left": (200, lambda desk: desk.post(desk.leave_path(desk.person()))),
    "had left": (200, lambda desk: desk.get(desk.leave_path(desk.person(state=GONE)))),
    "not whole": (404, lambda desk: desk.get(desk.leave_path(desk.person())[:-1])),
    "confirm": (200, lambda desk: desk.get(desk.confirm_path(desk.person(state=PENDING)))),
    "confirmed": (200, lambda desk: desk.post(desk.confirm_path(desk.person(state=PENDING)))),
    "already": (200, lambda desk: desk.get(desk.confirm_path(desk.person()))),
    "dead": (404, _old_link),
    "home": (404, lambda desk: desk.get("/")),
    "unknown": (404, lambda desk: desk.get("/subscribe/index.html")),
    "not allowed": (405, lambda desk: desk.ask("PUT", "/u/weekly/token")),
    "too large": (413, lambda desk: desk.post("/u/weekly/token", content=b"x" * 20_000)),
}

SHOWN = [kind for kind in EVERY if kind not in {"left", "confirmed", "not allowed", "too large"}]
"""Those that a browser can be led to by GET; "already" is one of them."""

every_page = pytest.mark.parametrize("kind", EVERY)


def _answer(desk: Desk, kind: str) -> httpx.Response:
    status, ask = EVERY[kind]
    answer = ask(desk)
    assert answer.status_code == status
    return answer


@every_page
def test_it_forbids_what_a_page_could_do__s_18__s_26(desk: Desk, kind: str) -> None:
    answer = _answer(desk, kind)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@every_page
def test_it_sets_no_cookie_and_leads_nowhere_else__e_l_06__e_l_07(desk: Desk, kind: str) -> None:
    answer = _answer(desk, kind)
    assert not {"set-cookie", "location", "refresh", "link"} & set(answer.headers)


@every_page
def test_it_loads_nothing_and_runs_nothing__s_26(desk: Desk, kind: str) -> None:
    page = parse(_answer(desk, kind))
    assert page.xpath("//@src | //@srcset | //@style | //link | //script | //base") == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    assert page.xpath("//@href") == ["https://news.example.org/"]
    (style,) = page.xpath("//style/text()")
    assert "url(" not in style
    assert "@import" not in style


@every_page
def test_it_is_made_of_settings_and_never_of_the_host__s_25(desk: Desk, kind: str) -> None:
    honest = _answer(desk, kind)
    evil = desk.ask(
        honest.request.method,
        str(honest.request.url),
        content=honest.request.content,
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert "evil" not in evil.text + str(evil.headers)


@every_page
def test_it_has_one_heading_a_title_and_its_language(desk: Desk, kind: str) -> None:
    answer = _answer(desk, kind)
    page = parse(answer)
    (title,) = page.xpath("/html/head/title/text()")
    assert title.startswith(heading(answer))
    assert page.xpath("/html/@lang") == ["ko"] == [answer.headers["content-language"]]
    assert page.xpath("//meta[@name='viewport']")


@pytest.mark.parametrize("kind", SHOWN)
def test_head_answers_as_get_without_a_body(desk: Desk, kind: str) -> None:
    shown = _answer(desk, kind)
    empty = desk.ask("HEAD", str(shown.request.url))
    assert (empty.status_code, empty.content) == (shown.status_code, b"")
    assert dict(empty.headers) == dict(shown.headers)


def test_a_method_that_is_not_allowed_is_told_which_are(desk: Desk) -> None:
    assert desk.ask("DELETE", "/c/weekly/token").headers["allow"] == "GET, HEAD, POST"
    assert desk.post("/healthz").headers["allow"] == "GET, HEAD"


def test_health_is_answered_without_the_store(desk: Desk) -> None:
    answer = desk.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert not desk.plan.store.exists()


def test_a_page_speaks_the_newsletters_language_and_an_error_the_sites(desk: Desk) -> None:
    person = desk.person(newsletter="craft")
    path = desk.leave_path(person, "craft")
    shown, done = desk.get(path), desk.post(path)
    assert [heading(page) for page in (shown, done)] == ["Unsubscribe?", "You are unsubscribed"]
    assert parse(shown).xpath("/html/@lang") == ["en"]
    assert [b.text_content() for b in buttons(shown)] == ["Unsubscribe"]
    assert heading(desk.get("/")) == "이 주소에는 아무것도 없습니다"


def test_a_person_with_a_language_is_addressed_in_it(desk: Desk) -> None:
    answer = desk.get(desk.leave_path(desk.person(language="en-GB")))
    assert heading(answer) == "Unsubscribe?"
    assert parse(answer).xpath("//dd[1]/@lang") == ["ko"]


NASTY = [
    "<script>alert(1)</script>",
    '\\"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "{title}{0}%s",
    "&lt;b&gt;&amp;",
]


@pytest.mark.parametrize("title", NASTY)
def test_titles_are_text_and_never_markup__s_18(tmp_path: Path, title: str) -> None:
    written = SETTINGS.replace("한반도 브리핑", title) + NEWSLETTER.replace("주간 브리핑", title)
    desk = Desk(
        tmp_path / "site", written.replace('from = "한반도 브리핑', 'from = "News') + SERVER
    )
    plain = title.replace('\\"', '"')
    person, waiting = desk.person(), desk.person("other@example.com", state=PENDING)
    for answer in (
        desk.get(desk.leave_path(person)),
        desk.post(desk.leave_path(person)),
        desk.get(desk.confirm_path(waiting)),
        desk.post(desk.confirm_path(waiting)),
    ):
        assert answer.status_code == 200
        assert plain in text(answer)
        assert text(answer, "//p[@class='brand']") == plain
        page = parse(answer)
        assert page.xpath("//script | //img | //@*[starts-with(name(), 'on')]") == []
        assert len(page.xpath("//style")) == 1


@pytest.mark.parametrize("path", ["/<script>alert(1)</script>", "/u/<b>/<i>", "/c/%22%3E%3Cimg/x"])
def test_an_address_is_not_repeated_on_its_page__s_18(desk: Desk, path: str) -> None:
    answer = desk.get(path)
    assert answer.status_code == 404
    assert not re.search("alert|<b>|<i>|<img", answer.text)


def test_links_below_a_path_are_answered_whether_a_proxy_cuts_it_off_or_not(
    tmp_path: Path,
) -> None:
    server = SERVER.replace("letters.example.org", "example.org/news/")
    desk = Desk(tmp_path / "site", SETTINGS + NEWSLETTER + server)
    path = desk.leave_path(desk.person())
    assert [desk.get(p).status_code for p in (path, f"/news{path}", "/news/healthz")] == [200] * 3
    assert desk.get(f"/other{path}").status_code == 404


def test_every_word_is_used(root: Path) -> None:
    """By a page or a template; a sentence that nobody reads is not kept."""
    sources = [
        *(root / "templates/web").glob("*.j2"),
        *(root / "src/newsfeed/web").glob("*.py"),
    ]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r"(?:say|words|words_for\([\w.]+\))\.(\w+)", text))
    assert set(KOREAN.__struct_fields__) <= used


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ko", "ko"), ("ko-KR", "ko"), ("KO", "ko"), ("en-GB", "en"), ("ja-JP", "ja"), ("de", "en")],
)
def test_words_are_found_by_language(tag: str, language: str) -> None:
    assert words_for(tag) is CATALOGUE[language]
