"""The subject line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest import cells
from newsfeed.digest.pattern import Facts, fill, parse
from newsfeed.digest.preheader import LIMIT as PREHEADER
from newsfeed.digest.preheader import preheader, preheader_by
from newsfeed.digest.subject import LIMIT, pattern_of, subject
from newsfeed.errors import SettingsError
from newsfeed.text import one_line
from tests.digest.letters import item


def facts(title: str = "주간 브리핑", lead: str = "첫 글", more: int = 4) -> Facts:
    """What is known of an edition."""
    return Facts(title=title, lead=lead, count=more + 1, more=more, date="2026년 11월 23일")


def line(pattern: str, title: str = "주간 브리핑", lead: str = "첫 글", where: str = "") -> str:
    """The subject of an edition of five articles."""
    return subject(pattern, facts(title=title, lead=lead), where)


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


FAMILY = "👨\u200d👩\u200d👧\u200d👦"
WORDS = (
    "한미 정상회담",
    "각\u1112\u1161\u11ab",
    "東京の新しい記事",
    "中文標題",
    FAMILY,
    "👩🏽\u200d🚀",
    "🇰🇷",
    "❤\ufe0f",
    "שלום עולם",
    "مرحبا بالعالم",
    "\u200fنص\u200f",
    "\u202eoverridden",
    "a\u0301\u0300",
    "क्षि",
    "plain words",
    "{lead}",
    "…",
    " ",
)
mixed = st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=24).map("".join)
patterns = st.lists(
    st.sampled_from(
        ["{title}", "{lead}", "{count}", "{more}", "{date}", "{{", "}}", " 외 ", FAMILY]
    )
    | mixed.map(lambda text: text.replace("{", "").replace("}", "")),
    min_size=1,
    max_size=5,
).map("".join)


@given(patterns, mixed, mixed, st.integers(0, 10**6), st.sampled_from([LIMIT, PREHEADER]))
def test_any_pattern_gives_one_clean_line_within_its_limit(
    pattern: str, title: str, lead: str, more: int, limit: int
) -> None:
    """NFC, no control, no override, no line end, and never wider than mail programs show."""
    made = fill(parse(pattern, "subject"), facts(title, lead, more), limit)
    assert cells.width(made) <= limit
    assert unicodedata.is_normalized("NFC", made)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in made)
    assert not set(made) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(mixed, st.sampled_from([LIMIT, PREHEADER]))
def test_what_is_left_of_a_title_are_whole_graphemes_of_it(lead: str, limit: int) -> None:
    made = fill(parse("{lead}", "subject"), facts(lead=lead), limit)
    whole = one_line(lead)
    if made != whole:
        kept = cells.graphemes(made.removesuffix("…"))
        assert cells.graphemes(whole)[: len(kept)] == kept


def test_a_title_that_leaves_no_room_is_cut_as_well() -> None:
    made = line("{title}: {lead}", title="아주 긴 이름을 가진 뉴스레터 " * 5, lead="글")
    assert cells.width(made) <= LIMIT
    assert made.endswith("…")


@pytest.mark.parametrize(
    ("usual", "one", "more", "expected"),
    [
        ("{lead} 외 {more}건", "", 4, ("{lead} 외 {more}건", "subject")),
        ("{lead} 외 {more}건", "", 0, ("{title}: {lead}", "subject")),
        ("[{title}] {lead}", "", 0, ("[{title}] {lead}", "subject")),
        ("{lead} 외 {more}건", "{lead}", 0, ("{lead}", "subject_one")),
        ("{lead} 외 {more}건", "{lead}", 1, ("{lead} 외 {more}건", "subject")),
    ],
)
def test_a_single_article_has_a_pattern_of_its_own(
    usual: str, one: str, more: int, expected: tuple[str, str]
) -> None:
    """Nobody reads "and 0 more"."""
    assert pattern_of(usual, one, more) == expected


def test_a_preheader_that_counts_the_others_is_left_out_where_there_are_none() -> None:
    assert preheader_by("{lead} 외 {more}건", facts()) == "첫 글 외 4건"
    assert preheader_by("{lead} 외 {more}건", facts(more=0)) == ""
    assert preheader_by("{count}건", facts(more=0)) == "1건"


def test_a_wrong_name_in_a_preheader_is_told_with_its_key() -> None:
    with pytest.raises(SettingsError, match=r"^newsletters\.weekly\.preheader: the preheader "):
        preheader_by("{summary}", facts(), "newsletters.weekly.preheader")


@given(mixed, mixed)
def test_a_preheader_of_the_first_words_keeps_within_its_limit(summary: str, title: str) -> None:
    made = preheader("", (item(summary=summary), item(title=title)))
    assert cells.width(made) <= PREHEADER
    assert made == one_line(made)
