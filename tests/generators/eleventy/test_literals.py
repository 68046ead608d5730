"""JavaScript that is read and never run."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.conventions.eleventy.configured import configured
from newsfeed.collect.conventions.eleventy.literals import UNKNOWN, exported, value_at

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
CODE = st.text(alphabet="{}[]()'\"`\\/*,:;=>$ab1\n export default const return", max_size=120)


@given(st.dictionaries(st.text(max_size=5), JSON, min_size=1, max_size=4))
def test_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert exported(f"export default {json.dumps(value)};") == value


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (
            "{ a: 'it\\'s', b: `\\u{1F600}`, 'c-d': [1, 2.5,], }",
            {"a": "it's", "b": "😀", "c-d": [1, 2.5]},
        ),
        ("{ a /* { */ : true, // }\n b: null }", {"a": True, "b": None}),
        (
            "{ a: x + 1, b: f({ c: '}' }), d: /[\"']}/, e: 1 }",
            {"a": UNKNOWN, "b": UNKNOWN, "d": UNKNOWN, "e": 1},
        ),
        ("{ a() { return '}' }, ...rest, b: 1 }", {"a": UNKNOWN, "b": 1}),
        ("{ a: (d) => `/${d.page.fileSlug}/` }", {"a": "/{{ page.fileSlug }}/"}),
        ("{ a: ({ page }) => `/${page.fileSlug}/` }", {"a": "/{{ page.fileSlug }}/"}),
        ("{ a: ({ page }) => { if (x) return `/${page.fileSlug}/` } }", {"a": UNKNOWN}),
        ("{ a: `${b}` }", {"a": UNKNOWN}),
        ("{ named, other }", {"named": "n", "other": UNKNOWN}),
        ("{ a: ", UNKNOWN),
        ("{ a: 'b }", UNKNOWN),
    ],
)
def test_what_stands_there_is_read_and_the_rest_is_unknown(code: str, value: object) -> None:
    assert value_at(code, 0, {"named": "n"}) == value


@given(CODE)
def test_no_text_stops_the_reader(code: str) -> None:
    """Strings, comments and brackets that never end are no reason to fail or to go on for ever."""
    assert isinstance(exported(code), dict)
    configured(code)
