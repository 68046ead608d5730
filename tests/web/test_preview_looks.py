"""A letter as mail programs of many kinds show it, whatever HTML it is."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.web.preview.looks import LOOKS, first_words, stripped, with_images, without_images

PIECES = st.sampled_from(
    (
        "<p class=a id='b'>", "</p>", "<style>p{color:red}</style>", "<![if x]>", "<![foo", "<!--",
        "-->", "<img src=x alt='y'>", "<br/>", "</head>", "<head>", "&amp;", "&#x41;", "<?x?>",
        "<!DOCTYPE html>", "<a href=\"?a&b\">", "한글", "<", ">", "\0", "<td class>", "url(x)",
    )
)  # fmt: skip
HTML = st.one_of(st.text(), st.lists(PIECES).map("".join))

LETTER = """\
<!DOCTYPE html>
<html lang="ko"><head><title>Title</title>
<style>.a { color: red } @media (prefers-color-scheme: dark) { .a { color: blue } }</style></head>
<body class="a" id="b"><!--[if mso]><table><![endif]--><div>Preheader</div>
<p>A &amp; B <img class="a" src="https://news.example.org/a.png?b&amp;c" alt="Sea &quot;1&quot;">
</p></body></html>
"""


@given(HTML, st.sampled_from(sorted(LOOKS)))
def test_any_html_can_be_looked_at(html: str, look: str) -> None:
    assert len(LOOKS[look](html)) > 0


@given(HTML)
def test_the_first_words_are_few_and_on_one_line(html: str) -> None:
    words = first_words(html, 40)
    assert len(words) <= 40
    assert "\n" not in words


def test_what_is_not_to_change_stays_byte_by_byte() -> None:
    assert with_images(LETTER, lambda _url: "") == LETTER


def test_stripped_leaves_neither_style_element_nor_class_nor_id() -> None:
    assert "color: red" not in stripped(LETTER)
    page = lxml.html.document_fromstring(stripped(LETTER))
    assert page.xpath("count(//img)") == 1
    assert page.xpath("count(//*[@class or @id])") == 0


def test_an_image_is_taken_from_where_it_is_said_to_be() -> None:
    places = {"https://news.example.org/a.png?b&c": "/here.png"}
    moved = with_images(LETTER, places.__getitem__)
    assert 'src="/here.png" alt="Sea &quot;1&quot;"' in moved


def test_without_images_their_words_are_left() -> None:
    shown = without_images(LETTER + '<p style="background:url(x.png)" background="y">')
    assert 'alt="Sea &quot;1&quot;"' in shown
    assert "src=" not in shown
    assert "x.png" not in shown
    assert 'background="y"' not in shown


@pytest.mark.parametrize(
    ("look", "answer"), [("dark", "(min-width: 0)"), ("light", "(max-width: 0)")]
)
def test_the_question_after_dark_colours_is_answered(look: str, answer: str) -> None:
    assert f"@media {answer} {{ .a {{ color: blue }} }}" in LOOKS[look](LETTER)


def test_the_first_words_end_where_the_fillers_begin() -> None:
    page = f"<body><style>p</style><div>Pre &amp; header{'&#8199;&#847;' * 100}</div><p>Rest</p>"
    assert first_words(page, 100) == "Pre & header"
    assert first_words("<body><p>One</p><p>two</p>", 100) == "One two"
