"""Promises about excerpts: short, whole, and cut where a reader would pause."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.collect.markup import author_excerpt, excerpt

KOREAN = (
    "이번 주의 국제 정세는 다양한 이슈가 이어지고 있습니다. 주목할 만한 사안들을 소개하겠습니다. "
    "나토 정상회의에서 공동 성명을 냈어요. 그리고 끝입니다."
)


def clusters(text: str) -> list[str]:
    found: list[str] = regex.findall(r"\X", text)
    return found


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        (KOREAN, 200, KOREAN),
        (KOREAN, 40, "이번 주의 국제 정세는 다양한 이슈가 이어지고 있습니다."),
        (KOREAN, 20, "이번 주의 국제 정세는 다양한…"),
        ("성명을 냈어요. 그리고 더 길게 이어졌다", 12, "성명을 냈어요."),
        (
            "Mr. Kim met Dr. Lee at the U.N. today. Then he left.",
            45,
            "Mr. Kim met Dr. Lee at the U.N. today.",
        ),
        ("Is it so? Nobody knows it.", 12, "Is it so?"),
        ('"끝났다." 그는 그렇게 말하고 떠났다', 10, '"끝났다."'),
        ("월터 E. 워싱턴 컨벤션센터에서", 10, "월터 E. 워싱턴…"),
        ("2024. 7. 12. 열린 회담이다", 12, "2024. 7. 12…"),
        ("これは文です。これは二番目の文です。", 10, "これは文です。"),
        ("これは句点がなくてとても長い文だ", 8, "これは句点がな…"),
        ("今天天气很好！我们去公园散步", 8, "今天天气很好！"),
        ("가나다라마바사아자차", 5, "가나다라…"),
        ("하나, 둘, 셋, 넷, 다섯", 9, "하나, 둘, 셋…"),
        ("끝나지 않은 이야기... 그리고 계속", 14, "끝나지 않은 이야기..."),
        ("가나다 라마바……사아자", 9, "가나다 라마바…"),
        ("워싱턴 월터 E. 워…", 200, "워싱턴 월터 E. 워…"),
        ("  가\n나\xa0다  ", 200, "가 나 다"),
        ("", 5, ""),
        ("가나", 1, "…"),
    ],
)
def test_the_cut_is_at_a_sentence_a_word_or_a_grapheme(
    text: str, limit: int, expected: str
) -> None:
    """In this order of preference, and with one ellipsis where it is not a sentence's end."""
    assert excerpt(text, limit) == expected


@pytest.mark.parametrize(
    "unit", ["👩‍👩‍👧‍👦", "🇰🇷", "👍🏽", "각", unicodedata.normalize("NFD", "각"), "e\u0301"]
)
def test_no_grapheme_is_split(unit: str) -> None:
    """Families, flags, syllables of jamo and accents stay whole."""
    assert excerpt(unit * 30, 5) == unit * 4 + "…"


@given(st.text() | st.text(alphabet=". …!?가나 a。\u0301\u200d👩🇰"), st.integers(1, 30))
def test_an_excerpt_is_a_short_beginning(text: str, limit: int) -> None:
    """At most `limit` clusters, a prefix of the text, never two ellipses added, and idempotent."""
    line = " ".join(text.split())
    cut = excerpt(text, limit)
    assert len(clusters(cut)) <= limit
    assert line.startswith((cut, cut.removesuffix("…")))
    assert excerpt(cut, limit) == cut
    if cut != line and not line.startswith(cut):
        assert not cut.removesuffix("…").endswith("…")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("한미 정상회담: 채택   2023년, 월터 E. 워…\n", "한미 정상회담: 채택 2023년, 월터 E. 워…"),
        ("끝...", "끝…"),
        ("끝……", "끝…"),
        ("끝.…", "끝…"),
        ("끝.", "끝."),
        ("## 제목\n\n본문 **굵게** [글](https://example.org)", "제목 본문 굵게 글"),
        ("10~20일 30~40일 `코드` <b>굵게</b> &amp; 끝", "10~20일 30~40일 코드 굵게 & 끝"),
        ("2024. 7. 12. *발표*", "2024. 7. 12. 발표"),
        ("2024. 7. 12. 발표", "2024. 7. 12. 발표"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("<script>x</script>글", "글"),
        ("- 하나\n- 둘", "하나 둘"),
        ("#해시 snake_case {{7*7}}", "#해시 snake_case {{7*7}}"),
        ("![그림](x.png) 글", "글"),
        ("&#8;글&#0;<b>", "글\ufffd"),
        ("", ""),
    ],
)
def test_an_authors_excerpt_is_clean_text_and_not_cut(written: str, text: str) -> None:
    """Markup goes, words stay, and dots at the end are one ellipsis."""
    assert author_excerpt(written) == text


def test_an_authors_excerpt_may_be_long() -> None:
    """Nothing is cut, however much the author wrote."""
    assert author_excerpt("글 " * 1000) == ("글 " * 1000).strip()
