"""Categories, tags, authors and languages of a collection, with a slug each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from newsfeed.collect.conflicts import one_file
from newsfeed.model import Article, Head, Term
from newsfeed.text import short_hash, slug

FOLDERS = {"categories": "category", "tags": "tag", "authors": "author", "languages": "language"}
"""The key of `feeds.paths` for each kind of term."""


class Terms:
    """The terms of one kind. A term whose slug is taken gets `-` and a hash of its name.

    Slugs follow from the articles at hand alone. Promised: all slugs differ, also where a file
    system ignores case; a newcomer never changes the slug of a term that was published before
    it; and the order in which one article lists its terms does not matter. Not promised: that a
    slug stays when others go. Once the last article of "C++" is gone, "C--" gets the plain `c`;
    and an old article to which "C--" is added later is older than the first one of "C++".
    """

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        """`names` are those of each article, in the order of first publication."""
        self._slugs: dict[str, str] = {}
        taken: set[str] = set()
        for group in names:
            fresh = [name for name in dict.fromkeys(group) if name not in self._slugs]
            self._slugs |= dict.fromkeys(fresh, "")
            for name in sorted(fresh, key=_claim):
                self._slugs[name] = _free(name, taken)
                taken.add(one_file(self._slugs[name]))

    def __iter__(self) -> Iterator[Term]:
        """The terms, in the order of first publication."""
        return map(self.term, self._slugs)

    def term(self, name: str) -> Term:
        """The term of a name that was given."""
        return Term(name=name, slug=self._slugs[name])


def _claim(name: str) -> tuple[bool, str]:
    """Who comes first in one article: the name that is its own slug, then by characters."""
    return slug(name) != name.casefold(), name


def _free(name: str, taken: Collection[str]) -> str:
    """The slug of a name, with as many hashes behind it as it takes to be the only one."""
    free = slug(name) or short_hash(name)
    salt = name
    while one_file(free) in taken:
        free = f"{slug(name)}-{short_hash(salt)}".lstrip("-")
        salt += name
    return free


def whole(pattern: str, name: str) -> str:
    """The path of a term's feed: in the folder that `pattern` is, `name`; else `pattern` itself."""
    return pattern + name if pattern.endswith("/") else pattern


class Vocabulary(NamedTuple):
    """The terms of every kind."""

    categories: Terms
    tags: Terms
    authors: Terms
    languages: Terms


def vocabulary(articles: Iterable[Head]) -> Vocabulary:
    """All terms of the articles."""
    ordered = sorted(articles, key=attrgetter("sequence"))
    return Vocabulary(
        categories=Terms(_different("categories", ordered)),
        tags=Terms(_different("tags", ordered)),
        authors=Terms(_different("authors", ordered)),
        languages=Terms((language,) for language in _different("language", ordered)),
    )


def _different(field: str, articles: Iterable[Head]) -> Iterable[Any]:
    """What articles say in a field, in their order and each once, since many say the same."""
    return dict.fromkeys(map(attrgetter(field), articles))


def names(article: Article, kind: str) -> tuple[str, ...]:
    """The article's terms of a kind: "categories", "tags", "authors" or "languages"."""
    if kind == "languages":
        return (article.language,)
    terms: tuple[str, ...] = getattr(article, kind)
    return terms
