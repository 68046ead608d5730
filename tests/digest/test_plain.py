"""An article as text: nothing of it is lost, and it reads well by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsfeed.digest import cells
from newsfeed.digest.plain import plain_text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("<p>하나</p><p>둘<br>셋</p>", "하나\n\n둘\n셋"),
        ("loose <b>text</b> here<p>x</p>tail", "loose text here\n\nx\n\ntail"),
        ("가<div>나</div>다", "가\n\n나\n\n다"),
        ("<p>1 &lt; 2 &amp;&nbsp;3. 2024. 7. 12.</p>", "1 < 2 & 3. 2024. 7. 12."),
        ("<h3>제목</h3><p>x</p>", "제목\n----\n\nx"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="9"><li>a</li><li><p>b</p><p>c</p></li></ol>', "9. a\n10. b\n    c"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre>x = 1\n  y  = 2\n</pre>", "    x = 1\n      y  = 2"),
        ("<p>a</p><hr><p>b</p>", "a\n\n* * *\n\nb"),
        ('<p>see <a href="https://e.example/">this</a>.</p>', "see this <https://e.example/>."),
        ('<a href="https://e.example/">https://e.example/</a>', "<https://e.example/>"),
        ('<a href="mailto:a@e.example">a@e.example</a>', "<mailto:a@e.example>"),
        ('<a href="https://e.example/"><img src="x" alt=""></a>', "<https://e.example/>"),
        ('<a href="#note">1</a>', "1"),
        ('<p><img src="x" alt="그림"></p><p><img src="y" alt=""></p>', "[그림]"),
        ("<figure><img src=x alt=a><figcaption>b</figcaption></figure>", "[a]\n\nb"),
        ("<table><tr><td><b>알림</b></td></tr></table>", "| 알림"),
        ("<p>a</p><!-- b --><script>c</script><style>d</style>", "a"),
        ("<p>say <q>hi</q></p>", "say “hi”"),
    ],
)
def test_each_kind_of_block_has_its_form(source: str, expected: str) -> None:
    """Paragraphs, headings, lists, quotes, code, links, images and call-outs."""
    assert plain_text(source) == expected


def test_a_table_that_fits_stands_in_columns() -> None:
    """Columns are padded by cells: Hangul takes two."""
    source = (
        "<table><tr><th>나라</th><th>합의</th></tr><tr><td>한국</td><td>x</td></tr>"
        "<tr><td>a</td><td>나토</td></tr></table>"
    )
    assert plain_text(source) == "나라  합의\n----  ----\n한국  x\na     나토"


def test_a_wide_table_is_told_row_by_row() -> None:
    """Each cell has its column's name before it."""
    long = "나토 정상회의를 계기로 아시아와 유럽 안보의 연계성이 더욱 커졌습니다"
    source = (
        f"<table><tr><th>나라</th><th>내용</th></tr><tr><td>한국</td><td>{long}</td></tr></table>"
    )
    assert plain_text(source) == f"나라: 한국\n내용: {long[:-6]}\n  {long[-5:]}"


def test_a_wide_table_without_a_head_has_bars() -> None:
    """Nothing is known about its columns."""
    source = f"<table><tr><td>{'a ' * 30}</td><td>{'b ' * 20}</td></tr></table>"
    assert " | " in plain_text(source)
    assert all(len(line) <= 72 for line in plain_text(source).split("\n"))


INLINE = st.recursive(
    st.text(alphabet="가나 ab.", max_size=12),
    lambda inner: (
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["b", "span", "em"]), inner)
        | st.builds('<a href="https://e.example/{0}">{1}</a>'.format, st.integers(0, 99), inner)
    ),
    max_leaves=4,
)
BLOCKS = st.recursive(
    st.builds("<p>{}</p>".format, INLINE),
    lambda inner: (
        st.builds(
            "<{0}>{1}</{0}>".format, st.sampled_from(["div", "blockquote", "ul", "section"]), inner
        )
        | st.builds("<ul><li>{}</li><li>{}</li></ul>".format, inner, inner)
        | st.builds("<table><tr><td>{}</td><td>{}</td></tr></table>".format, inner, inner)
    ),
    max_leaves=6,
)


@given(BLOCKS)
def test_every_address_and_every_word_is_in_the_text(source: str) -> None:
    """E-M-04: the same content with all links, in whatever way blocks are nested."""
    tree = html.fragment_fromstring(source, create_parent="div")
    for stray in tree.xpath("//ul[not(li)]"):
        stray.tag = "div"
    source = html.tostring(tree, encoding="unicode")
    text = plain_text(source)
    for address in tree.xpath("//a/@href"):
        assert f"<{address}>" in text
    for word in " ".join(map(str, tree.itertext())).split():
        assert word in text


@given(st.text(alphabet="가나다라 漢字かな ab", max_size=300))
def test_no_line_is_wider_than_72_cells(text: str) -> None:
    """Prose is filled by display width."""
    assert all(cells.width(line) <= 72 for line in plain_text(f"<p>{text}</p>").split("\n"))
