"""Promises about plain text made of HTML."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import plain_text, prose
from tests.collect.markup.kit import feed


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>가.</p><p>나</p>", "가. 나"),
        ("<ul><li>가</li><li>나</li></ul>", "가 나"),
        ("<table><tr><td>가</td><td>나</td></tr></table>", "가 나"),
        ("가<br>나<hr>다", "가 나 다"),
        ("<h2>가</h2>나", "가 나"),
        ("<b>가</b>나<i>다</i>", "가나다"),
        ("가&nbsp;나\n\t 다\u3000라", "가 나 다 라"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("<p>가<script>나</script><style>다</style></p>", "가"),
        ("<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>字", "漢字"),
        ("가<img alt='나' src='x'>다", "가 다"),
        ("", ""),
        ("<p>&nbsp;</p>", ""),
    ],
)
def test_text_is_one_line_with_blocks_apart(html: str, text: str) -> None:
    """Blocks are a space apart, words are not, and nothing but text is left."""
    assert plain_text(html) == text


def test_footnote_marks_are_no_text() -> None:
    """A number on a word and the arrow back from a note are left out."""
    assert plain_text(feed("글[^1]이다.\n\n[^1]: 각주")) == "글이다. 각주"


def test_an_excerpt_is_cut_from_sentences_and_not_from_tables_code_or_notes() -> None:
    html = feed(
        "# 제목\n\n첫 문장[^1].\n\n| 이름 | 값 |\n|---|---|\n| a | 1 |\n\n"
        "```\ncode\n```\n\n둘째 문장.\n\n[^1]: 각주."
    )
    assert prose(html) == "첫 문장. 둘째 문장."


def test_an_article_that_is_nothing_but_a_table_has_its_text_as_excerpt() -> None:
    assert prose("<table><tr><td>가</td><td>나</td></tr></table>") == "가 나"
