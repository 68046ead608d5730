"""Promises about paragraphs, headings and what is kept of the rest."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import MarkupContext
from tests.collect.markup.kit import URL, feed


@pytest.mark.parametrize(
    "blank",
    [
        "<p>&nbsp;</p>",
        '<p data-ke-size="size16">&nbsp;</p>',
        "<p></p>",
        "<p> <br> &#8203;</p>",
        "<p>&#12288;</p>",
        "<p><b><span>&nbsp;</span></b></p>",
        "<div><p> </p><div><br></div></div>",
        "<h2>&nbsp;</h2>",
        "&nbsp;",
        "<br>",
    ],
)
def test_blank_paragraphs_are_dropped(blank: str) -> None:
    """Editors' empty lines make no white bands."""
    assert feed(f"앞\n\n{blank}\n\n뒤").replace("\n", "") == "<p>앞</p><p>뒤</p>"


@pytest.mark.parametrize(
    "block",
    [
        "<p>가&nbsp;나</p>",
        '<p><img src="https://example.com/x"></p>',
        "<div><hr></div>",
        '<p><a id="here"></a></p>',
        "<div><table><tbody><tr><td></td></tr></tbody></table></div>",
        "<p><b> </b>가</p>",
    ],
)
def test_what_holds_something_stays(block: str) -> None:
    """Images, rules, anchors and tables are something to see; so is a space between words."""
    assert feed(block) == block


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("글 <b>굵게</b>\n<p>가</p>꼬리", "<p>글 <b>굵게</b></p>\n<p>가</p>\n<p>꼬리</p>"),
        ("<b>가</b><i>나</i>", "<p><b>가</b><i>나</i></p>"),
        ("<section>가</section>나", "<section>가</section>\n<p>나</p>"),
        ("<strong><p>가</p></strong>", "<strong><p>가</p></strong>"),
        ("<center>가</center>나", "<div>가</div>\n<p>나</p>"),
        ("글", "<p>글</p>"),
    ],
)
def test_bare_text_is_put_into_paragraphs(source: str, expected: str) -> None:
    """Text between blocks gets the look of a paragraph."""
    assert feed(source, MarkupContext(url=URL, markdown=False)) == expected


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (0, "<h1>가</h1>\n<h5>나</h5>"),
        (1, "<h2>가</h2>\n<h6>나</h6>"),
        (9, "<h6>가</h6>\n<h6>나</h6>"),
    ],
)
def test_headings_are_lowered_to_h6_at_most(shift: int, expected: str) -> None:
    """A body fits under the heading it is shown below."""
    assert feed("# 가\n\n##### 나", MarkupContext(url=URL, heading_shift=shift)) == expected


def test_an_unbalanced_body_does_not_swallow_the_rest() -> None:
    """Stray ends of html and body are no end."""
    assert feed("가</body></html>\n\n나</div>\n\n다") == "<p>가</p>\n<p>나</p>\n<p>다</p>"


def test_nothing_gives_nothing() -> None:
    """An empty body is an empty string."""
    assert feed("") == feed(" \n\n&nbsp;\n") == feed("<!-- x -->") == ""


@pytest.mark.parametrize(
    "html",
    [
        "<ruby>漢<rp>(</rp><rt>한</rt><rp>)</rp></ruby>",
        '<ol start="3" reversed=""><li value="7">가</li></ol>',
        '<details open=""><summary>가</summary>나</details>',
        '<time datetime="2026-01-01">설날</time>',
        '<span lang="ja" dir="ltr" title="日">日</span>',
        '<abbr title="가">나</abbr>',
        "<pre><code>a &lt; b\n  c</code></pre>",
        "<p>H<sub>2</sub>O <mark>m</mark> <kbd>k</kbd> <s>s</s></p>",
    ],
)
def test_meaningful_html_stays(html: str) -> None:
    """The allow-list knows what articles are made of."""
    assert html in feed(html, MarkupContext(url=URL, markdown=False))
