"""The letter's own words, in Korean, English and Japanese."""

from __future__ import annotations

from datetime import date
from string import Formatter

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.catalogues import languages
from newsfeed.digest.words import (
    DOMAIN,
    Words,
    articles,
    direction,
    rest,
    words_for,
    written_date,
    written_day,
)

every_language = pytest.mark.parametrize(
    "words", [words_for(language) for language in sorted(languages(DOMAIN))]
)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("KO", "ko"),
        ("ja-JP", "ja"),
        ("en-GB", "en"),
        ("zh-Hant", "en"),
        ("ar", "en"),
        ("pt-BR", "en"),
        ("", "en"),
    ],
)
def test_a_language_without_words_of_its_own_gets_english_ones(
    language: str, expected: str
) -> None:
    """Regions do not matter."""
    assert words_for(language) is words_for(expected)
    assert words_for(language).language == expected


def test_dates_are_written_as_people_write_them() -> None:
    """With the weekday and without, in each language; without any help from the machine."""
    monday = date(2026, 11, 23)
    assert [written_day(monday, words_for(tag)) for tag in ("ko", "en", "ja", "ar")] == [
        "2026년 11월 23일 월요일",
        "Monday, 23 November 2026",
        "2026年11月23日月曜日",
        "Monday, 23 November 2026",
    ]
    assert [written_date(monday, words_for(tag)) for tag in ("ko", "en", "ja")] == [
        "2026년 11월 23일",
        "23 November 2026",
        "2026年11月23日",
    ]


@given(st.dates())
def test_dates_are_those_of_cldr(day: date) -> None:
    """Its full and long forms; of English the one with the day first."""
    for tag, locale in (("ko", "ko"), ("en", "en_GB"), ("ja", "ja")):
        words = words_for(tag)
        full, long = (format_date(day, form, locale=locale) for form in ("full", "long"))
        assert written_day(day, words).replace(",", "") == full.replace(",", "")
        assert written_date(day, words) == long


def test_one_and_many_are_told_apart_as_each_language_does() -> None:
    """English has two forms; Korean and Japanese count with a word of their own."""
    found = {tag: [rest(n, words_for(tag)) for n in (1, 3)] for tag in ("ko", "en", "ja")}
    assert found == {
        "ko": ["이 밖에 1건을 웹에서 볼 수 있습니다", "이 밖에 3건을 웹에서 볼 수 있습니다"],
        "en": ["1 more article on the web", "3 more articles on the web"],
        "ja": ["このほか1件をウェブで読めます", "このほか3件をウェブで読めます"],
    }
    assert [articles(n, words_for("en")) for n in (0, 1, 2)] == [
        "0 articles",
        "1 article",
        "2 articles",
    ]
    assert [articles(1, words_for(tag)) for tag in ("ko", "ja")] == ["글 1건", "記事1件"]


@every_language
def test_every_pattern_knows_only_its_names(words: Words) -> None:
    """A translation cannot ask for what is not given."""
    for pattern, names in (("why", {"title"}), ("greeting", {"name"})):
        found = Formatter().parse(getattr(words, pattern))
        assert {name for _, name, _, _ in found if name} == names


def test_the_direction_follows_the_language() -> None:
    """Arabic and Hebrew from the right, all others from the left."""
    assert [direction(tag) for tag in ("ar-EG", "he", "ko", "en")] == ["rtl", "rtl", "ltr", "ltr"]
