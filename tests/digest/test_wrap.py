"""Lines of at most 72 cells, as a library that is not ours counts them, and where they end."""

from __future__ import annotations

import re
import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from wcwidth import wcswidth

from newsfeed.digest.compose import compose
from newsfeed.digest.plain import plain_text
from newsfeed.digest.view import UNSUBSCRIBE
from newsfeed.digest.wrap import WIDTH, folded, folded_code, wrapped
from tests.digest.letters import SENDER, TEMPLATES, edition, item

WORDS = st.sampled_from(
    [
        *(
            "the",
            "harbour,",
            "1234",
            "x",
            "(한반도)",
            "브리핑은",
            "살림살이를",
            "漢字と",
            "かな。",
            "「港」",
        ),
        *(
            "👨‍👩‍👧‍👦",
            "🇰🇷",
            "❤️",
            "👍🏽",
            "1️⃣",
            "مرحبا",
            "المكتبة،",
            "שלום",
            "e\u0301te\u0301",
            "नमस्ते",
            "ﾊﾟﾝ",
        ),
        *("味噌は、風の通る涼しい場所で仕込みます。" * 3, "가나다라마바사아자차카타파하" * 4),
        *("👩‍👩‍👧‍👦" * 40, "ö" * 90, "W" * 90, "\xadsoft\xadhyphen", "a\u200bb"),
        *("https://example.org/" + "a" * 80, "<https://example.org/>を", "10%", "—", "…"),
    ]
)
TEXT = st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS, max_size=12).map("".join)


def wide(text: str) -> list[str]:
    """Lines of more than 72 cells, but for those that are one address or word of ASCII."""
    return [
        line
        for line in text.split("\n")
        if wcswidth(line) > WIDTH
        and not re.fullmatch(r"(?:> ?|- |\d+\. |[|↪] |\s)*(?:[!-~]+|\S*://\S+)", line)
    ]


INLINE = st.builds(escape, TEXT) | st.builds(
    "<a href='https://e.example/{}'>{}</a>".format,
    st.sampled_from(["", "a" * 90, "%EA%B0%80" * 12]),
    st.builds(escape, TEXT),
)
BLOCKS = st.recursive(
    st.builds("<p>{} {}</p>".format, INLINE, INLINE)
    | st.builds("<h3>{}</h3>".format, INLINE)
    | st.builds("<pre>{}</pre>".format, st.builds(escape, TEXT)),
    lambda inner: (
        st.builds("<blockquote>{}</blockquote>".format, inner)
        | st.builds("<ul><li>{}</li><li>{}</li></ul>".format, inner, inner)
        | st.builds("<ol start=999><li>{}</li><li>{}</li></ol>".format, inner, inner)
        | st.builds("<table><tr><th>{}</th><td>{}</td></tr></table>".format, inner, inner)
    ),
    max_leaves=5,
)


@given(BLOCKS)
def test_no_line_of_an_article_is_wider_than_72_cells(source: str) -> None:
    assert wide(plain_text(source)) == []


@settings(max_examples=20)
@given(title=TEXT, words=TEXT, name=TEXT)
def test_no_line_of_a_letter_is_wider_than_72_cells(title: str, words: str, name: str) -> None:
    """Titles, dates with authors, sections, why it came, and who sent it, too."""
    one = item(1, f"<p>{escape(words)}</p>", title=title, authors=(name,) * 3, categories=(name,))
    two = item(2, title=title, summary=words, language="ja")
    said = replace(SENDER, site_title=name, postal_address=words)
    made = replace(edition(one, two, more=(item(3, title=words),)), title=title)
    letter = compose(made, said, TEMPLATES, by_category=True)
    assert wide(letter.text) == []
    assert f"\n{UNSUBSCRIBE}\n" in letter.text


@pytest.mark.parametrize("tag", ["ul", "ol", "blockquote"])
def test_what_is_nested_deeply_keeps_its_words_within_the_lines(tag: str) -> None:
    inner = {"ul": "<li>", "ol": "<li>", "blockquote": ""}[tag]
    text = plain_text(f"<{tag}>{inner}" * 60 + "하나 둘 셋 " * 20)
    assert wide(text) == []
    assert text.split().count("하나") == 20


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("가나 다라마바", ["가나", "다라마바"]),
        ("漢字かな、。", ["漢字か", "な、。"]),
        ("あ「漢字」", ["あ「漢", "字」"]),
        ("abc漢字cd", ["abc漢字", "cd"]),
        ("大韓은 民國", ["大韓은", "民國"]),
        ("見<https://e.example/>を", ["見", "<https://e.example/>", "を"]),
        ("<https://e.example/>에서 봄", ["<https://e.example/>", "에서 봄"]),
        ("(<https://e.example/>).", ["(<https://e.example/>)."]),
        ("https://e.example/", ["https://e.example/"]),
        ("가나다라마바사", ["가나다라", "마바사"]),
    ],
)
def test_lines_end_where_readers_of_each_language_expect_it(text: str, lines: list[str]) -> None:
    """Korean between words, Japanese between characters by its rules, and never in an address."""
    assert wrapped(text, width=8).split("\n") == lines


def test_lines_that_fit_are_left_as_they_are() -> None:
    """And a wide one goes on behind its quote marks or its indent."""
    kept = "  a   b\n> c\n\n-- \n" + "=" * WIDTH
    assert folded(kept) == kept
    assert folded("> > " + "가나 " * 30).split("\n")[1].startswith("> > 가나")
    assert folded("  " + "ab " * 40).split("\n")[1].startswith("  ab")


def test_a_long_line_of_code_goes_on_behind_a_mark() -> None:
    """Its spaces stay, and nothing is cut that has none."""
    assert list(folded_code("  a  =  'b c'", 9)) == ["  a  =", "↪ 'b c'"]
    assert list(folded_code("\tx" + "y" * 9, 8)) == ["    x" + "y" * 9]
    assert list(folded_code("short", 8)) == ["short"]


def test_code_without_spaces_is_broken_as_running_text_is() -> None:
    assert list(folded_code("  " + "味噌" * 3 + "。", 10)) == ["  味噌味噌", "↪ 味噌。"]
    assert list(folded_code("x" * 9 + " " + "가" * 6, 10)) == ["x" * 9, "↪ 가가가가", "↪ 가가"]
    assert list(folded_code("x" * 9 + " a(味噌)", 10)) == ["x" * 9, "↪ a(味噌)"]


def test_a_long_word_takes_time_that_grows_with_its_length() -> None:
    """What grows with its square takes several times as long on any machine."""
    word = "a" * 200_000
    started = time.process_time()
    assert wrapped(f"so {word} then") == f"so\n{word}\nthen"
    assert time.process_time() - started < 10
