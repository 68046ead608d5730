"""CSS goes into style attributes, and nothing goes out."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from pathlib import Path

import cssutils
import pytest

from newsfeed.digest.inline import LARGEST, inline
from newsfeed.errors import TemplateError

_events: list[tuple[str, str]] = []
_watching: list[bool] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and (event.startswith(("socket.", "urllib.", "http.")) or event == "open"):
        _events.append((event, repr(arguments)))


sys.addaudithook(_watch)


def document(style: str = "", body: str = "<p>x</p>", head: str = "") -> str:
    """A whole document with a style element."""
    return (
        f'<!DOCTYPE html>\n<html lang="ko"><head><meta charset="utf-8"><title>제목</title>{head}'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )


@pytest.mark.parametrize(
    "bait",
    [
        '<link rel="stylesheet" href="{url}">',
        '<link rel="stylesheet" href="//127.0.0.1:9/x.css">',
        '<link rel="stylesheet" href="{file}">',
        "<style>@import url({url});</style>",
        "<style>@import '{url}';</style>",
        "<style>@import url({file});</style>",
        "<style>@import url(file://{file});</style>",
        "<style>@media screen {{ @import url({url}); }}</style>",
        "<style>@charset 'utf-8'; @import url({url}) screen; p {{ color: red }}</style>",
        "<style>p {{ background: url({url}) }} @font-face {{ src: url({url}) }}</style>",
    ],
)
def test_nothing_is_fetched_and_no_file_is_opened(bait: str, tmp_path: Path) -> None:
    """S-11: neither `<link>` nor `@import` causes a connection, a look-up or a read."""
    file = tmp_path / "secret.css"
    file.write_text("p { color: #abcdef }", encoding="utf-8")
    page = document("p { margin: 0 }", head=bait.format(url="http://127.0.0.1:9/x.css", file=file))
    _events.clear()
    _watching.append(True)
    try:
        made = inline(page)
    finally:
        _watching.clear()
    assert [event for event in _events if event[0] != "open" or str(file) in event[1]] == []
    assert "#abcdef" not in made
    assert "<p" in made


def test_rules_become_attributes_and_the_authors_own_style_wins() -> None:
    """Specific over general, attribute over rule."""
    made = inline(
        document(
            "p { color: #111111; margin: 0 } .x { color: #222222 }",
            '<p>a</p><p class="x">b</p><p class="x" style="color: #333333">c</p>',
        )
    )
    assert '<p style="color:#111111; margin:0">a</p>' in made
    assert '<p class="x" style="color:#222222; margin:0">b</p>' in made
    assert '<p class="x" style="color:#333333; margin:0">c</p>' in made


def test_media_rules_stay_and_win() -> None:
    """P4: dark mode must override what was inlined."""
    made = inline(
        document(
            "p { color: #111111 } @media (prefers-color-scheme: dark) { p { color: #eeeeee } }"
        )
    )
    assert "@media (prefers-color-scheme: dark)" in made
    assert "color: #eeeeee !important" in made


def test_translucent_colours_stay_and_six_digits_stay_six() -> None:
    """P5, E-H-02: no colour is lost or shortened."""
    made = inline(
        document(
            "p { margin: 0; background-color: #ffffff }",
            '<p style="background-color: rgba(33, 83, 133, 0.15)">x</p><p>y</p>',
        )
    )
    assert "background-color:rgba(33, 83, 133, 0.15)" in made
    assert "background-color:#ffffff" in made


def test_no_attributes_are_made_of_styles() -> None:
    """P6: `height="17"` on a cell or bgcolor="rgba(…)" would break Outlook."""
    made = inline(
        document(
            "td { width: 20px; height: 17px; background-color: rgba(1, 2, 3, 0.5) }"
            "td { text-align: center }",
            "<table><tr><td>x</td></tr></table>",
        )
    )
    for attribute in ("width=", "height=", "bgcolor=", "align="):
        assert f" {attribute}" not in made


@pytest.mark.parametrize(
    "address",
    [
        "https://unsubscribe.invalid/__UNSUBSCRIBE__",
        "https://news.example.org/?a=1&amp;b=2#c",
        "https://news.example.org/%ED%95%9C",
        "mailto:a@example.org?subject=x%20y",
        "http://[bad",
        "#top",
        "",
    ],
)
def test_links_come_out_as_they_went_in(address: str) -> None:
    """P7, P8: no rewriting, no joining, no failure on a bad one."""
    assert f'<a href="{address}">x</a>' in inline(document(body=f'<a href="{address}">x</a>'))


def test_the_frame_stays() -> None:
    """P9, P11: doctype, Korean, emoji and Outlook's comments."""
    comment = "<!--[if mso]><table><tr><td><![endif]-->"
    made = inline(document(body=f"{comment}<p>한글 👍🏽 &lt;</p>"))
    assert made.startswith("<!DOCTYPE html>\n<html")
    assert comment in made
    assert "한글 👍🏽 &lt;" in made


def test_a_style_that_looks_like_a_selector_does_no_harm() -> None:
    """The library keeps parsed styles and selectors in one cache under their text."""
    page = document("p { margin: 0 }", '<p style="p">x</p>')
    assert inline(page) == inline(page)
    assert "margin:0" in inline(page)


def test_deep_nesting_loses_nothing_after_it() -> None:
    """The footer comes after the deepest article."""
    deep = "<div>" * 400 + "x" + "</div>" * 400 + "<p>footer</p>"
    assert "footer" in inline(document("p { margin: 0 }", deep))


def test_the_process_settings_of_the_library_are_put_back() -> None:
    """Neither its log level nor its way of writing colours changes for others."""
    logger = logging.getLogger("CSSUTILS")
    before = (logger.level, cssutils.ser.prefs.minimizeColorHash)
    inline(document("p { display: flex; gap: 1px; color: #12345678 }"))
    assert (logger.level, cssutils.ser.prefs.minimizeColorHash) == before


def test_modern_css_makes_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    """P12: a user is not told what cssutils does not know."""
    inline(document("p { gap: 1px; width: calc(1px + 2%); color: var(--x); color: #12345678 }"))
    assert caplog.records == []


@pytest.mark.parametrize(
    "page",
    [
        document("".join(f".a{n} {{ color: #abcdef; margin: 0 0 {n}px }}\n" for n in range(3000))),
        document("p { margin: 0 }", "".join(f'<p style="margin:{n}px">x</p>' for n in range(9000))),
        document("/* " + "x" * LARGEST + " */"),
    ],
    ids=["rules", "attributes", "comment"],
)
def test_more_css_than_can_be_inlined_in_time_is_refused_at_once(page: str) -> None:
    begin = time.process_time()
    with pytest.raises(TemplateError, match=r"^own\.html\.j2: .* KB of CSS, and 100 KB are"):
        inline(page, "own.html.j2")
    assert time.process_time() - begin < 2


def test_a_style_that_many_elements_share_counts_once() -> None:
    page = document("p { margin: 0 }", '<p style="color: #123456">x</p>' * 9000)
    assert inline(page).count("margin:0") == 9000


def test_threads_that_inline_at_once_change_nothing_for_one_another() -> None:
    """As those of the service: a letter is composed while a notice is made."""
    before = cssutils.ser.prefs.minimizeColorHash
    pages: list[str] = []

    def work(thread: int) -> None:
        for number in range(48):
            colour = "#" + "".join(2 * f"{digit:x}" for digit in (thread, *divmod(number, 16)))
            pages.append(inline(document(f"p {{ color: {colour} }}")))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(pages) == 4 * 48
    assert [page for page in pages if not re.search(r"color: ?#[0-9a-f]{6}", page)] == []
    assert cssutils.ser.prefs.minimizeColorHash is before
