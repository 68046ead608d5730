"""The three looks that newsfeed brings: what each shows, and what all of them keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from newsfeed.digest.compose import LIMIT, UNSUBSCRIBE, compose
from newsfeed.digest.gate import flaws
from newsfeed.digest.inline import inline
from newsfeed.digest.sender import Sender
from newsfeed.digest.skin import skin
from newsfeed.digest.theme import DEFAULT, make
from newsfeed.model import Edition, Image, Letter
from tests.digest.letters import (
    SENDER,
    SMALL,
    TEMPLATES,
    edition,
    item,
    long_body,
    message,
    page_of,
    picture,
    templates,
    tree,
)

LOOKS = ("digest", "brief", "gallery")


def made(letter_edition: Edition, look: str, sender: Sender = SENDER) -> Letter:
    """The edition's letter in one look."""
    return compose(letter_edition, sender, TEMPLATES, template=look)


@pytest.mark.parametrize("look", LOOKS)
def test_each_look_is_a_correct_letter_with_every_title_and_way_out(look: str) -> None:
    """The gate lets it pass, and its text says the same."""
    letter = made(SMALL, look)
    assert flaws(message(letter)) == []
    for one in (*SMALL.items, *SMALL.more):
        assert one.url in letter.html
        assert one.title in letter.text
    assert letter.html.count(UNSUBSCRIBE) == 2
    assert UNSUBSCRIBE in letter.text
    assert "__" not in letter.web


@pytest.mark.parametrize("look", LOOKS)
def test_each_look_is_in_its_style_attributes(look: str) -> None:
    """E-H-09: no class has a meaning by day that is not in the style attribute beside it."""
    page = tree(made(SMALL, look))
    styled = [element for element in page.iter(etree.Element) if element.get("class")]
    bare = {str(e.get("class")) for e in styled if not e.get("style")}
    assert all(re.fullmatch(r"(body|d-[0-9a-f]{6})", name) for name in bare), bare


@pytest.mark.parametrize("look", LOOKS)
def test_dark_colours_are_said_to_all_who_ask(look: str) -> None:
    """E-H-05: the media query for Apple, marks for Outlook's apps; both override attributes."""
    sheet = re.findall(r"<style>(.*?)</style>", made(SMALL, look).html, re.DOTALL)[-1]
    assert "@media (prefers-color-scheme: dark)" in sheet
    assert "[data-ogsc] .cell" in sheet
    assert "[data-ogsb] .paper" in sheet
    rules = re.findall(r"\{ ([^{}]*) \}", sheet)
    assert rules
    assert all(rule.endswith("!important") for rule in rules)


def test_brief_has_no_pictures_and_gallery_one_for_each_article_that_has_any() -> None:
    """An article without one begins with its title."""
    pictured = edition(
        item(1, "<p>x</p>", image=picture()), item(2, image=picture(alt="")), item(3)
    )
    assert tree(made(pictured, "brief")).xpath("//img") == []
    images = tree(made(pictured, "gallery")).xpath("//img")
    assert [image.get("width") for image in images] == ["552", "552"]


@pytest.mark.parametrize("look", ["brief", "gallery"])
def test_looks_of_excerpts_have_no_bodies_in_either_part(look: str) -> None:
    """Whatever `content` says: what is no body in HTML is none in the text."""
    letter = made(edition(item(1, "<p>Whole text.</p>")), look)
    assert "Whole text." not in letter.html + letter.text + letter.web
    assert "1번째 글의 요약입니다." in letter.html
    assert "1번째 글의 요약입니다." in letter.text


@pytest.mark.parametrize("look", LOOKS)
def test_a_picture_without_words_is_no_link_without_a_name(look: str) -> None:
    """Who hears the letter gets the title's link alone (WCAG 2.4.4)."""
    page = tree(made(edition(item(1, "", image=picture(alt=""))), look))
    for link in page.xpath("//a[img[@alt='']]"):
        assert link.get("aria-hidden") == "true"
        assert link.get("tabindex") == "-1"


@pytest.mark.parametrize("look", LOOKS)
def test_articles_can_stand_by_category(look: str) -> None:
    """`group_by`: sections as h2, articles as h3, each article once, the newest's section first."""
    by = {1: ("나",), 2: ("가",), 3: ("나", "가"), 4: ()}
    several = edition(*(item(n, "<h2>x</h2>", categories=by[n]) for n in by))
    letter = compose(several, SENDER, TEMPLATES, template=look, by_category=True)
    page = tree(letter)
    assert [h.text_content() for h in page.xpath("//h2")] == ["나", "가"]
    titles = [h.text_content() for h in page.xpath("//h3")]
    assert titles == ["1번째 글", "3번째 글", "2번째 글", "4번째 글"]
    kickers = [p.text_content() for p in page.xpath("//p[contains(@class, 'kicker')]")]
    assert kickers == ([] if look == "brief" else ["가"])  # not the section's own name again
    assert letter.text.index("3번째 글") < letter.text.index("2번째 글")


@pytest.mark.parametrize("look", LOOKS)
def test_the_preferences_are_offered_where_somebody_answers(look: str) -> None:
    """In both parts, and not on the web copy, which nobody's preferences belong to."""
    address = "https://letters.example.org/p"
    sender = Sender(site_title="S", preferences_url=address)
    letter = made(SMALL, look, sender)
    assert page_of(letter.html).xpath("//a/@href").count(address) == 1
    assert f"구독 설정: {address}" in letter.text
    assert address not in letter.web
    assert "구독 설정" not in made(SMALL, look).html


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("count", [1, 500])
def test_any_number_of_articles_fits(look: str, count: int) -> None:
    """E-M-13, and the footer is whole."""
    several = edition(*(item(n, long_body(2), image=picture()) for n in range(count)))
    letter = made(several, look)
    assert len(letter.html.encode()) <= LIMIT
    assert letter.html.rstrip().endswith("</html>")
    assert SENDER.postal_address in letter.html


BAD = {
    "a title of 300 characters": {"title": "아주 긴 제목 " * 40},
    "one word of 200": {"title": "가" * 200, "summary": "W" * 200},
    "from right to left": {"title": "عنوان طويل", "language": "ar"},
    "emoji families": {"title": "👩‍👩‍👧‍👦" * 30, "summary": "👩‍👩‍👧‍👦" * 200},
    "nothing at all": {"summary": "", "content_html": "", "authors": (), "categories": ()},
    "twelve columns": {
        "content_html": f"<table>{('<tr>' + '<td>칸의 글</td>' * 12 + '</tr>') * 9}</table>"
    },
    "code": {"content_html": f"<pre><code>{'x = 1; ' * 80}</code></pre>"},
    "2 MB of images": {
        "content_html": f'<p>x</p><img src="data:image/png;base64,{"A" * 2_000_000}" alt="">'
    },
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", BAD)
def test_a_bad_article_is_a_letter_all_the_same(look: str, name: str) -> None:
    """Correct, within its size, with its link; the article after it is there too."""
    letter = made(edition(item(1, **BAD[name]), item(2)), look)  # type: ignore[arg-type]
    assert flaws(message(letter)) == []
    assert len(letter.html.encode()) <= LIMIT
    assert "https://news.example.org/posts/1/" in letter.html
    assert "2번째 글" in letter.html


def test_a_logo_stands_for_the_sites_name() -> None:
    """And its words are the name, for when it is not shown; in dark mode it lies on its ground."""
    logo = Image(url="https://e.example/logo.png", alt="한반도 브리핑", width=400, height=96)
    letter = compose(SMALL, SENDER, TEMPLATES, theme=make(logo=logo))
    (shown,) = tree(letter).xpath("//img[@src='https://e.example/logo.png']")
    assert (shown.get("alt"), shown.get("width"), shown.get("height")) == (logo.alt, "200", "48")
    assert ".logo { padding: 6px 8px; background-color: #ffffff" in letter.html


def test_another_kind_of_letter_needs_only_the_skin_and_a_subject(tmp_path: Path) -> None:
    """What `_layout` and the style sheets use: letters that confirm or say goodbye stand in it."""
    (tmp_path / "note.html.j2").write_text(
        '{% extends "_layout.html.j2" %}{% block content %}<tr><td class="cell">'
        '{% set button = {"url": "https://e.example/", "text": words.subscribe, "label": ""} %}'
        '{% include "_button.html.j2" %}</td></tr>{% endblock %}'
    )
    values = {**skin(DEFAULT, "ko"), "subject": "확인해 주세요"}
    page = page_of(inline(templates(tmp_path).html("note.html.j2", values)))
    assert page.xpath("string(//title)") == "확인해 주세요"
    (button,) = page.xpath("//a[@href='https://e.example/']")
    assert "padding:11px 24px" in button.get("style")
