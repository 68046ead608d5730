"""Which languages an edition speaks besides its own, and which of them somebody gets.

A variant differs in the letter's own words alone: what the sender and the authors wrote is the same
in each. It is named by a language that has a catalogue, such as `en`; the edition's own letter by
its language tag as the settings have it, such as `ko-KR`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.catalogues import base_language, languages
from newsfeed.digest.words import DOMAIN, words_for

if TYPE_CHECKING:
    from collections.abc import Container, Iterable


def wanted(own: str, read: Iterable[str]) -> tuple[str, ...]:
    """The variants that an edition in the language `own` needs for people who read `read`: tags,
    "" for whoever did not say. None of a language without words, or with those of its own letter.
    """
    others = languages(DOMAIN) - {words_for(own).language}
    return tuple(sorted(others & {base_language(tag) for tag in read}))


def variant_for(read: str, variants: Container[str], own: str) -> str:
    """The variant for somebody who reads `read` ("" for whoever did not say): theirs where there
    is one, else the edition's `own`.
    """
    language = base_language(read)
    return language if language in variants else own
