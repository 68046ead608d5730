"""Which articles the next edition shows. Values in, values out."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import msgspec

from newsfeed.model import Article

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What a newsletter is about. An empty tuple selects everything of its kind.

    An article belongs to it if of each kind one name fits. Names match whatever their case;
    a language also matches its regions (`ko` fits `ko-KR`).
    """

    max_items: int
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The articles of an edition, newest first.

    `items` are shown, `more` are listed by title: both belong to the edition. `before` are those
    that a first edition passes over; record them as used, or the second one would show them.
    """

    items: tuple[Article, ...]
    more: tuple[Article, ...] = ()
    before: tuple[Article, ...] = ()


def choose(
    articles: Sequence[Article],
    selection: Selection,
    used: Collection[str] = (),
    *,
    first: bool = False,
) -> Choice:
    """The next edition's articles out of `articles`, which come newest first.

    `used` are the ids of articles that an edition already has. A newsletter's `first` edition
    takes the newest `max_items`, dated or not. Later ones take all that are new; articles that
    were there undated before any edition (`news` is False) are not. (Guarantee 2.)
    """
    taken = frozenset(used)
    fresh = [
        article
        for article in articles
        if article.id not in taken and (first or article.news) and _belongs(article, selection)
    ]
    shown, rest = tuple(fresh[: selection.max_items]), tuple(fresh[selection.max_items :])
    return Choice(items=shown, before=rest) if first else Choice(items=shown, more=rest)


def _belongs(article: Article, selection: Selection) -> bool:
    return (
        _fits(selection.sources, (article.source,))
        and _fits(selection.categories, article.categories)
        and _fits(selection.tags, article.tags)
        and _fits(selection.languages, _languages(article.language))
    )


def _fits(wanted: tuple[str, ...], names: tuple[str, ...]) -> bool:
    return not wanted or not {_key(name) for name in wanted}.isdisjoint(map(_key, names))


def _languages(tag: str) -> tuple[str, ...]:
    """The tag `zh-Hant-TW` and what it is a case of: `zh-Hant`, `zh`."""
    parts = tag.split("-")
    return tuple("-".join(parts[:end]) for end in range(1, len(parts) + 1))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
