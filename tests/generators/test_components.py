"""Markdown with components: what would run is dropped and told, and all text stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.components import without_components

PIECES = st.sampled_from(
    [
        *("{", "}", "{/*", "*/}", "<!--", "-->", "<Foo", "</Foo>", "<p", ">", '"', "`", "``"),
        *("```\n", "import x\n", "\n", "\n\n", ":::", ":::tip\n", " ", "word", "글"),
    ]
)


def text_of(source: str, *, expressions: bool = True) -> str:
    return without_components(source, expressions=expressions)[0]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('a <Badge text="x > y" /> b', "a  b"),
        ("<Tabs>\n\n*in*\n\n</Tabs>\n", "\n\n*in*\n\n\n"),
        ("a {1 + {b: 2}.b} c", "a  c"),
        ("a {/* never shown */} b", "a  b"),
        ("<div style={{color: 'red'}} id='x'>a</div>", "<div id='x'>a</div>"),
        ("import A from 'a';\nimport B from 'b';\n\ntext\n", "\n\n\ntext\n"),
        ("export const a = {\n  b: 1,\n};\n\ntext\n", "\n\n\n\ntext\n"),
        ("`<Foo> {x}` and ``{`a`}``", "`<Foo> {x}` and ``{`a`}``"),
        ("```js\nimport a\n<Foo>{x}\n```\n", "```js\nimport a\n<Foo>{x}\n```\n"),
        ("A <Foo that has no end", "A <Foo that has no end"),
        ("a { that has no end", "a { that has no end"),
        ("a {/* that has no end", "a {/* that has no end"),
        ("<!-- kept --> a < b > c", "<!-- kept --> a < b > c"),
        ("An import of tea stays.", "An import of tea stays."),
    ],
)
def test_what_runs_goes_and_text_stays(source: str, text: str) -> None:
    assert text_of(source) == text


def test_braces_that_are_not_doubled_are_text_in_vue() -> None:
    assert text_of("{a} {{ b }} c", expressions=False) == "{a}  c"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (":::tip[Boots]", "**Boots**"),
        ("::: warning Stings", "**Stings**"),
        (":::note", "**Note**"),
    ],
)
def test_a_container_keeps_its_title_and_its_text(source: str, title: str) -> None:
    assert text_of(f"{source}\nInside.\n:::\n").split() == [*title.split(), "Inside."]


def test_what_was_dropped_is_told_with_its_line_and_once() -> None:
    _, dropped = without_components("one\n\n<Foo>two</Foo> {three}\n", expressions=True)
    assert [(one.written, one.line) for one in dropped] == [("<Foo>", 3), ("{three}", 3)]


@given(st.text() | st.lists(PIECES).map("".join), st.booleans())
def test_any_text_is_read_and_what_stands_before_it_stays(source: str, expressions: bool) -> None:
    text = text_of(f"before\n\n{source}", expressions=expressions)
    assert text.startswith("before\n\n")


@pytest.mark.parametrize("piece", ["{", "<A ", "<!--", "``a`", "{/*", '<a "', "<A b={", ":::a\n"])
def test_what_never_ends_takes_time_in_proportion(piece: str) -> None:
    started = time.process_time()
    text_of(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5
