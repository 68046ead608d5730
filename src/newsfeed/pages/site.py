"""What every page knows of its site, and the feeds that it tells browsers about."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from newsfeed.catalogues import base_language

FORMATS = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
}
"""Media types that a feed link may have (standards F-D-02), and what people call them."""


class FeedLink(msgspec.Struct, frozen=True, kw_only=True):
    """One feed in one format. `title` is the feed's own, `url` absolute, `language` "" if mixed."""

    title: str
    url: str
    media_type: str
    language: str = ""

    @property
    def format(self) -> str:
        """The format's name, such as "RSS"."""
        return FORMATS.get(self.media_type, self.media_type)


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """What comes by e-mail: where the form to ask for it is, and each title with its language."""

    form_url: str
    titles: tuple[tuple[str, str], ...]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The site around a page. All addresses are absolute; `home_url` ends with a slash.

    `feeds` are the main ones, the default first. `zone` is the one that dates are shown in.
    `subscribe_url` and `all_url` are "" where there is no such page.
    """

    title: str
    home_url: str
    language: str
    zone: ZoneInfo
    description: str = ""
    author: str = ""
    feeds: tuple[FeedLink, ...] = ()
    subscribe_url: str = ""
    all_url: str = ""


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """The article before or after another one."""

    title: str
    url: str
    language: str = ""


def discovery(feeds: tuple[FeedLink, ...], language: str) -> list[dict[str, str]]:
    """Autodiscovery links for a page in `language`, whose feeds come first (standards F-D-01).

    Each title ends with the format's name, since readers show nothing else to tell the formats
    of a feed apart (F-D-02).
    """
    own = base_language(language)
    ordered = sorted(feeds, key=lambda f: bool(f.language) and base_language(f.language) != own)
    return [
        {
            "title": f"{feed.title} ({feed.format})",
            "url": feed.url,
            "media_type": feed.media_type,
            "language": feed.language,
        }
        for feed in ordered
    ]
