"""What all pages share, as the plain values that the layout template prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.catalogues import direction
from newsfeed.model import DateOrigin
from newsfeed.pages.site import discovery
from newsfeed.pages.words import long_date, words_for

if TYPE_CHECKING:
    from datetime import datetime

    from newsfeed.model import Article, Image
    from newsfeed.pages.links import Links
    from newsfeed.pages.site import FeedLink, Site
    from newsfeed.templating import Plain

Values = dict[str, "Plain"]


def frame(
    site: Site,
    links: Links,
    *,
    url: str,
    title: str,
    language: str = "",
    description: str = "",
    feeds: tuple[FeedLink, ...] = (),
) -> Values:
    """Values for the layout: of the page itself, of its site, and the words of the site.

    `language` is the page's own, "" if the site's; `feeds` are told to browsers after the site's.
    """
    language = language or site.language
    return {
        "words": words_for(site.language),
        "site": {
            "title": site.title,
            "description": site.description,
            "author": site.author,
            "language": site.language,
            "home": links.local(site.home_url),
            "subscribe": links.local(site.subscribe_url),
            "all": links.local(site.all_url),
        },
        "page": {
            "url": url,
            "title": title,
            "language": language,
            "direction": direction(language),
            "description": description,
            "discovery": discovery((*site.feeds, *feeds), language),
        },
    }


def day(moment: datetime, site: Site) -> Values:
    """A moment as a machine and as a person of the site's zone read it."""
    local = moment.astimezone(site.zone)
    return {
        "iso": local.isoformat(timespec="seconds"),
        "text": long_date(local, words_for(site.language)["language"]),
    }


def published(article: Article, site: Site) -> Values | None:
    """When the article appeared; None where that is only the day on which we first saw it."""
    return day(article.published, site) if is_dated(article) else None


def is_dated(article: Article) -> bool:
    """Whether the article's date is one that a reader may be told."""
    return article.news or article.dated is not DateOrigin.FIRST_SEEN


def picture(image: Image | None, links: Links) -> Values | None:
    """An image for an `img` element; `url` stays absolute for those who share the page."""
    if image is None:
        return None
    return {
        "url": image.url,
        "src": links.local(image.url),
        "alt": image.alt,
        "width": image.width,
        "height": image.height,
    }
