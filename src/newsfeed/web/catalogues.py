"""The door to Babel: catalogues of messages, and what languages and weekdays are called.

A catalogue is `locale/LANGUAGE/LC_MESSAGES/web.po` in the package. It is read as it stands when the
pages are made, so that there is nothing to compile and nothing that could be out of step: English
is the source, and a message whose English text changed since is in English until it is translated.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from babel import Locale, UnknownLocaleError, dates
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[1] / "locale"
DOMAIN = "LC_MESSAGES/web.po"

Catalogue = Callable[[str, str], str]
"""Context and English text -> the text in its language."""


def languages() -> list[str]:
    """The languages that there are catalogues for."""
    return sorted(path.parents[1].name for path in FOLDER.glob(f"*/{DOMAIN}"))


def catalogue(language: str) -> Catalogue:
    """The messages of a language that is one of `languages`."""
    with (FOLDER / language / DOMAIN).open("rb") as file:
        found = read_po(file, locale=language)

    def said(context: str, english: str) -> str:
        message = found.get(english, context) if english else None
        translated = message.string if message and not message.fuzzy else ""
        return translated if isinstance(translated, str) and translated else english

    return said


def language_name(tag: str) -> str:
    """What a language calls itself, such as 한국어; the tag where Babel does not know it."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name or tag


def weekday_names(language: str) -> list[str]:
    """The weekdays in a language that has a catalogue or is English, from Monday."""
    names = dates.get_day_names("wide", locale=language)
    return [names[number] for number in range(7)]
