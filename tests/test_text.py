"""Promises about text: legal everywhere, on one line, and as a part of an address."""

from __future__ import annotations

import re
import unicodedata
from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from newsfeed.text import clean, legal, one_line, scrub, short_hash, slug

ANY_TEXT = st.text(st.characters())  # lone surrogates too
TROUBLE = "\x00\x08\x0b\x1b\x7f\x80\x9f\ufdd0\ufdef\ufeff\ufffe\uffff\ud800\udfff"


@given(ANY_TEXT)
@example(TROUBLE)
def test_clean_text_is_legal_in_xml_and_read_back_as_it_is(text: str) -> None:
    """lxml accepts it (F-X-02), and no carriage return is there for a parser to change."""
    cleaned = clean(text)
    assert (etree.fromstring(f"<a>{escape(cleaned)}</a>").text or "") == cleaned


@given(ANY_TEXT)
@example("e\x00\u0301")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("character", TROUBLE)
def test_each_forbidden_character_is_dropped_and_counted(character: str) -> None:
    assert scrub(f"a{character}b{character}") == ("ab", 2)


def test_all_line_ends_become_line_feeds_and_are_not_counted_as_dropped() -> None:
    assert scrub("a\r\nb\rc\x85d\n") == ("a\nb\nc\nd\n", 0)


def test_what_is_allowed_stays() -> None:
    text = "탭\t 줄\n, é, 👩\u200d👩\u200d👧, \xa0, \u2028, \ufffd, \U0010fffd"
    assert scrub(text) == (text, 0)


@given(st.text())
def test_a_title_from_a_mac_and_one_from_elsewhere_are_equal(text: str) -> None:
    """Decomposed Hangul gives the same text and the same slug as composed (F-X-03)."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert clean(composed) == clean(decomposed)
    assert slug(composed) == slug(decomposed)


@given(ANY_TEXT)
@example("a\u202e\u0301 \u2066")
def test_one_line_has_no_white_space_but_single_spaces_and_does_not_change_again(
    text: str,
) -> None:
    line = one_line(text)
    assert line.split() == ([] if line == "" else line.split(" "))
    assert one_line(line) == line


def test_white_space_of_every_kind_becomes_one_space() -> None:
    assert one_line("\u3000 한\n\xa0\t미\u2028\u2029정상 \x85") == "한 미 정상"


def test_titles_cannot_reorder_what_stands_around_them() -> None:
    """Overrides, embeddings and isolates go (S-36)."""
    assert one_line("safe\u202egnp.exe\u202c \u2066x\u2069") == "safegnp.exe x"


def test_joiners_and_direction_marks_within_a_title_stay() -> None:
    text = "👨\u200d👩\u200d👧 می\u200cخواهم \u200f(\u200e"
    assert one_line(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("한반도 안보 美핵전력과의 협력!", "한반도-안보-美핵전력과의-협력"),
        ("Hello,  World -- again", "hello-world-again"),
        ("v1.2_beta~3", "v1.2_beta~3"),
        ("../../etc/passwd", "etc-passwd"),
        ("..%2f", "2f"),
        (".git", "git"),
        ("a/b\\c", "a-b-c"),
        ("Straße ÀÉ", "straße-àé"),
        ("हिन्दी", "हिन्दी"),
        ("❤️ 사랑 ❤️", "사랑"),
        ("①위 ½", "위"),
        ("..", ""),
        ("!?", ""),
        ("", ""),
    ],
)
def test_slugs_keep_letters_marks_and_digits_of_all_scripts(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(ANY_TEXT, st.integers(1, 60))
def test_slugs_hold_only_what_the_design_allows(text: str, size: int) -> None:
    """Letters, marks, digits and `-._~` in NFC, not too long, safe as a name in a folder."""
    result = slug(text, size)
    categories = {unicodedata.category(c) for c in re.sub("[-._~]", "", result)}
    assert all(category[0] in "LM" or category == "Nd" for category in categories)
    assert unicodedata.is_normalized("NFC", result)
    assert len(result.encode()) <= size
    assert result == result.strip("-.")
    assert "--" not in result


@given(ANY_TEXT, st.integers(1, 60))
@example("İstanbul", 60)
def test_a_slug_of_a_slug_is_the_same(text: str, size: int) -> None:
    assert slug(slug(text, size), size) == slug(text, size)


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert slug("하나 둘 셋넷다섯", 20) == "하나-둘"


def test_a_long_word_is_cut_between_graphemes() -> None:
    assert slug("가나다", 8) == "가나"
    assert slug("ab" + "x\u0323\u0304" * 3, 9) == "abx\u0323\u0304"
    assert slug("\u1112\u119e\u11ab" * 2, 12) == "\u1112\u119e\u11ab"


def test_a_short_hash_is_six_hex_digits_of_sha_256() -> None:
    assert short_hash("한글") == "bd87f9"
    assert short_hash("\ud800") != short_hash("\ud801")


def test_finished_markup_keeps_its_brackets() -> None:
    """NFC joins `>` and U+0338 into one character that ends no tag."""
    assert legal("<b>\u0338 onclick=x\x07</b>") == "<b>\u0338 onclick=x</b>"
    assert clean("<b>\u0338") != "<b>\u0338"
