"""The sender's own words and the greeting at the top of a letter."""

from __future__ import annotations

import pytest

from newsfeed.digest.compose import GREETING, LIMIT, UNSUBSCRIBE
from newsfeed.digest.gate import flaws
from newsfeed.errors import OutputError
from newsfeed.model import Letter
from tests.digest.letters import (
    INTRO,
    SMALL,
    SPECIAL,
    edition,
    item,
    long_body,
    made,
    message,
    page_of,
    tree,
)
from tests.digest.reading import contents


@pytest.fixture(scope="module")
def special() -> Letter:
    """The letter without articles."""
    return made(SPECIAL)


def test_own_words_stand_before_the_articles() -> None:
    """In both parts, after the greeting; their headings beside those of the articles."""
    letter = made(edition(item(1, "<p>본문</p>"), intro=INTRO))
    in_html = (GREETING, ">독자 모임<", "편집실 드림</p>", ">1번째 글</a>")
    in_text = (GREETING, "\n독자 모임\n", "편집실 드림", "\n1번째 글\n")
    for part, words in ((letter.html, in_html), (letter.text, in_text)):
        places = [part.index(word) for word in words]
        assert places == sorted(places)
    assert [h.tag for h in tree(letter).iter("h1", "h2", "h3")] == ["h1", "h2", "h2"]


def test_an_edition_of_own_words_alone_is_a_whole_letter(special: Letter) -> None:
    """A special edition has no article; its preheader are its words."""
    page = tree(special)
    assert page.xpath("//td[contains(@class, 'article')] | //td[contains(@class, 'also')]") == []
    first = next(text for text in page.find("body").itertext() if text.strip())
    assert first.startswith("독자 모임 12월 3일에 모입니다. 안내 페이지를 봐 주세요. 편집실 드림")
    assert "https://e.example/meet" in special.text
    assert special.html.count(UNSUBSCRIBE) == 2
    assert flaws(message(special)) == []


def test_own_words_leave_less_room_for_articles() -> None:
    """The limit holds for the whole letter."""
    items = [item(n, long_body(10)) for n in range(9)]
    letter = made(edition(*items, intro=long_body(20)))
    assert len(letter.html.encode()) <= LIMIT
    assert letter.html.count("가나다라마바사아자차") > 20 * 1024 // 37


def test_own_words_that_no_letter_can_hold_are_refused() -> None:
    """They cannot be cut, and a letter that is would lose its way out."""
    with pytest.raises(OutputError, match="too large"):
        made(edition(intro=long_body(120)))


def test_the_greeting_is_in_both_parts_once() -> None:
    """The same line for the eyes and for text readers."""
    small = made(SMALL)
    assert small.html.count(GREETING) == small.text.count(GREETING) == 1
    octets = message(small, to_name="<i>김서연</i> & {{ 7*7 }}")
    text, page = contents(octets)
    assert "\n<i>김서연</i> & {{ 7*7 }}님, 안녕하세요.\n" in text
    lines = page_of(page).find_class("greeting")
    assert [line.text_content().strip() for line in lines] == [
        "<i>김서연</i> & {{ 7*7 }}님, 안녕하세요."
    ]
    assert flaws(octets) == []


def test_emphasis_in_own_words_stands_upright_where_the_script_has_no_italics() -> None:
    """As in the articles: Hangul that leans is hard to read, so that it is bold."""
    style = tree(made(edition(intro="<p><em>답장</em></p>"))).find(".//em").get("style")
    assert "font-style: normal" in style
    assert (
        "font-style: normal" not in made(edition(intro="<p><em>Reply</em></p>", language="en")).html
    )
