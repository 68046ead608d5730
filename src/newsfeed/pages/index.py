"""The front page, and the list of all titles by year."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from newsfeed.model import Article
from newsfeed.pages.frame import Values, frame, is_dated, picture, published
from newsfeed.pages.links import Links
from newsfeed.pages.words import short_date, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsfeed.pages.site import Site
    from newsfeed.templating import Templates

SHOWN = 50
"""Articles on the front page; the list of all titles has the rest."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An article and the plain text that stands below its title."""

    article: Article
    summary: str = ""


def index_page(
    templates: Templates, site: Site, entries: Sequence[Entry], *, total: int = 0
) -> bytes:
    """The front page: the first `SHOWN` of `entries`, in the order given (newest first).

    Where `total` articles are more than are shown, it ends with a link to `site.all_url`. Raises
    TemplateError where the template is missing or broken.
    """
    links = Links(site.home_url, site.home_url)
    shared = frame(site, links, url=site.home_url, title=site.title, description=site.description)
    shown = [_entry(entry, site, links) for entry in entries[:SHOWN]]
    more = total if site.all_url and total > len(shown) else 0
    return templates.html("index.html.j2", {**shared, "entries": shown, "more": more}).encode()


def all_page(templates: Templates, site: Site, articles: Sequence[Article]) -> bytes:
    """The list of all titles at `site.all_url`: by year in the order given, undated ones apart.

    Raises TemplateError where the template is missing or broken.
    """
    links = Links(site.home_url, site.all_url)
    title = words_for(site.language)["all"]
    shared = frame(site, links, url=site.all_url, title=title)
    groups: list[Values] = [
        {"year": year, "articles": [_line(article, site, links) for article in group]}
        for year, group in groupby(articles, key=lambda article: _year(article, site))
    ]
    own: Values = {"groups": groups, "count": len(articles)}
    return templates.html("all.html.j2", {**shared, **own}).encode()


def _entry(entry: Entry, site: Site, links: Links) -> Values:
    article = entry.article
    return {
        "url": links.local(article.url),
        "title": article.title,
        "language": article.language,
        "summary": entry.summary,
        "published": published(article, site),
        "categories": article.categories,
        "image": picture(article.image, links),
    }


def _line(article: Article, site: Site, links: Links) -> Values:
    local = article.published.astimezone(site.zone)
    language = words_for(site.language)["language"]
    return {
        "url": links.local(article.url),
        "title": article.title,
        "language": article.language,
        "iso": local.date().isoformat() if is_dated(article) else "",
        "day": short_date(local, language) if is_dated(article) else "",
    }


def _year(article: Article, site: Site) -> int:
    """The year in the site's zone; 0 for an article without a date of its own."""
    return article.published.astimezone(site.zone).year if is_dated(article) else 0
