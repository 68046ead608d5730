"""The letter's own words."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest

from newsfeed.digest.words import (
    ENGLISH,
    KOREAN,
    Words,
    direction,
    words_for,
    written_date,
    written_day,
)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", KOREAN),
        ("ko-KR", KOREAN),
        ("KO", KOREAN),
        ("en-GB", ENGLISH),
        ("ja", ENGLISH),
        ("", ENGLISH),
    ],
)
def test_a_language_without_words_of_its_own_gets_english_ones(language: str, words: Words) -> None:
    """Regions do not matter."""
    assert words_for(language) is words


def test_dates_are_written_as_people_write_them() -> None:
    """Without any help from the machine's locale."""
    monday = date(2026, 11, 23)
    assert written_day(monday, KOREAN) == "2026년 11월 23일 월요일"
    assert written_date(monday, KOREAN) == "2026년 11월 23일"
    assert written_day(monday, ENGLISH) == "Monday, 23 November 2026"
    assert written_date(monday, ENGLISH) == "23 November 2026"


@pytest.mark.parametrize("words", [KOREAN, ENGLISH])
def test_every_pattern_knows_only_its_names(words: Words) -> None:
    """A translation cannot ask for what is not given."""
    names = {
        pattern: {name for _, name, _, _ in Formatter().parse(getattr(words, pattern)) if name}
        for pattern in ("why", "rest", "day", "date")
    }
    assert names["why"] == {"title"}
    assert names["rest"] == {"count"}
    assert names["day"] == {"year", "month", "day", "weekday"}
    assert names["date"] == {"year", "month", "day"}


def test_the_direction_follows_the_language() -> None:
    """Arabic and Hebrew from the right, all others from the left."""
    assert [direction(tag) for tag in ("ar-EG", "he", "ko", "en")] == ["rtl", "rtl", "ltr", "ltr"]
