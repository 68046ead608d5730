"""Articles -> the feed files: which there are, what each depends on, and how to make it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from pathlib import PurePosixPath

import msgspec

from newsfeed.errors import OutputError
from newsfeed.feeds.names import ATOM, JSON, RSS
from newsfeed.flows.bodies import Bodies
from newsfeed.flows.collection import Collection
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.flows.terms import FOLDERS, Vocabulary, names, whole
from newsfeed.model import Article, FeedDocument, FeedLinks, Term
from newsfeed.output.writer import Output
from newsfeed.urls import ascii_url

MEDIA_TYPES = {"rss": RSS, "atom": ATOM, "json": JSON}
NEVER = datetime.fromtimestamp(0, UTC)


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed before it is written: where its files go, by format, and what stands in it.

    `kind` is "" for the main feed, else that of `term`; `archive` is the number of an RFC 5005
    archive document, 0 for others. `prev` and `next` are numbers of its neighbours in the
    archive, None where there is none.
    """

    title: str
    paths: dict[str, str]
    articles: tuple[Article, ...]
    kind: str = ""
    term: Term | None = None
    archive: int = 0
    prev: int | None = None
    next: int | None = None


def plan_feeds(plan: Plan, collection: Collection, terms: Vocabulary) -> list[Feed]:
    """The main feed, those of terms, and the archive. Articles come newest first.

    Where `feeds.language` is set, other languages are in their own feeds alone.
    """
    everything = collection.articles
    if any(head.rank for head in collection.heads):
        everything = sorted(everything, key=attrgetter("rank"))
    articles = everything
    if only := plan.feeds.language:
        articles = [article for article in everything if article.language == only]
    parts = _archive(plan, articles) if plan.feeds.archive else []
    main = Feed(
        title=plan.site.title,
        paths={f: getattr(plan.feeds.paths, f) for f in plan.feeds.formats},
        articles=tuple(articles[: plan.feeds.limit]),
        prev=parts[-1].archive if parts else None,
    )
    by_terms = [
        feed
        for kind in plan.feeds.by
        for feed in _by(plan, everything if kind == "languages" else articles, terms, kind)
    ]
    return [main, *by_terms, *parts]


def address(plan: Plan, path: str) -> str:
    """The URL of a file of the output folder."""
    return ascii_url(f"{plan.site_url}/{path}")


def feed_outputs(plan: Plan, feed: Feed, bodies: Bodies, terms: Vocabulary) -> list[Output]:
    """One feed's files, a format each."""
    articles = feed.articles
    others = _slugs(articles, terms), bodies.linked(articles)
    content = fingerprint(plan.key, feed.title, articles, others)
    outputs = []
    for kind, path in feed.paths.items():
        links = _links(plan, feed, kind)
        produce = partial(_produce, plan, feed, kind, links, bodies, terms)
        outputs.append(Output(path=path, fingerprint=fingerprint(content, links), produce=produce))
    return outputs


def _slugs(articles: Sequence[Article], terms: Vocabulary) -> list[str]:
    """The slugs that the feed shows: they depend on other articles' terms too."""
    categories = {terms.categories.term(name).slug for a in articles for name in a.categories}
    tags = {terms.tags.term(name).slug for a in articles for name in a.tags}
    return [*sorted(categories), *sorted(tags)]


def _archive(plan: Plan, articles: Sequence[Article]) -> list[Feed]:
    """The RFC 5005 archive of the RSS and Atom feeds, oldest document first."""
    from newsfeed.feeds.archive import cut, neighbours

    by_sequence = {article.sequence: article for article in articles}
    parts = cut(by_sequence, plan.feeds.archive_size)
    formats = [name for name in plan.feeds.formats if name != "json"]
    around = {part.number: neighbours(parts, part.number) for part in parts}
    return [
        Feed(
            title=plan.site.title,
            paths={f: f"archive/{part.number}/{_file_name(plan, f)}" for f in formats},
            articles=tuple(by_sequence[member] for member in part.members),
            archive=part.number,
            prev=around[part.number][0],
            next=around[part.number][1],
        )
        for part in parts
        if formats
    ]


def _by(plan: Plan, articles: Sequence[Article], terms: Vocabulary, kind: str) -> list[Feed]:
    newest: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        for name in names(article, kind):
            if len(newest[name]) < plan.feeds.limit:
                newest[name].append(article)
    pattern: str = getattr(plan.feeds.paths, FOLDERS[kind])
    return [
        Feed(
            title=_title(plan, kind, term.name),
            paths={
                f: whole(pattern, _file_name(plan, f)).replace("{slug}", term.slug)
                for f in plan.feeds.formats
            },
            articles=tuple(newest[term.name]),
            kind=kind,
            term=term,
        )
        for term in getattr(terms, kind)
        if newest[term.name] and (kind, term.name) != ("languages", plan.feeds.language)
    ]


def _title(plan: Plan, kind: str, name: str) -> str:
    """The site's own title in a language, where it has one; else its title and the term."""
    own = plan.site.titles.get(name) if kind == "languages" else None
    return own or f"{plan.site.title} — {name}"


def _file_name(plan: Plan, kind: str) -> str:
    return PurePosixPath(getattr(plan.feeds.paths, kind)).name


def _links(plan: Plan, feed: Feed, kind: str) -> FeedLinks:
    def archive(number: int | None) -> str:
        path = f"archive/{number}/{_file_name(plan, kind)}"
        return address(plan, path) if number and kind != "json" else ""

    main = getattr(plan.feeds.paths, kind)
    return FeedLinks(
        self_url=address(plan, feed.paths[kind]),
        home_url=plan.site_url + "/",
        hub="" if feed.archive else plan.feeds.hub,
        current=address(plan, main) if feed.archive else "",
        prev_archive=archive(feed.prev),
        next_archive=archive(feed.next),
    )


def _produce(
    plan: Plan, feed: Feed, kind: str, links: FeedLinks, bodies: Bodies, terms: Vocabulary
) -> bytes:
    """The bytes of one feed file, checked. Raises OutputError."""
    site = plan.site
    items = bodies.feed_items(feed.articles, plan.feeds.content, terms)
    document = FeedDocument(
        id=f"{plan.site_url}/" if not feed.kind else address(plan, _folder(feed)),
        title=feed.title,
        description=site.description or site.title,
        language=feed.term.name if feed.term and feed.kind == "languages" else site.language,
        author=site.author or site.title,
        updated=max((item.updated for item in items), default=NEVER),
        items=items,
        archive=bool(feed.archive),
    )
    return checked(_writer(kind)(document, links), MEDIA_TYPES[kind], feed.paths[kind])


def checked(data: bytes, media_type: str, path: str) -> bytes:
    """`data`, after every check of its format. Raises OutputError."""
    from newsfeed.feeds.check import problems

    found = problems(data, media_type)
    if found:
        raise OutputError(
            f"would not be valid: {found[0]}",
            where=path,
            remedy="mend the article it names; nothing was replaced",
        )
    return data


def _folder(feed: Feed) -> str:
    return next(iter(feed.paths.values())).rpartition("/")[0] + "/"


def _writer(kind: str) -> Callable[[FeedDocument, FeedLinks], bytes]:
    """The writer of a format, imported only when something is to be written."""
    if kind == "rss":
        from newsfeed.feeds.rss import write_rss

        return write_rss
    if kind == "atom":
        from newsfeed.feeds.atom import write_atom

        return write_atom
    from newsfeed.feeds.json_feed import write_json

    return write_json
