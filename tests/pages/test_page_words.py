"""Promises about the pages' own words and dates."""

from __future__ import annotations

import re
from datetime import date

import pytest

from newsfeed.pages.words import CATALOGUE, long_date, short_date, words_for
from tests.pages.kit import FOLDER

SOURCES = (*FOLDER.glob("*.j2"), *(FOLDER.parents[1] / "src/newsfeed/pages").glob("*.py"))


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_every_language_has_the_same_words(language: str) -> None:
    """And the same places to fill in."""
    words, english = CATALOGUE[language], CATALOGUE["en"]
    assert words.keys() == english.keys()
    for key, text in words.items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", english[key]), key


def test_every_word_is_used() -> None:
    """By a template or by a page; a word nobody reads is not kept."""
    sources = "\n".join(path.read_text("utf-8") for path in SOURCES)
    used = set(re.findall(r"words\.(\w+)", sources))
    used |= set(re.findall(r"(?:words|words_for\(site\.language\))\[\"(\w+)\"\]", sources))
    topics = {f"by_{kind}" for kind in ("categories", "tags", "authors", "languages")}
    assert used - {"by_"} | topics == CATALOGUE["en"].keys()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ko", "ko"), ("ko-KR", "ko"), ("KO_kr", "ko"), ("en", "en"), ("de", "en"), ("", "en")],
)
def test_a_language_without_words_gets_english(language: str, expected: str) -> None:
    """Regions and scripts make no difference."""
    assert words_for(language)["language"] == expected


@pytest.mark.parametrize("year", [1, 999, 2026, 9999])
def test_dates_are_written_out_without_a_locale(year: int) -> None:
    """No leading zeros, and years of any length."""
    assert long_date(date(year, 3, 1), "ko-KR") == f"{year}년 3월 1일"
    assert long_date(date(year, 3, 1), "en") == f"1 March {year}"
    assert long_date(date(year, 3, 1), "ja") == f"{year}年3月1日"
    assert short_date(date(year, 12, 31), "ko") == "12월 31일"
    assert short_date(date(year, 12, 31), "fr") == "31 December"
