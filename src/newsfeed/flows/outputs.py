"""Everything that goes into the output folder, in groups that share work."""

from __future__ import annotations

from newsfeed.errors import SettingsError
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.collecting import Collection
from newsfeed.flows.feeding import feed_outputs, plan_feeds
from newsfeed.flows.paging import page_groups
from newsfeed.flows.plan import Plan
from newsfeed.flows.terms import vocabulary
from newsfeed.output.writer import Output


def all_outputs(plan: Plan, collection: Collection) -> tuple[tuple[str, ...], list[list[Output]]]:
    """The paths of the main feed's files, and all files. Raises SettingsError for a clash."""
    articles = collection.articles
    terms = vocabulary(articles)
    bodies = Bodies(plan.folders, collection.entries)
    feeds = plan_feeds(plan, articles, terms)
    groups = [feed_outputs(plan, feed, bodies, terms) for feed in feeds]
    groups += page_groups(plan, collection, feeds, bodies)
    _refuse_clashes(groups)
    return tuple(feeds[0].paths.values()), groups


def _refuse_clashes(groups: list[list[Output]]) -> None:
    """Two outputs at one path, also where a file system ignores case."""
    seen: dict[str, str] = {}
    for output in (output for group in groups for output in group):
        key = output.path.casefold()
        if key in seen:
            raise SettingsError(
                f"two things want to be the file {output.path}",
                where="feeds.paths",
                remedy="change `feeds.paths`, or the permalink of the article that is there",
            )
        seen[key] = output.path
