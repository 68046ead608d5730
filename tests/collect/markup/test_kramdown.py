"""Promises about what kramdown understands and CommonMark does not."""

from __future__ import annotations

import pytest

from newsfeed.collect.markup import MarkupContext
from newsfeed.collect.markup.kramdown import to_commonmark
from tests.collect.markup.kit import URL, feed


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>가</p>\n**나** 다", "<p>가</p>\n<p><strong>나</strong> 다</p>"),
        ("<p>가</p> **나**", "<p>가</p>\n<p><strong>나</strong></p>"),
        ("<ul><li>가</li></ul>\n*나*", "<ul><li>가</li></ul>\n<p><em>나</em></p>"),
        ("<hr>\n*나*", "<hr>\n<p><em>나</em></p>"),
        ("<DIV\n class='x'>가</DIV>\n*나*", "<div>가</div>\n<p><em>나</em></p>"),
    ],
)
def test_text_after_a_block_is_a_paragraph_of_markdown(source: str, expected: str) -> None:
    """A block of HTML ends with its element, on the same line or not."""
    assert feed(source) == expected


def test_text_between_tags_stays_with_its_element() -> None:
    """Only the end of the outermost element ends the block."""
    assert feed("<div>\n<p>가</p>\n*나*\n</div>\n*다*").endswith("*나*\n</div>\n<p><em>다</em></p>")


def test_a_blank_line_in_a_table_does_not_make_code() -> None:
    """Indented HTML after a blank line is still the table."""
    html = feed("<table>\n\n    <tr>\n\n      <td>가</td>\n    </tr>\n</table>")
    assert "<td>가</td>" in html
    assert "<pre>" not in html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '<div markdown="1">\n*가*\n</div>\n*나*',
            "<div>\n<p><em>가</em></p>\n</div>\n<p><em>나</em></p>",
        ),
        ("<div markdown='block'>*가*</div>", "<div>\n<p><em>가</em></p>\n</div>"),
        ("<p markdown=span>*가*</p>", "<div>\n<p><em>가</em></p>\n</div>"),
        ('<div markdown="0">*가*</div>', "<div>*가*</div>"),
        ('<table><tr><td markdown="1">*가*</td></tr></table>', "<td>\n<p><em>가</em></p>\n</td>"),
    ],
)
def test_an_element_says_whether_it_holds_markdown(source: str, expected: str) -> None:
    """`markdown="1"` is carried out and not shown."""
    html = feed(source)
    assert expected in html
    assert "markdown" not in html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("글이다.\n{: .note #x}", "<p>글이다.</p>"),
        ("{: .note}\n글이다.", "<p>글이다.</p>"),
        ("글이다.\n\n{: .note}\n\n또.", "<p>글이다.</p>\n<p>또.</p>"),
        ('[글](/x){:target="_blank"} 끝', '<p><a href="https://news.example.org/x">글</a> 끝</p>'),
        ("*글*{: .x}*말*{: .y} 끝", "<p><em>글</em><em>말</em> 끝</p>"),
        ("- 하나\n- 둘\n{: .x}", "<ul>\n<li>하나</li>\n<li>둘</li>\n</ul>"),
        ("- {:.x}하나", "<ul>\n<li>하나</li>\n</ul>"),
        ("* TOC\n{:toc}\n\n글", "<p>글</p>"),
        ("1. 차례\n{:toc .x}\n\n글", "<p>글</p>"),
        ("## 제목 {#id-1}", '<h2 id="id-1">제목</h2>'),
        ("## 제목\n{: .no_toc}", "<h2>제목</h2>"),
        ("*[HTML]: Hyper\n글", "<p>글</p>"),
        ("앞{::comment}숨김{:/comment}뒤", "<p>앞뒤</p>"),
        ("{::comment}\n숨김\n\n```\n숨김\n{:/}\n\n*[A]: b\n글", "<p>글</p>"),
        ('{::options toc_levels="1" /}\n글', "<p>글</p>"),
        ("{::nomarkdown}<b>글</b>{:/nomarkdown}", "<p><b>글</b></p>"),
    ],
)
def test_kramdowns_own_words_are_not_published(source: str, expected: str) -> None:
    """Attribute lists, contents, ids, abbreviations and comments do not leak into the text."""
    assert feed(source).replace("\n\n", "\n") == expected


def test_a_list_of_attributes_after_a_table_is_no_row() -> None:
    """The table ends with its last row."""
    assert feed("|가|나|\n|-|-|\n|1|2|\n{: .x}").count("<tr>") == 2


@pytest.mark.parametrize(
    "code",
    ["{: .x}", "*[A]: b", "{::comment}", "{:/}", "{:toc}", '<div markdown="1">', "<p>가</p>\n나"],
)
def test_code_is_left_alone(code: str) -> None:
    """In fences, indented code, `<pre>` and code spans all of it stays as written."""
    escaped = code.replace("<", "&lt;").replace(">", "&gt;")
    indented = code.replace("\n", "\n    ")
    assert f"<pre><code>{escaped}\n</code></pre>" in feed(f"<p>x</p>\ny\n\n```\n{code}\n```")
    assert f"<pre><code>{escaped}\n</code></pre>" in feed(f"<p>x</p>\ny\n\n    {indented}")
    assert f"<pre>{escaped}</pre>" in feed(f"<p>x</p>\ny\n\n<pre>{escaped}</pre>")
    if "\n" not in code:
        assert f"<code>{escaped}</code>" in feed(f"<p>x</p>\ny\n\n`{code}`")


def test_other_dialects_keep_their_text() -> None:
    """Outside Jekyll, braces are braces."""
    html = feed("글 {: .x}\n{: .y}", MarkupContext(url=URL, kramdown=False))
    assert html == "<p>글 {: .x}\n{: .y}</p>"


@pytest.mark.parametrize("source", ["", "글", "# 제목\n\n- 하나\n- 둘", "<p>가</p>\n\n나"])
def test_what_commonmark_reads_alike_is_not_touched(source: str) -> None:
    """Source without a difference comes back as it is."""
    assert to_commonmark(source) is source
