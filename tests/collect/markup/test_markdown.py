"""Promises about Markdown, in the dialect that Jekyll's posts are written in."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import MarkupContext
from tests.collect.markup.kit import URL, Tags, feed

COMMONMARK = MarkupContext(url=URL, kramdown=False)


def test_emphasis_may_end_at_a_korean_particle() -> None:
    """`**…(NCG)**은` is bold, though CommonMark alone would leave the asterisks."""
    assert "<strong>핵협의그룹(NCG)</strong>은" in feed("**핵협의그룹(NCG)**은 협의체다.")
    assert '<strong>"강조"</strong>라고' in feed('**"강조"**라고 했다.')


def test_a_single_tilde_is_a_tilde() -> None:
    """Two ranges of days in a line strike nothing out; two tildes do."""
    assert feed("10~20일 30~40일") == "<p>10~20일 30~40일</p>"
    assert feed("~~취소~~ 3~4일") == "<p><del>취소</del> 3~4일</p>"
    assert feed(r"\~ `a~b` <b>c~d</b>") == "<p>~ <code>a~b</code> <b>c~d</b></p>"


def test_a_tilde_stays_in_an_address() -> None:
    """Links to `~name` lead where the author said."""
    assert 'href="https://example.org/~kim/?a=~b"' in feed("[글](https://example.org/~kim/?a=~b)")
    assert 'href="https://example.org/~kim"' in feed("<https://example.org/~kim>")


def test_tables_lists_footnotes_and_definitions_are_understood() -> None:
    """The extensions that posts use are on."""
    assert "<th>가</th>" in feed("|가|나|\n|-|-|\n|1|2|")
    assert "<dt>용어</dt>\n<dd>뜻</dd>" in feed("용어\n: 뜻")
    assert '<li id="fn:1">' in feed("글[^1]\n\n[^1]: 각주")


@pytest.mark.parametrize("context", [MarkupContext(url=URL), COMMONMARK])
def test_a_task_list_shows_what_is_done(context: MarkupContext) -> None:
    """Boxes are characters: forms' elements are shown by no mail program."""
    html = feed("- [ ] open `[ ]`\n- [x] **done**\n- [x](/y/)\n- [~] odd", context)
    items = ["☐ open <code>[ ]</code>", "☑ <strong>done</strong>"]
    assert all(f"<li>{item}</li>" in html for item in items)
    assert ">x</a></li>" in html
    assert "<li>[~] odd</li>" in html


def test_the_box_of_a_task_of_several_paragraphs_stands_in_the_first() -> None:
    assert "<li><p>☑ one</p>\n<p>two</p>" in feed("1. [X] one\n\n   two")


def test_footnotes_lead_to_the_page_and_back() -> None:
    """A footnote's links are those that kramdown makes on the site (F-X-07)."""
    html = feed("글[^가]\n\n[^가]: 각주")
    assert f'<a href="{URL}#fn:%EA%B0%80" id="fnref:가">1</a>' in html
    assert '<li id="fn:가">' in html
    assert f'href="{URL}#fnref:%EA%B0%80"' in html


def test_footnotes_outside_kramdown_keep_the_names_of_commonmark() -> None:
    """Other generators name footnotes with a dash."""
    assert f'href="{URL}#fn-1"' in feed("글[^1]\n\n[^1]: 각주", COMMONMARK)


def test_a_footnote_name_is_no_way_out_of_its_attribute() -> None:
    """Quotes in a footnote's name stay in the name."""
    html = feed('글[^a"onclick="x]\n\n[^a"onclick="x]: 각주')
    assert Tags(html).values("onclick") == []
    assert Tags(html).values("id") == ['fnref:a"onclick="x', 'fn:a"onclick="x']


@pytest.mark.parametrize(
    "template",
    [
        "{{7*7}}",
        "{% include '/etc/passwd' %}",
        "{{ page.title | upcase }}",
        "{% raw %}x{% endraw %}",
    ],
)
def test_templates_stay_text(template: str) -> None:
    """Nothing in an article is evaluated (S-17)."""
    assert feed(f"앞 {template} 뒤") == f"<p>앞 {template} 뒤</p>"


def test_comments_leave_nothing() -> None:
    """Excerpt separators and other comments are not published."""
    assert feed("앞<!--more-->\n\n<!-- excerpt -->\n\n뒤") == "<p>앞</p>\n<p>뒤</p>"


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("https://example.org/a에서", "https://example.org/a", "에서"),
        ("https://example.org에서", "https://example.org", "에서"),
        ("https://example.org/a.", "https://example.org/a", "."),
        ("https://example.org/a(b))", "https://example.org/a(b)", ")"),
        ("https://example.org/a?b=c&amp;d", "https://example.org/a?b=c&amp;d", ""),
        ("https://example.org/글", "https://example.org/글", ""),
    ],
)
def test_a_bare_address_becomes_a_link(text: str, address: str, rest: str) -> None:
    """The link ends where the address does: before a particle and the sentence's punctuation."""
    assert f">{address}</a>{rest} 끝" in feed(f"자료 {text} 끝")


@pytest.mark.parametrize(
    "source",
    [
        "`https://example.org`",
        "    https://example.org",
        "```\nhttps://example.org\n```",
        "example.org",
        "<kbd>https://example.org</kbd>",
    ],
)
def test_code_holds_no_links(source: str) -> None:
    """Addresses in code, and words that are none, stay text."""
    assert "<a" not in feed(source)


def test_a_link_is_not_linked_again() -> None:
    """An address that is the text of a link stays one link."""
    html = feed("<a href='https://example.org'>https://example.org</a> [https://example.org](/x)")
    assert html.count("<a ") == 2


def test_html_sources_are_taken_as_they_are() -> None:
    """Where the source is HTML, asterisks and bare addresses mean nothing."""
    html = feed("<p>*a* https://example.org {: .x}</p>", MarkupContext(url=URL, markdown=False))
    assert html == "<p>*a* https://example.org {: .x}</p>"
