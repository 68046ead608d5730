"""The page for somebody who wants to subscribe and has never seen a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from newsfeed.pages.frame import Values, frame
from newsfeed.pages.links import Links
from newsfeed.pages.site import FeedLink
from newsfeed.pages.words import words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsfeed.pages.site import Letters, Site
    from newsfeed.templating import Templates


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A category (or tag, author, language) with a feed of its own, in one or more formats."""

    name: str
    feeds: tuple[FeedLink, ...]


class TopicGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All topics of one kind; `kind` is as in the setting `[feeds] by`."""

    kind: Literal["categories", "tags", "authors", "languages"]
    topics: tuple[Topic, ...]


def subscribe_page(
    templates: Templates,
    site: Site,
    groups: Sequence[TopicGroup] = (),
    *,
    opml_url: str = "",
    letters: Letters | None = None,
) -> bytes:
    """The page at `site.subscribe_url`, with the site's own feeds and those of the topics, and
    where there are `letters` with the way to them.

    Its head names the site's feeds and each topic's first. Raises TemplateError where the
    template is missing or broken.
    """
    links = Links(site.home_url, site.subscribe_url)
    words = words_for(site.language)
    firsts = tuple(topic.feeds[0] for group in groups for topic in group.topics if topic.feeds)
    shared = frame(
        site,
        links,
        url=site.subscribe_url,
        title=words["subscribe"],
        description=words["lead"],
        feeds=firsts,
    )
    own: Values = {
        "feeds": [_feed(feed, links) for feed in site.feeds],
        "groups": [_group(group, links) for group in groups if group.topics],
        "opml": links.local(opml_url),
        "letters": _letters(letters) if letters else None,
    }
    return templates.html("subscribe.html.j2", {**shared, **own}).encode()


def _letters(letters: Letters) -> Values:
    titles: list[Values] = [
        {"title": title, "language": language} for title, language in letters.titles
    ]
    return {"form": letters.form_url, "titles": titles}


def _group(group: TopicGroup, links: Links) -> Values:
    topics: list[Values] = [
        {"name": topic.name, "feeds": [_feed(feed, links) for feed in topic.feeds]}
        for topic in group.topics
    ]
    return {"kind": group.kind, "topics": topics}


def _feed(feed: FeedLink, links: Links) -> Values:
    """`url` is what people copy; `href` leads there from this page."""
    return {
        "format": feed.format,
        "title": feed.title,
        "url": feed.url,
        "href": links.local(feed.url),
        "media_type": feed.media_type,
    }
