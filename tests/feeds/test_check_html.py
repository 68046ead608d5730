"""The check of bodies: every address absolute, nothing that runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.feeds.checks.html import html_problems


@pytest.mark.parametrize(
    "body",
    [
        "",
        "글",
        '<a href="https://example.org/">a</a>',
        "<a href='http://example.org/'>a</a>",
        '<a href="mailto:a@example.org">a</a> <a href="tel:+8225550100">b</a>',
        '<img src="https://example.org/a.png" alt="a > b" title="href=x">',
        '<img srcset="https://example.org/a.png 1x, https://example.org/b.png 2x" data-src="x">',
        '<img srcset="https://example.org/a,b.png 640w">',
        '<code>&lt;img src=&quot;a.png&quot;&gt;</code> and src="a.png" onclick="x"',
        '<blockquote cite="https://example.org/">a</blockquote>',
        '<td colspan="2" class="on">1 &lt; 2</td><br/>',
        "<p title=\"<script> src='x'\">a</p>",
    ],
)
def test_a_good_body_is_left_alone(body: str) -> None:
    """Links of the web, mail and telephone; what only looks like an address is text."""
    assert list(html_problems(body)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="/a">', "has no absolute address in href: '/a'"),
        ('<a href="">', "has no absolute address in href: ''"),
        ('<a href="#fn1">', "has no absolute address in href: '#fn1'"),
        ('<a href="?q">', "has no absolute address in href: '?q'"),
        ("<a href=a.html>", "has no absolute address in href: 'a.html'"),
        ('<a href="//example.org/">', "has no absolute address in href: '//example.org/'"),
        ('<A HREF="a">', "has no absolute address in href: 'a'"),
        ('<a\nclass="b"\nhref="a">', "has no absolute address in href: 'a'"),
        ('<a href="javascript:x()">', "has no absolute address in href: 'javascript:x()'"),
        ('<a href=" JaVaScript:x">', "has no absolute address in href: ' JaVaScript:x'"),
        ('<a href="&#106;avascript:x">', "has no absolute address in href: '&#106;avascript:x'"),
        ('<a href="java\tscript:x">', r"has no absolute address in href: 'java\tscript:x'"),
        ('<a href="data:text/html,x">', "has no absolute address in href: 'data:text/html,x'"),
        ('<img src="a.png">', "has no absolute http(s) address in src: 'a.png'"),
        ('<img src="data:image/png;base64,AA==">', "has no absolute http(s) address in src: 'data"),
        ('<video poster="a.png">', "has no absolute http(s) address in poster: 'a.png'"),
        (
            '<img srcset="https://example.org/a.png 1x, b.png 2x">',
            "has no absolute http(s) address in srcset: 'b.png'",
        ),
        ('<p onclick="x()">', "contains the event handler onclick"),
        ("<script>x()</script>", "contains a <script> element"),
        ('<SCRIPT src="https://example.org/x.js">', "contains a <script> element"),
        ('<form action="https://example.org/">', "contains a <form> element"),
        ('<p title="a">b</p><p title="c"><img src="x">', "has no absolute http(s) address in src"),
    ],
)
def test_each_fault_is_found(body: str, said: str) -> None:
    """Readers resolve relative addresses differently, or not at all (F-X-06, F-X-07, F-X-16)."""
    found = list(html_problems(body))
    assert len(found) == 1
    assert found[0].startswith(said)


@given(st.text(st.sampled_from("<>\"'= /ahrefscp:#\n&;") | st.characters(), max_size=200))
def test_any_text_is_read_to_its_end(body: str) -> None:
    """Broken markup is no reason to fail."""
    assert isinstance(list(html_problems(body)), list)


@pytest.mark.parametrize(
    "unit",
    [
        '<p class="a">글 <a href="https://example.org/">링크</a></p>\n',
        '<a "',
        "<a x=y ",
        "<a '\"",
        "<",
    ],
)
def test_a_large_body_is_read_in_one_go(unit: str) -> None:
    """Time grows with the length alone: a megabyte is no work, whatever it is made of.

    A scan that went back would not end before the time limit of the tests.
    """
    assert list(html_problems(unit * (1_000_000 // len(unit)))) == []
