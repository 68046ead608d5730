"""What we would publish beside a feed that is there already: is it safe to switch?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from newsfeed.errors import NewsfeedError
from newsfeed.feeds.compare import Difference, compared
from newsfeed.flows.build import Workshop
from newsfeed.flows.feeding import Feed, address, feed_outputs, plan_feeds
from newsfeed.flows.plan import Plan
from newsfeed.model import ReadFeed

_MOST = 64 * 1024 * 1024
"""Bytes of a feed that are read."""

_PATIENCE = 30.0


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Their feed `reference` beside ours, which would lie at `path` below the output folder; how
    many entries each has, and what is different.
    """

    reference: str
    path: str
    theirs: int
    ours: int
    differences: tuple[Difference, ...]


def compare(
    shop: Workshop, reference: str, *, fetch: Callable[[str], bytes] | None = None
) -> Comparison:
    """Compare the feed `reference`, a file or an http address, with the one that we would write at
    its address, which is where it was fetched from, or what the feed calls itself.

    Without such a feed of ours it is compared with the one that has the most of its entries, in
    its format where we have it. Nothing is written. Raises NewsfeedError where the feed cannot be
    read, and BodyError, OutputError where ours cannot be made.
    """
    from newsfeed.collect.feedfile import read_feed

    remote = reference.startswith(("http://", "https://"))
    data = (fetch or _fetched)(reference) if remote else _file(Path(reference))
    theirs = read_feed(data, reference)
    ours, path = _ours(shop, theirs, (reference if remote else "", theirs.self_url))
    found = compared(theirs, ours)
    wanted = _wanted(shop.plan, reference if remote else theirs.self_url)
    if wanted and wanted != address(shop.plan, path):
        found = (Difference(kind="address", theirs=wanted, ours=address(shop.plan, path)), *found)
    return Comparison(
        reference=reference,
        path=path,
        theirs=len(theirs.entries),
        ours=len(ours.entries),
        differences=found,
    )


def _wanted(plan: Plan, url: str) -> str:
    """The address at which readers ask for the feed, if it is one of the site's.

    Where a copy of the site runs on this machine, its path counts.
    """
    if not url:
        return ""
    parts, site = urlsplit(url), urlsplit(plan.site_url)
    if parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        parts = parts._replace(scheme=site.scheme, netloc=site.netloc)
    return parts._replace(query="", fragment="").geturl()


def _ours(shop: Workshop, theirs: ReadFeed, places: tuple[str, ...]) -> tuple[ReadFeed, str]:
    """Our feed that comes in the place of `theirs`, read as theirs was, and its path."""
    from newsfeed.collect.feedfile import read_feed
    from newsfeed.flows.bodies import Bodies
    from newsfeed.flows.terms import vocabulary

    plan, collection = shop.plan, shop.collection
    terms = vocabulary(collection.heads)
    feeds = plan_feeds(plan, collection, terms)
    feed, path = _at(plan, feeds, theirs, [_wanted(plan, place) for place in places if place])
    bodies = Bodies(plan.folders, collection)
    (output,) = (one for one in feed_outputs(plan, feed, bodies, terms) if one.path == path)
    return read_feed(output.produce(), path), path


def _at(plan: Plan, feeds: list[Feed], theirs: ReadFeed, urls: list[str]) -> tuple[Feed, str]:
    """The feed of ours at the first of `urls` that has one, else the one that lists the most
    articles of `theirs`, and the fewest others.
    """
    by_address = {
        address(plan, path): (feed, path) for feed in feeds for path in feed.paths.values()
    }
    for url in urls:
        if url in by_address:
            return by_address[url]
    listed = {one for entry in theirs.entries for one in (entry.id, entry.url)}

    def nearness(feed: Feed) -> tuple[int, int]:
        shared = sum(one.id in listed or one.url in listed for one in feed.articles)
        return shared, -len(feed.articles)

    nearest = max((feed for feed in feeds if not feed.archive), key=nearness)
    return nearest, nearest.paths.get(theirs.format) or next(iter(nearest.paths.values()))


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NewsfeedError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            remedy="name a feed's file, or its address with http:// or https://",
        ) from None


def _fetched(url: str) -> bytes:
    """The feed at `url`, which the operator typed: it may be on a server of their own."""
    from newsfeed.net.http import Rules, get

    reply = get(url, Rules(reach="any", plain=True, redirects=3, patience=_PATIENCE, most=_MOST))
    if reply.problem or reply.status != 200:
        raise NewsfeedError(
            reply.problem or f"the server answered {reply.status}",
            where=url,
            remedy="open the address in a browser, or name a file",
        )
    return reply.body
