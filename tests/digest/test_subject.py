"""The subject line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest import cells
from newsfeed.digest.subject import LIMIT, subject
from newsfeed.errors import SettingsError


def line(pattern: str, title: str = "주간 브리핑", lead: str = "첫 글", where: str = "") -> str:
    """The subject of an edition of five articles."""
    return subject(
        pattern, title=title, lead=lead, count=5, more=4, date="2026년 11월 23일", where=where
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{title}: {lead}", "주간 브리핑: 첫 글"),
        ("{lead} 외 {more}건", "첫 글 외 4건"),
        ("[{title}] {count} new, {date}", "[주간 브리핑] 5 new, 2026년 11월 23일"),
        ("{{{title}}}", "{주간 브리핑}"),
        ("no names", "no names"),
    ],
)
def test_a_pattern_is_filled_with_its_names(pattern: str, expected: str) -> None:
    """title, lead, count, more and date; doubled braces are braces."""
    assert line(pattern) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "{titel}",
        "{}",
        "{0}",
        "{title.__class__}",
        "{title[0]}",
        "{title!r}",
        "{title:>99}",
        "{",
        "a}",
    ],
)
def test_anything_else_in_braces_is_refused_with_the_names(pattern: str) -> None:
    """No attribute, index, conversion or width: a pattern cannot reach beyond its names."""
    with pytest.raises(SettingsError) as caught:
        line(pattern, where="config.toml: newsletters.weekly.subject")
    assert str(caught.value).startswith("config.toml: newsletters.weekly.subject: the subject")
    assert "{title}, {lead}, {count}, {more}, {date}" in str(caught.value)


def test_a_pattern_that_comes_out_empty_is_refused() -> None:
    """A letter without a subject is never made."""
    with pytest.raises(SettingsError, match="comes out empty"):
        line("{lead}", lead="\u202e \u2028")


def test_braces_in_a_title_are_letters() -> None:
    """Article text is never a pattern (S-17)."""
    assert line("{lead}", lead="{title} {{7*7}} {0.__class__}") == "{title} {{7*7}} {0.__class__}"


def test_only_the_lead_is_shortened_and_at_a_word() -> None:
    """60 cells: a wide character counts two; the end stays."""
    long = "핵억제 합의 한미 정상의 강력한 연대와 긴 제목이 이어지는 경우입니다"
    assert line("{title}: {lead} 외 {more}건", lead=long) == (
        "주간 브리핑: 핵억제 합의 한미 정상의 강력한 연대와… 외 4건"
    )


def test_a_lead_that_stands_twice_shares_the_room() -> None:
    """The limit is for the line, not for each name."""
    assert cells.width(line("{lead} / {lead}", lead="가나다라 " * 12)) <= LIMIT


def test_an_emoji_is_never_cut_in_two() -> None:
    """A family of four joined people stays or goes as a whole."""
    family = "👨\u200d👩\u200d👧\u200d👦"
    shortened = line("{lead}", lead=family * 40)
    assert shortened.removesuffix("…").replace(family, "") == ""


@given(st.text(max_size=200), st.text(min_size=1, max_size=40))
def test_any_title_gives_one_clean_line(lead: str, title: str) -> None:
    """NFC, no control, no override, no line end; 60 cells where the title leaves room."""
    try:
        made = line("{title}: {lead}", title=title, lead=lead)
    except SettingsError:
        return
    assert unicodedata.is_normalized("NFC", made)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in made)
    assert not set(made) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    if cells.width(title) < LIMIT - 20:
        assert cells.width(made) <= LIMIT
