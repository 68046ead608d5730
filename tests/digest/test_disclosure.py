"""A letter that advertises says who sends it and how to refuse the next, as its law wants it."""

from __future__ import annotations

import msgspec
import pytest

from newsfeed.digest.compose import UNSUBSCRIBE, compose
from newsfeed.digest.disclosure import Disclosure, refuse_undisclosed
from newsfeed.errors import OutputError
from newsfeed.model import Letter
from tests.digest.letters import SENDER, SMALL, SPECIAL, TEMPLATES, edition, item, made, tree

FACTS = Disclosure(
    name="한반도 <브리핑> & 친구들",
    email="desk@example.org",
    phone="02-123-4567",
    postal_address="서울특별시 예시구 보기로 1",
    law="ko",
)


def advertisement(language: str = "ko", said: Disclosure = FACTS) -> Letter:
    """A letter that advertises."""
    sender = msgspec.structs.replace(SENDER, disclosure=said)
    return made(edition(item(), language=language), sender=sender)


def links(letter: Letter) -> dict[str, str]:
    """The links of the letter's HTML by their words."""
    return {link.text_content(): link.get("href") for link in tree(letter).iter("a")}


@pytest.mark.parametrize("language", ["ko", "en", "ja", "fr"])
def test_both_parts_name_the_sender_and_how_to_reach_them__l_k_04(language: str) -> None:
    letter = advertisement(language)
    shown = tree(letter).text_content()
    for fact in (FACTS.name, FACTS.email, FACTS.phone, FACTS.postal_address):
        assert fact in shown
        assert fact in letter.text


@pytest.mark.parametrize("language", ["ko", "en", "ja"])
def test_one_can_refuse_in_korean_and_in_english_free_of_charge__l_k_07(language: str) -> None:
    letter = advertisement(language)
    for name in ("수신거부", "Unsubscribe"):
        assert links(letter)[name] == UNSUBSCRIBE
        assert f"{name}:\n{UNSUBSCRIBE}" in letter.text
    for free in ("무료", "free of charge"):
        assert free in letter.html
        assert free in letter.text


def test_in_japanese_the_way_out_the_address_and_where_to_complain_are_named__l_j_03() -> None:
    letter = advertisement("ja", msgspec.structs.replace(FACTS, law="ja", phone=""))
    assert links(letter)["配信停止"] == UNSUBSCRIBE
    for words in (
        "送信者: ",
        "住所: ",
        "苦情の受付先: desk@example.org",
        f"配信停止:\n{UNSUBSCRIBE}",
    ):
        assert words in letter.text
    assert "수신거부" not in letter.html


def test_elsewhere_the_way_out_is_in_the_letters_language_alone() -> None:
    letter = advertisement("en", msgspec.structs.replace(FACTS, law=""))
    assert "free of charge" in letter.text
    assert "수신거부" not in letter.text + letter.html


def test_a_letter_that_does_not_advertise_has_nothing_of_it() -> None:
    """Off and invisible: the footer is as short as ever."""
    for plain in (made(SMALL), made(SPECIAL)):
        assert "무료" not in plain.html + plain.text
        assert "보내는 사람" not in plain.html + plain.text


def test_the_web_copy_names_the_sender_and_holds_no_way_out() -> None:
    web = advertisement().web
    assert FACTS.phone in web
    assert UNSUBSCRIBE not in web
    assert "수신거부" not in web


def test_the_postal_address_is_not_said_twice() -> None:
    sender = msgspec.structs.replace(SENDER, disclosure=FACTS, postal_address=FACTS.postal_address)
    letter = compose(edition(item()), sender, TEMPLATES)
    assert letter.text.count(FACTS.postal_address) == 1


def refused(letter: Letter) -> str:
    """Why a letter is refused."""
    with pytest.raises(OutputError) as told:
        refuse_undisclosed(letter, FACTS, "ko", UNSUBSCRIBE)
    return str(told.value)


def test_a_template_that_leaves_something_out_is_refused() -> None:
    """Also where it is there, but only as a comment or in a style."""
    whole = advertisement()
    refuse_undisclosed(whole, FACTS, "ko", UNSUBSCRIBE)
    hidden = whole.html.replace(FACTS.phone, f"<!-- {FACTS.phone} -->")
    lacking = {
        "the HTML part does not say 02-123-4567": {"html": hidden},
        "the text part does not say Unsubscribe": {"text": whole.text.replace("Unsub", "un-")},
        "the text part does not say 한반도": {"text": whole.text.replace(FACTS.name, "")},
        "no link to leave by": {"text": whole.text.replace(UNSUBSCRIBE, "")},
    }
    for why, changes in lacking.items():
        assert why in refused(msgspec.structs.replace(whole, **changes))
