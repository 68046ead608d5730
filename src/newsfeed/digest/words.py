"""The letter's own words and dates, in English here and in other languages by the catalogues.

A catalogue is `locale/LANGUAGE/LC_MESSAGES/letter.po`; its contexts are the names that stand here.
A language without one has English words, and dates in English with them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from newsfeed.catalogues import base_language, catalogue, direction, languages, written

if TYPE_CHECKING:
    from datetime import date

__all__ = ["ENGLISH", "Words", "direction", "words_for"]

DOMAIN = "letter"


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says beside its articles.

    `why` is a pattern for `{title}`, `greeting` for `{name}`. `day` and `date` are patterns of
    CLDR for a day with its weekday, and for one without.
    """

    language: str
    greeting: str
    greeting_nobody: str
    read_more: str
    also_new: str
    why: str
    unsubscribe: str
    preferences: str
    view_online: str
    subscribe: str
    day: str
    date: str


ENGLISH = Words(
    language="en",
    greeting="Hello {name},",
    greeting_nobody="Hello,",
    read_more="Read more",
    also_new="Also new",
    why="You get this letter because you subscribed to {title}.",
    unsubscribe="Unsubscribe",
    preferences="Preferences",
    view_online="View in browser",
    subscribe="Subscribe",
    day="EEEE, d MMMM y",
    date="d MMMM y",
)

COUNTED = {
    "rest": ("{count} more article on the web", "{count} more articles on the web"),
    "articles": ("{count} article", "{count} articles"),
}
"""What depends on a number: for one, and for several. Languages have other rules (CLDR)."""


def words_for(language: str) -> Words:
    """The words of a language tag such as `ko-KR`; English where there are none."""
    return _words(base_language(language) if has_words(language) else "en")


def has_words(language: str) -> bool:
    """Whether letters have words for a language tag."""
    return base_language(language) in languages(DOMAIN)


def rest(count: int, words: Words) -> str:
    """That there are `count` more articles: `3 more articles on the web`."""
    return _counted("rest", count, words)


def articles(count: int, words: Words) -> str:
    """How many articles: `1 article`, `3 articles`, `글 3건`."""
    return _counted("articles", count, words)


def written_day(moment: date, words: Words) -> str:
    """A day with its weekday: `2026년 11월 23일 월요일`, `Monday, 23 November 2026`."""
    return written(moment, words.day, words.language)


def written_date(moment: date, words: Words) -> str:
    """A date: `2026년 11월 23일`, `23 November 2026`."""
    return written(moment, words.date, words.language)


def messages() -> dict[str, tuple[str, ...]]:
    """Everything that a catalogue has to say: context -> the English text, in one form or two."""
    single = {name: (text,) for name, text in msgspec.structs.asdict(ENGLISH).items()}
    del single["language"]
    return {**single, **COUNTED}


@cache
def _words(language: str) -> Words:
    said = catalogue(DOMAIN, language)
    english = msgspec.structs.asdict(ENGLISH)
    return Words(
        **{name: said.pgettext(name, text) for name, text in english.items() if name != "language"},
        language=language,
    )


def _counted(name: str, count: int, words: Words) -> str:
    one, many = COUNTED[name]
    pattern = catalogue(DOMAIN, words.language).npgettext(name, one, many, count)
    return pattern.replace("{count}", str(count))
