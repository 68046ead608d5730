"""Feeds that a site makes by a template of its own, as the RSS plugin's documentation shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.eleventy.configured import Feed
from newsfeed.collect.conventions.eleventy.fences import parse
from newsfeed.errors import ArticleError, SettingsError

_PLACES = ("", "feed", "feeds")
_NAME = re.compile(r".*(?:feed|atom|rss).*\.(?:njk|liquid)", re.IGNORECASE)
_COLLECTION = re.compile(r"\bcollections(?:\.([A-Za-z_]\w*)|\[\s*[\"']([^\"']+)[\"']\s*\])")
_LIMIT = re.compile(r"\b(?:head\(\s*-?|eleventyFeedHead\(\s*|limit\s*:\s*)(\d{1,4})")
_ROOTS = (("atom", "<feed"), ("rss", "<rss"))


def feeds_of_templates(folder: Path) -> tuple[Feed, ...]:
    """The feeds that templates in the input folder make, told by their names and what is in them;
    of each format the first.
    """
    found: dict[str, Feed] = {}
    for path in _candidates(folder):
        feed = _feed(path)
        if feed:
            found.setdefault(feed.format, feed)
    return tuple(found.values())


def _candidates(folder: Path) -> Iterator[Path]:
    for place in _PLACES:
        try:
            names = sorted(path.name for path in (folder / place).iterdir())
        except OSError:
            continue
        yield from (folder / place / name for name in names if _NAME.fullmatch(name))


def _feed(path: Path) -> Feed | None:
    try:
        front = parse(sites.read_text(path))
    except (SettingsError, ArticleError):
        return None
    kind = next((kind for kind, root in _ROOTS if root in front.body), None)
    collection = _COLLECTION.search(front.body)
    link = front.values.get("permalink")
    if kind is None or collection is None or not isinstance(link, str) or "{" in link:
        return None
    limit = _LIMIT.search(front.body)
    metadata = front.values.get("metadata")
    return Feed(
        format=kind,
        path=link.strip("/"),
        collection=collection[1] or collection[2],
        limit=int(limit[1]) if limit else 0,
        metadata=metadata if isinstance(metadata, dict) else {},
    )
