"""The letter's lint: each rule has a letter that breaks it, and a clean one breaks none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from newsfeed.digest.compose import compose
from newsfeed.digest.lint import About, Finding, lint
from newsfeed.digest.lint.clients import ACCEPTED, _support
from newsfeed.digest.view import UNSUBSCRIBE
from newsfeed.model import Letter
from tests.digest.letters import SENDER, edition, item, picture, templates

WORDS = "The words of a letter that says enough without its pictures. " * 4
PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>News</title></head>
<body><h1>News</h1><p><a href="{UNSUBSCRIBE}">Unsubscribe</a></p><p>{WORDS}</p>BODY</body></html>
"""
TEXT = f"News\n\n{UNSUBSCRIBE}\n\n{WORDS}\n"


def letter(body: str = "", *, subject: str = "News: rain", text: str = TEXT) -> Letter:
    return Letter(subject=subject, html=PAGE.replace("BODY", body), text=text)


def rules(found: tuple[Finding, ...], *levels: str) -> set[str]:
    return {one.rule for one in found if one.level in (levels or ("error", "warning"))}


def test_a_clean_letter_has_no_finding_of_weight() -> None:
    assert rules(lint(letter())) == set()


SPACE = "\xa0"


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("alt.missing", '<img src="https://example.org/a.png">'),
        ("alt.file-name", '<img src="https://example.org/a.png" alt="IMG_1.JPG">'),
        (
            "alt.link",
            '<a href="https://example.org/"><img src="https://example.org/a.png" alt=""></a>',
        ),
        ("links.empty", '<a href="#">here</a>'),
        ("links.dead-anchor", '<a href="#part">here</a>'),
        ("links.script", '<a href="javascript:x()">here</a>'),
        ("links.relative", '<a href="/a/">here</a>'),
        ("links.other-host", '<a href="https://example.com/">https://example.org/</a>'),
        ("links.many", '<a href="https://example.org/">x</a>' * 301),
        ("structure.refused", "<form></form>"),
        ("structure.refused", '<p onclick="x()">a</p>'),
        ("structure.style-in-body", "<style>p { color: #000000 }</style>"),
        ("structure.h1", "<h1>Again</h1>"),
        ("structure.mso-comment", "<!--[if mso]><p>"),
        ("contrast.light", '<p style="color: #bbbbbb">grey</p>'),
        ("clients.unsupported", '<p style="position: absolute">away</p>'),
        ("clients.unsupported", '<p style="display: grid">grid</p>'),
        ("clients.unsupported", '<img alt="a b" src="https://example.org/a.svg">'),
        ("text.markdown", "<p>## Heading</p>"),
        ("text.markdown", "<p>some **bold** words</p>"),
        ("text.placeholder", "<p>Hello {{ name }}</p>"),
        ("text.blank-band", f"<p></p><p>{SPACE}</p><p> </p>"),
        ("images.source", '<img alt="a b" src="data:image/png;base64,xx">'),
        ("images.source", '<img alt="a b" src="/media/a.png">'),
        ("images.source", '<img alt="a b" src="//example.org/a.png">'),
        ("images.source", '<img alt="a b" src="http://example.org/a.png">'),
        ("images.width", '<img alt="a b" src="https://example.org/a.png" width="900">'),
        ("images.only", '<img alt="a b" src="https://example.org/a.png">' * 20),
        ("size.html", f"<!--{'x' * 90_000}-->"),
        ("size.html", f"<!--{'x' * 110_000}-->"),
    ],
)
def test_a_broken_rule_is_found(rule: str, body: str) -> None:
    """The finding has its rule, says where, and says what to do."""
    found = [one for one in lint(letter(body)) if one.rule == rule]
    assert found, rules(lint(letter(body)))
    assert found[0].level in {"error", "warning"}
    assert found[0].where
    assert found[0].remedy


@pytest.mark.parametrize(
    "body",
    [
        '<p style="color: #777777; font-size: 24px">large</p>',
        "<pre>## not a heading</pre>",
        '<a href="#part">here</a><a name="part">there</a>',
        '<a href="https://www.example.org/a/">example.org</a>',
        '<p style="display: none">{{ hidden }}</p>',
        "<p>a</p><p></p><p>b</p>",
    ],
)
def test_what_is_right_is_not_found(body: str) -> None:
    """Large text needs less contrast, code is code, and what is hidden is not seen."""
    assert rules(lint(letter(body))) == set()


@pytest.mark.parametrize(
    ("rule", "subject"),
    [
        ("subject.empty", " "),
        ("subject.long", "x " * 40),
        ("subject.capitals", "BUY NOW TODAY"),
        ("subject.marks", "Really?!?"),
        ("subject.reply", "Re: News"),
        ("subject.emoji", "🎉🎉🎉 News"),
        ("subject.spam", "100% FREE for you"),
        ("subject.advertising-label", "[광고] 소식"),
        ("subject.advertising-label", "(광 고) 소식"),
        ("subject.advertising-label", "안녕 (광고)"),
        ("subject.advertising-label", "Re: (광고) 소식"),
        ("subject.advertising-word", "요즘 [광고] 이야기"),
        ("subject.placeholder", "News: {{ lead }}"),
    ],
)
def test_subjects_that_filters_or_the_law_dislike(rule: str, subject: str) -> None:
    assert rule in rules(lint(letter(subject=subject)))


def test_the_label_that_the_law_asks_for_is_right() -> None:
    assert rules(lint(letter(subject="(광고) 주간 소식"))) == set()


def test_dark_mode_is_read_from_the_style_sheet() -> None:
    """Text that can be read in light alone is found, by the rule that makes it so."""
    dark = "<style>@media (prefers-color-scheme: dark) { .a .b { color: #222222 !important } "
    dark += ".a { background-color: #111111 !important } }</style>"
    html = letter('<div class="a"><p class="b">text</p></div>').html
    both = replace(letter(), html=html.replace("</head>", f"{dark}</head>"))
    assert rules(lint(both)) == {"contrast.dark"}


def test_turned_colours_that_cannot_be_read_are_found() -> None:
    """A pair that stands well in light, but whose colours come together when both are turned."""
    found = lint(letter('<p style="color: #0000ee; background-color: #ffff66">text</p>'))
    assert rules(found) <= {"contrast.inverted", "contrast.half-inverted"}
    assert rules(found)


def test_a_translucent_ground_is_also_read_as_none() -> None:
    body = '<p style="color: #ffffff; background-color: rgba(0, 0, 0, 0.9)">text</p>'
    assert "contrast.opaque" in rules(lint(letter(body)))


def test_a_letter_without_a_way_out_must_not_leave() -> None:
    """Once missing, once after 10 KB."""
    without = replace(letter(), html=letter().html.replace(UNSUBSCRIBE, "https://example.org/"))
    assert "size.unsubscribe-missing" in rules(lint(without), "error")
    late = letter().html.replace("<h1>", f"<!--{'x' * 11_000}--><h1>")
    assert "size.unsubscribe-late" in rules(lint(replace(letter(), html=late)), "warning")


@pytest.mark.parametrize(
    "style",
    [
        "display: none",
        "visibility: hidden",
        "opacity: 0",
        "font-size: 0",
        "max-height: 0px; overflow: hidden",
    ],
)
def test_a_way_out_that_nobody_sees_is_none(style: str) -> None:
    """Hidden by itself, by what is around it, or without words."""
    link = f'<a href="{UNSUBSCRIBE}">Unsubscribe</a>'
    for hidden in (
        link.replace("<a", f'<a style="{style}"'),
        f'<div style="{style}"><p>{link}</p></div>',
        f'<a href="{UNSUBSCRIBE}"> </a>',
    ):
        html = letter().html.replace(link, hidden)
        assert "size.unsubscribe-missing" in rules(lint(replace(letter(), html=html)), "error")


def test_what_the_letter_must_hold_is_asked_for() -> None:
    """In both parts, but for the address, which the text has from the same template."""
    about = About(view_url="https://example.org/view/", postal_address="Seoul 1")
    assert rules(lint(letter(), about)) == {"links.missing", "links.postal-address", "text.way"}
    alone = Letter(subject="News", html="", text=TEXT)
    assert rules(lint(alone, about)) == {"text.way"}


@pytest.mark.parametrize("html", ["", PAGE.replace("BODY", "")])
def test_the_text_has_a_way_out_also_where_it_is_all(html: str) -> None:
    """A newsletter of text alone is left by its text."""
    bare = Letter(subject="News", html=html, text=WORDS)
    assert "text.unsubscribe" in rules(lint(bare), "error")
    assert "text.missing" in rules(lint(replace(bare, text=" ")), "error")


def test_many_rules_for_deep_elements_take_little_time() -> None:
    style = (
        "@media (prefers-color-scheme: dark) {" + ".a .b .c .d { color: #000000 !important }" * 300
    )
    html = f"<style>{style}}}</style>" + "<div class='d'>" * 4000
    start = time.process_time()
    lint(letter(html))
    assert time.process_time() - start < 10


def test_the_text_part_must_be_there_and_say_something() -> None:
    assert "text.missing" in rules(lint(letter(text=" ")), "error")
    assert "text.thin" in rules(lint(letter(text=f"News {UNSUBSCRIBE}")), "warning")


def test_a_letter_of_text_alone_is_looked_at_too() -> None:
    assert rules(lint(Letter(subject="Re: x", html="", text=TEXT))) == {"subject.reply"}


def test_many_findings_of_one_rule_are_counted() -> None:
    """Five are told one by one, and the last says how many there are besides."""
    found = lint(letter("".join(f'<a href="/{number}/">y</a>\n' for number in range(9))))
    relative = [one for one in found if one.rule == "links.relative"]
    assert len(relative) == 5
    assert relative[-1].problem.endswith("; and 4 more like this")


@pytest.mark.parametrize("look", ["digest", "brief", "gallery"])
def test_our_looks_have_no_finding_of_weight(look: str) -> None:
    """Nothing that Gmail, Outlook classic, Apple Mail or Yahoo lack without a fallback."""
    items = (
        item(1, "<h2>소제목</h2><p>본문 <a href='https://example.org/a'>링크</a></p>" * 3),
        item(2, "<blockquote>인용</blockquote><pre><code>code</code></pre>", image=picture()),
        item(3, "<table><tr><th>하나</th><th>둘</th></tr><tr><td>1</td><td>2</td></tr></table>"),
    )
    made = compose(edition(*items), SENDER, templates(), template=look)
    about = About(view_url=SENDER.view_url, postal_address=SENDER.postal_address)
    assert [str(f) for f in lint(made, about) if f.level != "note"] == []


@pytest.mark.parametrize(
    ("style", "lacking"),
    [
        (".a { position: absolute }", "Gmail, Outlook classic"),
        ("@media (max-width: 600px) { .a { position: absolute } }", "Gmail"),
        ("@media (hover: hover) { .a { color: #000000 } }", "Gmail, Yahoo"),
        ("@font-face { font-family: x }", "Gmail, Yahoo"),
        ("@supports (display: grid) { .a { color: #000000 } }", "Gmail, Outlook classic"),
        (".a::before { color: #000000 }", "Gmail, Outlook classic, Yahoo"),
        (".a:before { color: #000000 }", "Gmail, Outlook classic, Yahoo"),
        (".a:last-child { color: #000000 }", "Gmail, Outlook classic"),
        ("ul > li { color: #000000 }", "Outlook classic"),
        ("p + p { color: #000000 }", "Outlook classic"),
        ("p ~ p { color: #000000 }", "Outlook classic"),
        ("* { color: #000000 }", "Outlook classic"),
        ("p.a.b { color: #000000 }", "Outlook classic"),
        ("[data-ogsc] .a, p.a { color: #000000 }", "Outlook classic"),
    ],
)
def test_what_programs_lack_is_found_in_style_sheets_too(style: str, lacking: str) -> None:
    """At-rules, selectors and declarations; not for those who never come to it."""
    html = letter().html.replace("</head>", f"<style>{style}</style></head>")
    found = [f for f in lint(replace(letter(), html=html)) if f.rule == "clients.unsupported"]
    assert [one.problem.partition(" is not known to ")[2] for one in found] == [lacking]
    assert found[0].where == "html:2"


@pytest.mark.parametrize(
    "style",
    [
        "@media (prefers-color-scheme: dark) { td.a > b { position: absolute } }",
        "[data-ogsc] td.a { color: #000000 }",
        ".a:hover { text-decoration: underline }",
        "@media (max-width: 600px) { .a { padding: 0 } }",
    ],
)
def test_what_only_some_programs_read_needs_nothing_of_the_others(style: str) -> None:
    """Dark mode, marks of Outlook's apps, hovering, and narrow screens: each has its fallback."""
    html = letter().html.replace("</head>", f"<style>{style}</style></head>")
    found = lint(replace(letter(), html=html))
    assert rules(found) <= {"contrast.dark"}
    assert "clients.fallback" in rules(found, "note")


def test_every_accepted_feature_is_in_the_data() -> None:
    """A feature that the data calls otherwise now would be accepted in vain."""
    assert set(ACCEPTED) <= set(_support())


def test_the_data_has_its_source_and_licence(root: Path) -> None:
    folder = root / "third_party" / "caniemail"
    assert "MIT" in (folder / "LICENSE").read_text("utf-8")
    assert "2026-05-13" in (folder / "README.md").read_text("utf-8")


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<table>",
                "<td style='color:red",
                "'>",
                "<!--[if mso]>",
                "<a href='",
                "<style>",
                "@media {",
                "}",
                "<img",
                ">",
                "&#0;",
                "\0",
                "<![CDATA[",
                "#",
                ";",
                ":",
            ]
        ),
        max_size=60,
    ).map("".join),
)
def test_no_letter_makes_it_fail(subject: str, body: str) -> None:
    lint(Letter(subject=subject, html=letter(body).html, text=body))
    lint(Letter(subject=subject, html=body, text=subject))


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000,
        "<p style='" + "color:red;" * 20_000 + "'>x",
        "<b>x" * 20_000,
        "(" * 100_000,
    ],
)
def test_a_letter_made_to_be_slow_is_quick(body: str) -> None:
    """Seconds of CPU, not minutes."""
    start = time.process_time()
    lint(letter(body))
    assert time.process_time() - start < 5
