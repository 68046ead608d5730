"""Categories, tags, authors and languages of a collection, with slugs that stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from newsfeed.model import Article, Term
from newsfeed.text import short_hash, slug


class Terms:
    """The terms of one kind. A term whose slug is taken gets `-` and a hash of its name."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` in the order of first publication, so that a newcomer changes no slug."""
        self._slugs: dict[str, str] = {}
        taken: set[str] = set()
        for name in dict.fromkeys(names):
            wanted = slug(name) or short_hash(name)
            free = wanted if wanted not in taken else f"{wanted}-{short_hash(name)}"
            taken.add(free)
            self._slugs[name] = free

    def __iter__(self) -> Iterator[Term]:
        """The terms, in the order of first publication."""
        return (Term(name=name, slug=slug) for name, slug in self._slugs.items())

    def term(self, name: str) -> Term:
        """The term of a name that was given."""
        return Term(name=name, slug=self._slugs[name])


class Vocabulary(NamedTuple):
    """The terms of every kind."""

    categories: Terms
    tags: Terms
    authors: Terms
    languages: Terms


def vocabulary(articles: Iterable[Article]) -> Vocabulary:
    """All terms of the articles."""
    ordered = sorted(articles, key=attrgetter("sequence"))
    return Vocabulary(
        categories=Terms(name for a in ordered for name in a.categories),
        tags=Terms(name for a in ordered for name in a.tags),
        authors=Terms(name for a in ordered for name in a.authors),
        languages=Terms(a.language for a in ordered),
    )


def names(article: Article, kind: str) -> tuple[str, ...]:
    """The article's terms of a kind: "categories", "tags", "authors" or "languages"."""
    if kind == "languages":
        return (article.language,)
    terms: tuple[str, ...] = getattr(article, kind)
    return terms
