"""Each article and what becomes of it: the answer to "why is my post missing?"."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import msgspec

from newsfeed.collect.entry import Entry, Folder
from newsfeed.collect.identity import appears
from newsfeed.flows.build import Workshop
from newsfeed.flows.feeding import plan_feeds
from newsfeed.flows.terms import vocabulary
from newsfeed.model import Article
from newsfeed.store import editions


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `left_out` says why it is not published, "" where it is; `feeds` are files below
    the output folder, `editions` the letters that it is in; `date` is aware and `dated` says where
    it comes from.
    """

    source: str
    path: str
    title: str = ""
    date: datetime | None = None
    dated: str = ""
    id: str = ""
    url: str = ""
    feeds: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    left_out: str = ""
    remedy: str = ""


def listing(shop: Workshop) -> list[Listed]:
    """Every file of the sources: published ones in the order of feeds, then the others."""
    collection = shop.collection
    feeds: dict[str, list[str]] = defaultdict(list)
    for feed in plan_feeds(shop.plan, collection, vocabulary(collection.heads)):
        for article in feed.articles:
            feeds[article.id] += feed.paths.values()
    published = {(a.source, a.path): a for a in collection.articles}
    sent = editions.by_article(shop.db)
    listed = [
        _published(article, tuple(feeds[article.id]), tuple(sent.get(article.id, ())))
        for article in collection.articles
    ]
    others = [
        _left_out(source, entry, shop.seams.now)
        for (source, path), entry in sorted(collection.entries.items())
        if (source, path) not in published
    ]
    unread = [
        Listed(source="", path=fault.path, left_out=fault.problem, remedy=fault.remedy)
        for fault in shop.scanned.faults
    ]
    return listed + others + unread


def explain(shop: Workshop, wanted: Path) -> list[Listed]:
    """What becomes of one file, or of the files in one folder; with a reason if it is none."""
    place = _spelled(wanted.absolute())
    folders = shop.plan.folders
    found = [
        one
        for one in listing(shop)
        if any(
            _spelled(folder.root / one.path).is_relative_to(place)
            for folder in folders
            if one.source in {folder.name, ""}  # a file that could not be read has no source
        )
    ]
    return found or [_unknown(wanted, place, folders)]


def _spelled(path: Path) -> Path:
    """The path without `..` and in NFC, as the paths of articles are."""
    return Path(normalize("NFC", os.path.normpath(path)))


def _published(article: Article, feeds: tuple[str, ...], sent: tuple[str, ...]) -> Listed:
    return Listed(
        source=article.source,
        path=article.path,
        title=article.title,
        date=article.published,
        dated=article.dated.value,
        id=article.id,
        url=article.url,
        feeds=feeds,
        editions=sent,
    )


def _left_out(source: str, entry: Entry, now: datetime) -> Listed:
    reason, remedy = entry.left_out, ""
    if entry.fault:
        line = f"line {entry.fault.line}: " if entry.fault.line else ""
        reason, remedy = line + entry.fault.problem, entry.fault.remedy
    elif not reason and (begins := appears(entry)) and begins > now:
        reason, remedy = "its date is in the future", "it appears then, or change its `date`"
    elif not reason and entry.until and entry.until <= now:
        reason, remedy = "it has expired", "change its `expiryDate`"
    return Listed(
        source=source,
        path=entry.path,
        title=entry.title,
        date=entry.date,
        dated=entry.dated.value if entry.dated else "",
        url=entry.url,
        left_out=reason,
        remedy=remedy,
    )


def _unknown(wanted: Path, place: Path, folders: tuple[Folder, ...]) -> Listed:
    """Why a path is not even among the files of the sources."""
    source = next((f for f in folders if place.is_relative_to(_spelled(f.root))), None)
    if not wanted.exists():
        reason, remedy = "there is no such file", "mend the path"
    elif source is None:
        reason, remedy = "it lies in no source", "add its folder to `[[sources]]`"
    else:
        reason = f"by the rules of {source.convention.name} it is no article"
        remedy = (
            "see docs/guides/ for what that generator takes for one"
            if source.convention.has_site
            else "give it an ending such as .md, and no name that begins with a dot or underscore"
        )
    return Listed(source="", path=str(wanted), left_out=reason, remedy=remedy)
