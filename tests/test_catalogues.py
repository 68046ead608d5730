"""The catalogues: whole, in step with the English source, and what else Babel is asked for."""

from __future__ import annotations

import gettext
import re
from datetime import date
from io import BytesIO

import pytest
from babel import Locale, localedata
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from newsfeed import catalogues
from newsfeed.catalogues import FOLDER, direction, language_name, languages, written
from newsfeed.digest import words as letter
from newsfeed.web import words as web

SOURCES = {
    "letter": letter.messages(),
    "web": {context: (text,) for context, text in web.messages().items()},
}

FILES = [
    (language, domain)
    for domain in SOURCES
    for language in sorted(languages(domain))
    if language != "en"
]

every_catalogue = pytest.mark.parametrize(("language", "domain"), FILES)


def entries(language: str, domain: str) -> list[Message]:
    """The messages of a catalogue as Babel reads the file."""
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return [one for one in read_po(file, locale=language) if one.id]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A text in all its forms."""
    assert text is not None
    return (text,) if isinstance(text, str) else tuple(text)


def test_letters_speak_korean_english_and_japanese() -> None:
    assert languages("letter") == {"ko", "en", "ja"}


@every_catalogue
def test_a_catalogue_says_everything_that_is_said_today_and_nothing_else(
    language: str, domain: str
) -> None:
    found = {str(one.context): forms(one.id) for one in entries(language, domain)}
    assert found == SOURCES[domain]


@every_catalogue
def test_every_message_is_translated_and_none_is_only_guessed(language: str, domain: str) -> None:
    found = entries(language, domain)
    assert [one.context for one in found if one.fuzzy] == []
    assert [one.context for one in found if not all(map(str.strip, forms(one.string)))] == []


@every_catalogue
def test_a_translation_names_the_same_things_in_each_of_its_forms(
    language: str, domain: str
) -> None:
    for one in entries(language, domain):
        asked = sorted(re.findall(r"\{(\w+)\}", forms(one.id)[-1]))
        for said in forms(one.string):
            assert (one.context, sorted(re.findall(r"\{(\w+)\}", said))) == (one.context, asked)


@every_catalogue
def test_a_catalogue_has_the_plural_rule_of_its_language(language: str, domain: str) -> None:
    """What Babel knows of the language, and as many forms of each counted message."""
    rule = get_plural(language)
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        found = read_po(file, locale=language)
    assert (found.num_plurals, found.plural_expr) == (rule.num_plurals, rule.plural_expr)
    counted = [one for one in entries(language, domain) if one.pluralizable]
    assert {len(forms(one.string)) for one in counted} <= {rule.num_plurals}


def test_a_guess_and_a_gap_are_said_in_english(tmp_path: object, monkeypatch: object) -> None:
    """Both are told apart from a translation when a catalogue is read."""
    source = (
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        b'#, fuzzy\nmsgctxt "a"\nmsgid "Guess"\nmsgstr "???"\n\n'
        b'msgctxt "b"\nmsgid "Gap"\nmsgstr ""\n'
    )
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale="ko"))
    compiled.seek(0)
    said = gettext.GNUTranslations(compiled)
    assert (said.pgettext("a", "Guess"), said.pgettext("b", "Gap")) == ("Guess", "Gap")


@pytest.mark.parametrize(
    ("tag", "name"), [("ko", "한국어"), ("en-GB", "English (United Kingdom)"), ("zz", "zz")]
)
def test_languages_are_called_by_their_own_names(tag: str, name: str) -> None:
    assert language_name(tag) == name


def test_the_direction_is_the_one_that_babel_knows_of_every_language() -> None:
    """Of all that CLDR describes, with and without scripts and regions. HTML knows two directions,
    so that Mongolian, written downwards, is not `rtl`.
    """
    tags = [name for name in localedata.locale_identifiers() if name != "root"]
    wrong = {
        tag: Locale.parse(tag, sep="-").text_direction
        for tag in (name.replace("_", "-") for name in tags)
        if (direction(tag) == "rtl") != (Locale.parse(tag, sep="-").text_direction == "rtl")
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar-EG", "rtl"),
        ("ar-Latn", "ltr"),
        ("AZ-ARAB", "rtl"),
        ("zh-Hant-TW", "ltr"),
        ("de-1996", "ltr"),
        ("x-anything", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_script_in_a_tag_decides_the_direction(tag: str, expected: str) -> None:
    assert direction(tag) == expected


def test_a_day_is_written_by_the_pattern_whatever_the_locale_of_the_machine() -> None:
    assert written(date(2026, 1, 2), "EEEE d MMMM y", "en") == "Friday 2 January 2026"


def test_a_catalogue_is_read_once() -> None:
    assert catalogues.catalogue("letter", "ko") is catalogues.catalogue("letter", "ko")
