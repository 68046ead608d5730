"""A letter in another language: who gets which, and what is different in it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsfeed.catalogues import base_language, languages
from newsfeed.digest.compose import LIMIT
from newsfeed.digest.gate import flaws
from newsfeed.digest.variants import variant_for, wanted
from newsfeed.digest.words import DOMAIN, words_for
from newsfeed.errors import OutputError
from newsfeed.model import Letter
from tests.digest.letters import INTRO, SENDER, edition, item, made, message

TAGS = st.sampled_from(
    ["", "ko", "ko-KR", "KO", "en", "en-GB", "ja", "ja-JP", "de", "fr", "zh-Hant"]
)
OWN = TAGS.filter(bool)
EDITION = edition(
    item(1, title="첫 글"), item(2, language="en", title="Second"), more=(item(3),), intro=INTRO
)


def spoken(language: str) -> Letter:
    """The letter of an edition in Korean, in another language."""
    return made(msgspec.structs.replace(EDITION, spoken=language), "excerpt")


@given(own=OWN, read=st.lists(TAGS))
def test_whoever_reads_a_language_that_we_have_words_for_gets_those(
    own: str, read: list[str]
) -> None:
    variants = {own, *wanted(own, read)}
    for tag in read:
        words = words_for(variant_for(tag, variants, own))
        knows = base_language(tag) in languages(DOMAIN)
        assert words == words_for(tag if knows else own)


@given(own=OWN, read=st.lists(TAGS), later=TAGS)
def test_whatever_somebody_reads_they_get_a_letter_that_there_is(
    own: str, read: list[str], later: str
) -> None:
    variants = {own, *wanted(own, read)}
    assert variant_for(later, variants, own) in variants


@given(own=OWN, read=st.lists(TAGS))
def test_no_variant_says_the_same_as_another(own: str, read: list[str]) -> None:
    variants = [own, *wanted(own, read)]
    assert len({words_for(one).language for one in variants}) == len(variants)


def test_a_variant_differs_in_the_letters_own_words_alone() -> None:
    """What sender and authors wrote stands in each as it was, and in its own language."""
    pages = [html.document_fromstring(spoken(language).html) for language in ("", "en")]
    assert [page.get("lang") for page in pages] == ["ko", "ko"]
    own, other = (
        [
            (part.get("lang"), " ".join("".join(map(str, part.itertext())).split()))
            for selector in ("title", "h1", ".body", ".headline", ".summary", ".entry", ".kicker")
            for part in page.cssselect(selector)
        ]
        for page in pages
    )
    assert len(own) > 6
    assert own == other


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_word_of_ours_is_in_the_language_of_the_variant_and_marked_so(language: str) -> None:
    words = words_for(language)
    page = html.document_fromstring(spoken(language).html)
    for said in (words.read_more, words.unsubscribe, words.view_online, words.also_new):
        found = [one for one in page.iter() if (one.text or "").strip() == said]
        assert {_marked(one) for one in found} == {language}
    ours = [one for one in page.iter() if (one.text or "").strip() == SENDER.site_title]
    assert {_marked(one) for one in ours} == {"ko"}
    text = spoken(language).text
    assert words.unsubscribe in text
    assert words_for("ko").unsubscribe not in text


def _marked(element: html.HtmlElement) -> str:
    """The language in which an element is read aloud."""
    return str(next(filter(None, (one.get("lang") for one in (element, *element.iterancestors())))))


def test_every_variant_has_the_same_subject_and_the_web_copy_is_of_the_own_one() -> None:
    letters = [spoken(language) for language in ("", "en", "ja")]
    assert len({one.subject for one in letters}) == 1
    assert [bool(one.web) for one in letters] == [True, False, False]


def test_no_variant_is_larger_than_mail_programs_take() -> None:
    big = edition(*(item(number, f"<p>{'긴 글 ' * 4_000}</p>") for number in range(5)))
    assert len(made(msgspec.structs.replace(big, spoken="ja")).html.encode()) <= LIMIT


def test_a_message_says_in_which_languages_it_is() -> None:
    """The frame's first; the gate lets it out."""
    data = message(spoken("en"), language="en", languages=("en", "ko_KR"))
    assert b"\r\nContent-Language: en, ko-KR\r\n" in data
    assert flaws(data) == []


@pytest.mark.parametrize("tag", ["", "ko KR", "en\r\nBcc: x@example.org", "한국어"])
def test_no_header_is_written_of_what_is_no_language(tag: str) -> None:
    with pytest.raises(OutputError, match="is no language"):
        message(spoken("en"), languages=(tag,))
