"""Org as HTML, as an article needs it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsfeed.collect.conventions.hugo.org import to_html
from newsfeed.collect.conventions.hugo.pages import read_front_matter

_LINES = ["* One", "** Two :tag:", "- a", "  - b", "1. c", "- [X] d", "- t :: e", "| a | b |"]
_LINES += ["|---+---|", "#+begin_src go", "#+end_src", "#+begin_quote", "#+end_quote", "", ": code"]
_LINES += ["text *bold* /it/ =x= [[a][b]] [fn:1]", "[fn:1] note", "#+caption: c", "# more", "-----"]
_LINES += [
    ":PROPERTIES:",
    ":END:",
    "#+begin_export html",
    "#+end_export",
    "    deep",
    "한국어 *굵게*",
]


@pytest.mark.parametrize(
    ("org", "shown"),
    [
        ("* TODO One /two/ :tag:", "<h2>One <em>two</em></h2>"),
        ("*b* ~c <d>~ =e=", "<p><strong>b</strong> <code>c &lt;d&gt;</code> <code>e</code></p>"),
        ("snake_case_name 2*3*4 a/b/c", "<p>snake_case_name 2*3*4 a/b/c</p>"),
        ("[[/a/][the *site*]]", '<p><a href="/a/">the <strong>site</strong></a></p>'),
        ("[[file:cat.png]]", '<p><img src="cat.png" alt=""></p>'),
        ("- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"),
        ("- tide :: the water", "<dl><dt>tide</dt><dd>the water</dd></dl>"),
        (
            "| a |\n|---|\n| 1 |",
            "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
        ),
        (
            "#+begin_src c\n  a < b\n#+end_src",
            '<pre><code class="language-c">a &lt; b\n</code></pre>',
        ),
        ("#+begin_quote\nsaid\n#+end_quote", "<blockquote>\n<p>said</p>\n</blockquote>"),
        (":DRAWER:\nx\n:END:\n# comment\n#+attr: y\ntext", "<p>text</p>"),
        ("한글은 *굵게*입니다", "<p>한글은 <strong>굵게</strong>입니다</p>"),
        ("1 < 2 & <b>", "<p>1 &lt; 2 &amp; &lt;b&gt;</p>"),
    ],
)
def test_org_is_html(org: str, shown: str) -> None:
    assert to_html(org) == shown


def test_a_block_without_end_is_text() -> None:
    assert to_html("#+begin_src go\ncode") == "<p>#+begin_src go\ncode</p>"


def test_front_matter_is_the_keywords_at_the_beginning() -> None:
    """As Hugo reads them: lists by [], and dates as Org writes them."""
    text = "#+TITLE: One\n#+date: <2024-01-06 Sat>\n#+tags[]: a b\n#+draft: true\n\n* H\n#+x: y\n"
    front = read_front_matter("a.org", text)
    assert front.values == {
        "title": "One",
        "date": "2024-01-06",
        "tags": ["a", "b"],
        "draft": "true",
    }
    assert (front.body, front.body_line, front.lines["draft"]) == ("* H\n#+x: y", 6, 4)


@given(st.lists(st.sampled_from(_LINES)).map("\n".join) | st.text())
def test_any_text_gives_html_and_no_tag_of_its_own(text: str) -> None:
    """What an author writes in angle brackets is text, save in an export block."""
    shown = to_html(text)
    if "export" not in text and "@@" not in text:
        marked = to_html(text.replace("\n", "<script>\n") + "<script>")
        assert "<script" not in marked
    assert not shown or html.fragment_fromstring(shown, create_parent=True) is not None


@given(st.text(alphabet="#+:<>[]- \nabT0129한", max_size=200))
def test_any_beginning_is_front_matter_or_body(text: str) -> None:
    front = read_front_matter("a.org", text)
    rows = text.split("\n")
    assert front.body == "\n".join(rows[front.body_line - 1 :]).rstrip()


@pytest.mark.parametrize(
    "piece",
    ["*a ", "[[", "[[a][", "/*_+", "- a\n", "#+begin_src\n", ":a:\n", "|a\n", "\\", "(*", "- a ::"],
)
def test_time_grows_with_the_text(piece: str) -> None:
    """A third of a megabyte of the same takes seconds, where squares take hours."""
    started = time.perf_counter()
    to_html(piece * (300_000 // len(piece)))
    assert time.perf_counter() - started < 15
