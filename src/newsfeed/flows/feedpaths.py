"""Which files of the output folder are feeds, told from their paths. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote

from newsfeed.flows.feeding import MEDIA_TYPES, address
from newsfeed.flows.plan import Plan
from newsfeed.flows.terms import FOLDERS, whole
from newsfeed.pages.site import FORMATS


class FeedFile(NamedTuple):
    """A feed's media type, and whether it is of the archive: such are no topics of a hub."""

    media_type: str
    archive: bool = False


def feed_files(plan: Plan) -> Callable[[str], FeedFile | None]:
    """What tells of a path below the output folder which feed it is; None for other files."""
    main: dict[str, FeedFile] = {}
    below: list[tuple[re.Pattern[str], FeedFile]] = []
    for kind in plan.feeds.formats:
        path: str = getattr(plan.feeds.paths, kind)
        feed = FeedFile(MEDIA_TYPES[kind])
        main[path] = feed
        name = re.escape(PurePosixPath(path).name)
        for group in plan.feeds.by:
            pattern = getattr(plan.feeds.paths, FOLDERS[group])
            pieces = whole(pattern, PurePosixPath(path).name).split("{slug}")
            below.append((re.compile("[^/]+".join(map(re.escape, pieces))), feed))
        if kind != "json":
            archive = FeedFile(MEDIA_TYPES[kind], archive=True)
            below.append((re.compile(f"archive/[0-9]+/{name}"), archive))

    def found(path: str) -> FeedFile | None:
        return main.get(path) or next(
            (feed for pattern, feed in below if pattern.fullmatch(path)), None
        )

    return found


def topics(plan: Plan, paths: Iterable[str]) -> dict[str, str]:
    """The feeds among `paths` that have a hub, by the canonical URL that is each one's topic."""
    if not plan.feeds.hub:
        return {}
    feed = feed_files(plan)
    return {
        address(plan, path): path
        for path in sorted(paths)
        if (found := feed(path)) and not found.archive
    }


def feed_link(plan: Plan, path: str, feed: FeedFile) -> str:
    """The `Link` header of a feed: its hub and itself, as in the document (standards F-W-01)."""
    hub = plan.feeds.hub if not feed.archive else ""
    links = [f'<{hub}>; rel="hub"'] if hub else []
    return ", ".join([*links, f'<{address(plan, path)}>; rel="self"'])


def alternate_links(plan: Plan) -> str:
    """The `Link` header of the home page: the main feeds (standards F-D-03, RFC 8288)."""
    links = []
    for kind in plan.feeds.formats:
        media_type = MEDIA_TYPES[kind]
        title = quote(f"{plan.site.title} ({FORMATS[media_type]})", safe="")
        url = address(plan, getattr(plan.feeds.paths, kind))
        links.append(f'<{url}>; rel="alternate"; type="{media_type}"; title*=UTF-8\'\'{title}')
    return ", ".join(links)
