"""A mail that is no edition as a page: it says what its text says, with one button at most."""

from __future__ import annotations

import pytest
from lxml import html

from newsfeed.audience.notice_words import KINDS, Facts, notice_words
from newsfeed.audience.wording import wording_for
from newsfeed.digest.gate import flaws
from newsfeed.digest.notice import build_notice
from newsfeed.digest.notice_page import LINK, notice_page
from newsfeed.digest.theme import DEFAULT
from tests.digest.letters import ROOT, SLOT, page_of
from tests.digest.reading import contents

FOLDER = (ROOT / "templates" / "email",)
LANGUAGES = ("ko", "en", "ja")
SITE = "https://news.example.org/"
SENDER = "한반도 <브리핑> & 친구들 <news@example.org>"


def asking(language: str) -> tuple[str, str]:
    """The mail that asks to confirm two newsletters, its text and its page."""
    words = wording_for(language).titled("주간 브리핑")
    text = words.letter(link=LINK, sender=SENDER, site=SITE, others=["Feeds & Letters"])
    page = notice_page(
        FOLDER, "confirm", DEFAULT, language, words.subject, text, words.action, "state"
    )
    return text, page


def notice(kind: str, language: str) -> tuple[str, str]:
    """The text and the page of a notice."""
    words = notice_words(language)
    told = words.notice(
        kind,
        Facts(
            title="주간 {link} 브리핑", short="주간", sender=SENDER, site=SITE, date="d", link=LINK
        ),
    )
    page = notice_page(
        FOLDER, "notice", DEFAULT, language, told.subject, told.text, words.action, "state"
    )
    return told.text, page


def bare(text: str) -> str:
    """Without white space, and without what became a link."""
    return "".join(text.replace(LINK, "").split())


def shown(page: str) -> html.HtmlElement:
    """What is in the body."""
    return page_of(page).find("body")


EVERY = [
    *(asking(language) for language in LANGUAGES),
    *(notice(kind, language) for kind in KINDS for language in LANGUAGES),
]


@pytest.mark.parametrize(("text", "page"), EVERY)
def test_the_page_says_what_the_text_says(text: str, page: str) -> None:
    seen = bare(shown(page).text_content())
    for line in text.splitlines():
        assert bare(line).rstrip(":") in seen


@pytest.mark.parametrize(("text", "page"), EVERY)
def test_links_are_the_persons_own_and_the_site_and_words_that_are_an_address_lead_there(
    text: str, page: str
) -> None:
    links = [(link.get("href"), link.text_content()) for link in shown(page).iter("a")]
    assert [url for url, _ in links] == [LINK] * (LINK in text) + [SITE]
    assert all(words == url for url, words in links if words.startswith("http"))
    assert LINK not in shown(page).text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_asks_to_confirm_has_one_button_and_no_other_way(language: str) -> None:
    _, page = asking(language)
    (button,) = shown(page).xpath("//td[contains(@class, 'button')]/a")
    assert button.get("href") == LINK
    assert button.text_content() == wording_for(language).action
    assert DEFAULT.light.as_css()["on_accent"] in button.get("style")
    assert "<img" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_its_language_and_lines_that_were_wrapped_are_joined(language: str) -> None:
    text, page = asking(language)
    assert page_of(page).get("lang") == language
    first = text.split("\n\n")[1].split("\n")
    gap = "" if language == "ja" else " "
    assert gap.join(first) in shown(page).text_content()


def test_as_a_message_both_parts_pass_the_gate_and_text_is_first() -> None:
    text, page = asking("ko")
    octets = build_notice(
        "구독 확인",
        text,
        from_name="한반도 브리핑",
        from_address="news@example.org",
        to_address="reader@example.com",
        date=SLOT,
        message_id="<c.1@example.org>",
        html=page,
    )
    assert flaws(octets) == []
    first, second = contents(octets)
    assert (first, second.startswith("<!DOCTYPE html>")) == (text, True)
