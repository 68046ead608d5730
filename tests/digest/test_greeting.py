"""The line that greets: a stranger's name is shown as a name or not at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest import cells
from newsfeed.digest.greeting import LONGEST, greeting, shown_name
from newsfeed.digest.words import ENGLISH, words_for


def test_the_greeting_speaks_the_letters_language() -> None:
    """With a name, and without."""
    assert greeting(words_for("ko"), shown_name("김서연")) == "김서연님, 안녕하세요."
    assert greeting(words_for("ko"), shown_name(" ")) == "안녕하세요."
    assert greeting(ENGLISH, shown_name("Seoyeon")) == "Hello Seoyeon,"
    assert greeting(ENGLISH, shown_name("")) == "Hello,"


@pytest.mark.parametrize(
    "name", ["{{7*7}}", "{name}", "{0.__class__}", "%s", "<b>x</b>", "St. Mary", "J.R.R. Tolkien"]
)
def test_a_name_is_shown_as_it_was_typed(name: str) -> None:
    """Nothing in it is a template."""
    assert greeting(ENGLISH, shown_name(name)) == f"Hello {name},"


@pytest.mark.parametrize(
    "name",
    [
        *("http://spam", "Win at https://spam.example/x", "//spam", "www.spam", "spam.com", "a@b"),
        *("mailto:x", "스팸.한국", "spam。com", "spam\u200b.com", "s\u202epam.com", "ＷＷＷ．spam"),
    ],
)
def test_a_name_that_would_become_a_link_is_none(name: str) -> None:
    """Mail programs make links of plain text."""
    assert shown_name(name) == ""


@given(st.text(max_size=200))
def test_a_name_is_one_short_visible_line(name: str) -> None:
    """S-36: no controls, no line ends, nothing that turns the text around; idempotent."""
    shown = shown_name(name)
    assert cells.width(shown) <= LONGEST
    invisible = [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}]
    assert set(invisible) <= {"\u200c", "\u200d"}
    assert shown_name(shown) == shown


def test_a_long_name_is_cut() -> None:
    """48 cells, in whole characters."""
    assert shown_name("가" * 200) == "가" * 23 + "…"
    family = "👨\u200d👩\u200d👧"
    assert shown_name(family * 60) == family * 23 + "…"
