"""The door to Babel: catalogues of messages, dates in words, and what languages are called.

A catalogue is `locale/LANGUAGE/LC_MESSAGES/DOMAIN.po` in the package. It is read as it stands, once
a process, so that there is nothing to compile and nothing that could be out of step: English is
the source, and a message whose English text changed since is in English until it is translated.
Babel is imported where it is first needed: most runs have nothing to say to anybody.
"""

from __future__ import annotations

import gettext
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"

Catalogue = gettext.NullTranslations
"""`pgettext(context, english)`, and `npgettext(context, one, many, number)` by the plural rule."""

_RIGHT_TO_LEFT = frozenset(
    {
        "apc",
        "ar",
        "arc",
        "ary",
        "bal",
        "brh",
        "bgn",
        "bqi",
        "ckb",
        "dv",
        "fa",
        "glk",
        "he",
        "ks",
        "lrc",
        "mzn",
        "nqo",
    }
    | {"ps", "rhg", "sd", "sdh", "skr", "syr", "trw", "ug", "ur", "yi"}
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset(
    {"adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"}
)


@lru_cache(maxsize=1024)
def base_language(tag: str) -> str:
    """The language of a tag without script and region: "ko" of "ko-KR" (RFC 5646, 2.2.1)."""
    return tag.replace("_", "-").partition("-")[0].lower()


def direction(tag: str) -> str:
    """`rtl` for a language tag whose text runs from right to left, else `ltr`.

    A script in the tag decides (RFC 5646, 2.2.3): `az-Arab` and `ar-Latn` are not as their
    languages are.
    """
    script = next((part.lower() for part in tag.split("-")[1:] if len(part) == 4), "")
    if script and script.isalpha():
        return "rtl" if script in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if base_language(tag) in _RIGHT_TO_LEFT else "ltr"


@cache
def languages(domain: str) -> frozenset[str]:
    """The languages that say what `domain` says: those with a catalogue, and English."""
    found = (path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{domain}.po"))
    return frozenset({"en", *found})


@cache
def catalogue(domain: str, language: str) -> Catalogue:
    """The messages of a language that is one of `languages`; English is as it stands in the code.

    A message that is missing or marked as fuzzy is in English.
    """
    file = FOLDER / language / "LC_MESSAGES" / f"{domain}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with file.open("rb") as source:
        found = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def written(moment: date, pattern: str, language: str) -> str:
    """A day by a pattern of CLDR, such as `EEEE, d MMMM y`, whatever the machine's locale."""
    from babel import dates

    return dates.format_date(moment, pattern, locale=language)


def language_name(tag: str) -> str:
    """What a language calls itself, such as 한국어; the tag where Babel does not know it."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(tag, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name or tag


def weekday_names(language: str) -> list[str]:
    """The weekdays in a language that has a catalogue or is English, from Monday."""
    from babel import dates

    names = dates.get_day_names("wide", locale=language)
    return [names[number] for number in range(7)]
