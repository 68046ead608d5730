"""Settings that are programs are read for their literals, whatever else stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.scripts import at, literals, text_at

MODULE = """
// title: 'not this'
import { a } from 'b';
/* url: "nor this" */
export default defineConfig({
  title: 'The "site"', url: "https://example.org", flag: true, n: 12,
  computed: a('x'), joined: 'a' + b, template: `plain`,
  nested: [['preset', ({ blog: { path: './log', limit: 5 } })]],
});
export const NAME = 'It\\'s';
"""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", 'The "site"'),
        ("url", "https://example.org"),
        ("flag", True),
        ("n", 12),
        ("template", "plain"),
        ("blog.path", "./log"),
        ("blog.limit", 5),
        ("nested.0.0", "preset"),
        ("NAME", "It's"),
        ("computed", None),
        ("missing", None),
    ],
)
def test_a_literal_is_found_by_the_end_of_its_path(key: str, value: object) -> None:
    assert at(literals(MODULE), key) == value


def test_the_outer_of_two_of_one_name_is_meant() -> None:
    values = literals("a = { theme: { title: 'inner' }, title: 'outer' }")
    assert text_at(values, "title") == "outer"


@given(st.text() | st.lists(st.sampled_from(list("{}[]():,='\"`/*\\ax1\n"))).map("".join))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(literals(text), dict)
