"""Everything that goes into the output folder, in groups that share work."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime
from pathlib import PurePosixPath

from newsfeed.collect.conflicts import one_file
from newsfeed.errors import SettingsError
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.collection import Collection
from newsfeed.flows.feeding import feed_outputs, plan_feeds
from newsfeed.flows.paging import page_groups
from newsfeed.flows.pictures import keep_for_good, kept_outputs
from newsfeed.flows.plan import Plan
from newsfeed.flows.terms import vocabulary
from newsfeed.flows.theming import logo_outputs
from newsfeed.flows.webcopies import web_copies
from newsfeed.output.writer import Output


def all_outputs(
    plan: Plan, collection: Collection, db: sqlite3.Connection, now: datetime
) -> tuple[tuple[str, ...], list[list[Output]]]:
    """The paths of the main feed's files, and all files as they are to be at `now` (aware).

    Raises SettingsError for a clash.
    """
    terms = vocabulary(collection.heads)
    feeds = plan_feeds(plan, collection, terms)
    few = len(feeds) == 1 and not plan.pages
    bodies = Bodies(plan.folders, collection, only=feeds[0].articles if few else None)
    groups = [feed_outputs(plan, feed, bodies, terms) for feed in feeds]
    groups += page_groups(plan, collection, feeds, bodies)
    groups += web_copies(plan, db, now)
    groups.append(logo_outputs(plan, plan.newsletters))
    if plan.pages:
        groups = _without_twins(groups, _media(collection))
    taken = {output.path for group in groups for output in group}
    groups.append([one for one in kept_outputs(plan) if one.path not in taken])
    _refuse_clashes(groups)
    return tuple(feeds[0].paths.values()), groups


def keep_logos(plan: Plan) -> None:
    """Letters and notices refer to a logo for good, also when it is another one by then.

    Raises SettingsError, OutputError.
    """
    keep_for_good(plan, logo_outputs(plan, plan.newsletters))


def _media(collection: Collection) -> frozenset[str]:
    entries = (collection.entries[a.source, a.path] for a in collection.articles)
    return frozenset(path for entry in entries for path in entry.media.values())


def _without_twins(groups: list[list[Output]], media: frozenset[str]) -> list[list[Output]]:
    """Of media files whose names differ only in case or Unicode form, the first alone."""
    seen: set[str] = set()
    kept: list[list[Output]] = []
    for group in groups:
        twins = {o.path for o in group if o.path in media and one_file(o.path) in seen}
        seen.update(one_file(o.path) for o in group if o.path in media)
        kept.append([o for o in group if o.path not in twins])
    return kept


def _refuse_clashes(groups: list[list[Output]]) -> None:
    """Two outputs at one path, or one below another, also where a file system ignores case."""
    paths = [output.path for group in groups for output in group]
    counts = Counter(map(one_file, paths))
    for path in paths:
        above = (str(folder) for folder in PurePosixPath(one_file(path)).parents)
        if counts[one_file(path)] > 1 or any(folder in counts for folder in above):
            raise SettingsError(
                f"two things want to be the file {path}, or one a folder where the other is",
                where="feeds.paths",
                remedy="change `feeds.paths`, or the permalink of the article that is there",
            )
