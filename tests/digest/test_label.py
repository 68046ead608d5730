"""`(광고)` stands first in a subject, exactly so, and once (L-K-05)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest.label import KOREAN_LABEL, labelled, marked


@given(st.text())
def test_the_label_is_first_whatever_the_line_is(line: str) -> None:
    assert labelled(line, KOREAN_LABEL).startswith("(광고)")


@given(st.text())
def test_without_a_label_the_line_stays_as_it_is(line: str) -> None:
    assert labelled(line, "") == line


@pytest.mark.parametrize(
    "line",
    ["(광고) 첫 글", "(광고)첫 글", "[광고] 첫 글", " (광 고) 첫 글", "（광.고）첫 글", "첫 글"],
)
def test_a_label_is_not_said_twice_and_no_variant_of_it_stays(line: str) -> None:
    assert labelled(line, KOREAN_LABEL) == "(광고) 첫 글"


def test_a_word_in_brackets_that_is_another_one_stays() -> None:
    assert labelled("(대출광고) 첫 글", KOREAN_LABEL) == "(광고) (대출광고) 첫 글"


@given(st.text())
def test_a_mark_never_stands_before_the_label(line: str) -> None:
    subject = labelled(line, KOREAN_LABEL)
    assert marked(subject, "[test]").startswith("(광고) [test]")
    assert marked("첫 글", "[test]") == "[test] 첫 글"
