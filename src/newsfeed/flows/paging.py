"""Articles -> pages to read and to subscribe from, and the local files they show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from newsfeed.collect import files, media
from newsfeed.collect.conflicts import one_file
from newsfeed.collect.markup import Profile, excerpt, prose
from newsfeed.errors import OutputError
from newsfeed.feeds import names
from newsfeed.flows.bodies import EXCERPT, Bodies
from newsfeed.flows.collection import Collection
from newsfeed.flows.feeding import MEDIA_TYPES, NEVER, Feed, address, checked
from newsfeed.flows.forwarding import moved
from newsfeed.flows.plan import Plan, fingerprint
from newsfeed.flows.terms import FOLDERS, whole
from newsfeed.model import Article
from newsfeed.output.writer import Output
from newsfeed.pages.index import SHOWN
from newsfeed.pages.site import FeedLink, Letters, Neighbour, Site
from newsfeed.templating import folders

if TYPE_CHECKING:
    from newsfeed.templating import Templates

SUBSCRIBE = "subscribe/index.html"
OPML = "opml.xml"
HOME = "index.html"
ALL = "all/index.html"


def reserved(plan: Plan) -> Callable[[str], bool]:
    """Whether a path, as `one_file` writes it, lies where newsfeed has files of its own.

    That is at such a file or below it, or at a folder that one of fixed name lies in. Any term
    and any number of an archive counts, so that the next article changes nothing.
    """
    paths = plan.feeds.paths
    main = [getattr(paths, name) for name in plan.feeds.formats]
    names = [PurePosixPath(path).name for path in main]
    fixed = [one_file(path) for path in (SUBSCRIBE, OPML, HOME, ALL, *main)]
    patterns = [getattr(paths, FOLDERS[kind]) for kind in plan.feeds.by]
    patterns += ["archive/{slug}/"] if plan.feeds.archive else []
    files = [re.escape(path) for path in fixed]
    for pattern in patterns:
        for name in names:
            pieces = whole(one_file(pattern), one_file(name)).split("{slug}")
            files.append("[^/]+".join(map(re.escape, pieces)))
    above = {re.escape(str(folder)) for path in fixed for folder in PurePosixPath(path).parents}
    pattern = re.compile(f"(?:{'|'.join(files)})(?:/.*)?|{'|'.join(sorted(above))}", re.DOTALL)
    return lambda path: pattern.fullmatch(path) is not None


def page_path(plan: Plan, url: str) -> str:
    """Where the page of an address lies in the output folder."""
    path = unquote(urlsplit(url).path.removeprefix(urlsplit(plan.site_url).path)).lstrip("/")
    if not path or path.endswith("/"):
        return path + "index.html"
    return path if PurePosixPath(path).suffix in {".html", ".htm"} else path + "/index.html"


def page_groups(
    plan: Plan, collection: Collection, feeds: Sequence[Feed], bodies: Bodies
) -> list[list[Output]]:
    """The subscribe page and OPML always; with `[pages]` also articles, indexes and media."""
    site = _site(plan, feeds[0])
    newest = _newest(collection)
    loader = _Loader(folders(plan.templates, "web"))
    listed = [feed for feed in feeds if not feed.archive]
    groups = [
        [
            _page(
                plan,
                SUBSCRIBE,
                (site.feeds, _titles(listed), _letters(plan)),
                loader,
                partial(_subscribe, plan, site, listed),
            ),
            Output(
                path=OPML,
                fingerprint=fingerprint(plan.key, _titles(listed), newest),
                produce=partial(_opml, plan, listed, newest),
            ),
        ]
    ]
    if plan.pages:
        articles = collection.articles
        groups.append(_indexes(plan, site, articles, bodies, loader))
        elsewhere = {folder.name for folder in plan.folders if folder.remote}
        own = [article for article in articles if article.source not in elsewhere]
        groups += _articles(plan, site, own, bodies, loader)
        groups += _media(plan, collection)
        taken = (one.path for group in groups for one in group)
        groups.append(_moved(plan, site, own, taken, loader))
    return groups


class _Loader:
    """The page templates; a process that makes no page does not load Jinja2."""

    def __init__(self, places: tuple[Path, ...]) -> None:
        self._places = places
        self._templates: Templates | None = None

    def __call__(self) -> Templates:
        if self._templates is None:
            from newsfeed.templating import PAGES, open_templates

            self._templates = open_templates(self._places, PAGES)
        return self._templates


def _page(
    plan: Plan, path: str, inputs: object, loader: _Loader, make: Callable[[Templates], bytes]
) -> Output:
    return Output(
        path=path,
        fingerprint=fingerprint(plan.key, path, inputs),
        produce=lambda: make(loader()),
    )


def _site(plan: Plan, main: Feed) -> Site:
    return Site(
        title=plan.site.title,
        home_url=plan.site_url + "/",
        language=plan.site.language,
        zone=ZoneInfo(plan.site.timezone),
        description=plan.site.description,
        author=plan.site.author,
        feeds=_feed_links(plan, main),
        subscribe_url=address(plan, SUBSCRIBE.removesuffix("index.html")),
        all_url=address(plan, ALL.removesuffix("index.html")) if plan.pages else "",
    )


def _feed_links(plan: Plan, feed: Feed) -> tuple[FeedLink, ...]:
    language = feed.term.name if feed.term and feed.kind == "languages" else plan.site.language
    return tuple(
        FeedLink(
            title=feed.title,
            url=address(plan, path),
            media_type=MEDIA_TYPES[kind],
            language=language,
        )
        for kind, path in feed.paths.items()
    )


def _titles(feeds: Sequence[Feed]) -> list[tuple[str, dict[str, str]]]:
    return [(feed.title, feed.paths) for feed in feeds]


def _newest(collection: Collection) -> Article | None:
    times = [head.updated.timestamp() for head in collection.heads]
    return collection.articles[times.index(max(times))] if times else None


def _subscribe(plan: Plan, site: Site, feeds: Sequence[Feed], templates: Templates) -> bytes:
    from newsfeed.pages.subscribe import Topic, TopicGroup, subscribe_page

    groups = [
        TopicGroup(
            kind=kind,
            topics=tuple(
                Topic(name=feed.term.name, feeds=_feed_links(plan, feed))
                for feed in feeds
                if feed.kind == kind and feed.term
            ),
        )
        for kind in plan.feeds.by
    ]
    return subscribe_page(
        templates, site, groups, opml_url=address(plan, OPML), letters=_letters(plan)
    )


def _letters(plan: Plan) -> Letters | None:
    """The newsletters, where a form to subscribe to them is answered."""
    if not plan.newsletters or not plan.served:
        return None
    titles = [(one.title, one.language or plan.site.language) for one in plan.newsletters]
    return Letters(form_url=f"{plan.links_url}/s", titles=tuple(titles))


def _opml(plan: Plan, feeds: Sequence[Feed], newest: Article | None) -> bytes:
    from newsfeed.feeds.opml import FeedListing, write_opml

    listings = [
        FeedListing(
            title=feed.title,
            xml_url=link.url,
            html_url=plan.site_url + "/",
            language=link.language,
            description=plan.site.description,
            media_type=link.media_type,
        )
        for feed in feeds
        for link in _feed_links(plan, feed)[:1]
    ]
    data = write_opml(plan.site.title, listings, newest.updated if newest else NEVER)
    return checked(data, names.OPML, OPML)


def _indexes(
    plan: Plan, site: Site, articles: Sequence[Article], bodies: Bodies, loader: _Loader
) -> list[Output]:
    def index(templates: Templates) -> bytes:
        from newsfeed.pages.index import Entry, index_page

        entries = [Entry(article=a, summary=_summary(a, bodies)) for a in articles[:SHOWN]]
        return index_page(templates, site, entries, total=len(articles))

    def everything(templates: Templates) -> bytes:
        from newsfeed.pages.index import all_page

        return all_page(templates, site, articles)

    titles = [(a.title, a.url, a.published, a.language, a.dated, a.news) for a in articles]
    return [
        _page(plan, HOME, (site.feeds, articles[:SHOWN], len(articles)), loader, index),
        _page(plan, ALL, (site.feeds, titles), loader, everything),
    ]


def _summary(article: Article, bodies: Bodies) -> str:
    return article.summary or excerpt(prose(bodies.render(article, Profile.FEED).html), EXCERPT)


def _articles(
    plan: Plan,
    site: Site,
    articles: Sequence[Article],
    bodies: Bodies,
    loader: _Loader,
) -> list[list[Output]]:
    """A page each, of articles that have none elsewhere; its neighbours are those before and after
    it in the order of feeds.
    """
    around = [
        None,
        *(Neighbour(title=a.title, url=a.url, language=a.language) for a in articles),
        None,
    ]
    return [
        [_article(plan, site, article, bodies, loader, around[i], around[i + 2])]
        for i, article in enumerate(articles)
    ]


def _moved(
    plan: Plan,
    site: Site,
    articles: Sequence[Article],
    taken: Iterable[str],
    loader: _Loader,
) -> list[Output]:
    def output(article: Article, url: str, path: str) -> Output:
        def make(templates: Templates) -> bytes:
            from newsfeed.pages.moved import moved_page

            return moved_page(templates, site, article, url)

        shown = (site.feeds, article.title, article.url, article.language)
        return _page(plan, path, shown, loader, make)

    found = moved(plan, articles, partial(page_path, plan), taken, reserved(plan))
    return [output(*one) for one in found]


def _article(
    plan: Plan,
    site: Site,
    article: Article,
    bodies: Bodies,
    loader: _Loader,
    newer: Neighbour | None,
    older: Neighbour | None,
) -> Output:
    def make(templates: Templates) -> bytes:
        from newsfeed.pages.article import article_page

        html = bodies.page_html(article)
        return article_page(templates, site, article, html, older=older, newer=newer)

    inputs = (site.feeds, article, newer, older, bodies.linked([article]))
    return _page(plan, page_path(plan, article.url), inputs, loader, make)


def _media(plan: Plan, collection: Collection) -> list[list[Output]]:
    """Each local file that an article refers to, once; of two sources the first wins.

    One that vanished since its article was read is left out; the next run warns of it.
    """
    roots = {folder.name: folder.root for folder in plan.folders}
    places: dict[str, Path] = {}
    for article in collection.articles:
        entry = collection.entries[article.source, article.path]
        for path, raw in entry.originals.items():
            places.setdefault(path, roots[article.source] / raw)
    return [
        [
            Output(
                path=path,
                fingerprint=fingerprint(str(place), stamp),
                produce=partial(_read, place),
            )
        ]
        for path, place in sorted(places.items())
        if (stamp := files.stamp(place))
    ]


def _read(place: Path) -> bytes:
    try:
        return media.read(place)
    except OSError as error:
        raise OutputError(
            f"cannot be copied: {error.strerror}",
            where=str(place),
            remedy="publish again when nobody is changing it",
        ) from None
