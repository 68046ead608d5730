"""Widths on a grid, and cuts that no reader stumbles over."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsfeed.digest import cells
from newsfeed.digest.wrap import wrapped

TEXTS = st.text(max_size=60) | st.text(
    alphabet="가한글ABC xyz,.「」。ー漢字👍é\u0301\u200d", max_size=60
)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("한글", 4),
        (unicodedata.normalize("NFD", "한글"), 4),
        ("日本語。", 8),
        ("ｱ", 1),
        ("Ａ", 2),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧\u200d👦", 2),
        ("🇰🇷", 2),
        ("❤\ufe0f", 2),
        ("\u200b", 0),
        ("", 0),
    ],
)
def test_width_is_what_a_terminal_shows(text: str, width: int) -> None:
    """Wide characters take two cells, marks and joiners none (UAX 11)."""
    assert cells.width(text) == width


@given(st.text(alphabet=st.characters(min_codepoint=0x3000, max_codepoint=0xFFFF), max_size=9))
def test_the_short_way_to_a_width_agrees_with_the_long_one(text: str) -> None:
    """Counting bytes gives the same as looking at every grapheme."""
    assert cells.width(text) == sum(cells.width(f"\u2060{g}") for g in cells.graphemes(text))


@given(TEXTS, st.integers(1, 40))
def test_a_cut_keeps_within_its_limit_and_is_a_beginning(text: str, limit: int) -> None:
    """What fits stays; else whole graphemes of the beginning, and one ellipsis."""
    cut = cells.cut(text, limit)
    if cells.width(text) <= limit:
        assert cut == text
    else:
        assert cells.width(cut) <= limit
        assert text.startswith(cut.removesuffix(cells.ELLIPSIS))


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("안녕, 세상 여러분", 8, "안녕…"),
        ("안녕하세요 여러분", 12, "안녕하세요…"),
        ("one two three", 9, "one two…"),
        ("한글", 3, "한…"),
        ("한글", 1, "…"),
    ],
)
def test_a_cut_falls_on_a_space_and_leaves_no_comma(text: str, limit: int, cut: str) -> None:
    """As an editor would cut."""
    assert cells.cut(text, limit) == cut


@given(TEXTS, st.integers(2, 20))
def test_pieces_are_the_text(text: str, limit: int) -> None:
    """Nothing is lost between pieces, and each fits."""
    pieces = list(cells.pieces(text, limit))
    assert "".join(pieces) == text
    assert all(cells.width(piece) <= limit for piece in pieces)


@given(TEXTS.filter(str.isprintable), st.integers(12, 40))
def test_wrapping_loses_no_word_and_keeps_within_the_width(text: str, width: int) -> None:
    """Only long words without wide characters may stick out; spaces become line ends."""
    lines = wrapped(text, "- ", "  ", width).split("\n")
    assert "".join("".join(lines).split()) == "".join(f"-{''.join(text.split())}".split())
    for line in lines:
        assert cells.width(line) <= width or " " not in line.strip(" -")


def test_an_address_is_never_broken() -> None:
    """A long URL in a line of Korean stays in one piece."""
    url = "https://news.example.org/" + "가" * 60
    assert url in wrapped(f"자세한 내용은 {url} 에 있습니다").split("\n")


def test_japanese_breaks_between_characters() -> None:
    """A language without spaces is filled like any other."""
    text = "日本語の長い文章は空白がないので文字の間で折り返さなければなりません。" * 2
    assert all(cells.width(line) <= 72 for line in wrapped(text).split("\n"))
