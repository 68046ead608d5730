"""Articles -> rendered bodies, as feed items and letter items need them.

Bodies are read and rendered where they are asked for, and the last few hundred are kept, since
one article stands in several feeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from newsfeed.collect.conventions.base import Body
from newsfeed.collect.entry import Folder, media_url
from newsfeed.collect.markup import (
    MarkupContext,
    Profile,
    Rendered,
    excerpt,
    prose,
    render,
    render_all,
)
from newsfeed.collect.reading import read_body
from newsfeed.collect.remote.reading import item_body
from newsfeed.errors import ArticleError, BodyError
from newsfeed.flows.links_between import references
from newsfeed.flows.terms import Vocabulary
from newsfeed.model import Article, FeedItem, LetterItem

if TYPE_CHECKING:
    from newsfeed.flows.collection import Collection
    from newsfeed.flows.pictures import Pictures

KEPT = 256
EXCERPT = 200
"""Grapheme clusters of an excerpt that we cut."""


class Bodies:
    """Renders the articles of a collection."""

    def __init__(
        self,
        folders: tuple[Folder, ...],
        collection: Collection,
        pictures: Pictures | None = None,
        *,
        only: Iterable[Article] | None = None,
    ) -> None:
        """`pictures` are those of a letter; without them images stay the originals. `only` are
        the articles of the collection that bodies are asked for, where it is not any.
        """
        self._folders = {folder.name: folder for folder in folders}
        self._entries = collection.entries if only is None else collection.read(only)
        self._references = {folder.name: references(folder, collection) for folder in folders}
        self._pictures = pictures
        self._kept: dict[tuple[str, str], _Body] = {}

    def feed_items(
        self, articles: Sequence[Article], content: str, terms: Vocabulary
    ) -> tuple[FeedItem, ...]:
        """The articles with their full text (`content` is "full") or their excerpts alone.

        Raises BodyError.
        """
        is_full = content == "full"
        bodies = self._bodies([a for a in articles if is_full or not a.summary])
        return tuple(
            _feed_item(article, bodies.get((article.source, article.path)), terms, is_full=is_full)
            for article in articles
        )

    def letter_item(self, article: Article, *, listed: bool = False) -> LetterItem:
        """The article for a letter: styles kept, headings one level down, no doubled image.

        Of one that is only `listed` no image is shown.
        """
        pictures = None if listed else self._pictures
        rendered = self.render(
            article, Profile.STYLED, drop_lead_image=True, heading_shift=1, pictures=pictures
        )
        place = (self._entries[article.source, article.path], self._folders[article.source])
        lead = pictures.lead(article, *place) if pictures else None
        return LetterItem(
            url=article.url,
            title=article.title,
            summary=_summary(article, rendered),
            content_html=rendered.html,
            published=article.published,
            language=article.language,
            authors=article.authors,
            categories=article.categories,
            image=lead.image if lead else article.image,
            thumbnail=lead.thumbnail if lead else None,
            source=article.origin.title if article.origin else "",
        )

    def linked(self, articles: Iterable[Article]) -> list[str]:
        """The addresses of those that the articles refer to, on which their bodies depend."""
        return [
            self._references[article.source].find(reference)
            for article in articles
            for reference in self._entries[article.source, article.path].references
        ]

    def own_words(self, markdown: str, url: str) -> str:
        """The operator's own Markdown as a letter shows it; relative links start from `url`.

        Raises ArticleError.
        """
        context = MarkupContext(url=url, heading_shift=1)
        return render(markdown, context, Profile.STYLED).html

    def page_html(self, article: Article) -> str:
        """The body for a page of its own, where the title is the only first-level heading."""
        html = self.render(article, Profile.STYLED, drop_lead_image=True).html
        if "<h1" not in html:
            return html
        return self.render(article, Profile.STYLED, drop_lead_image=True, heading_shift=1).html

    def render(
        self,
        article: Article,
        profile: Profile,
        *,
        drop_lead_image: bool = False,
        heading_shift: int = 0,
        pictures: Pictures | None = None,
    ) -> Rendered:
        """The article's body, its local images as `pictures` show them. Raises BodyError where it
        cannot be read or rendered.
        """
        try:
            source = self._source(
                article,
                drop_lead_image=drop_lead_image,
                heading_shift=heading_shift,
                pictures=pictures,
            )
            return _rendered([source], profile)[0]
        except ArticleError as error:
            raise BodyError(article.source, error.fault(article.path)) from None

    def _source(
        self,
        article: Article,
        *,
        drop_lead_image: bool = False,
        heading_shift: int = 0,
        pictures: Pictures | None = None,
    ) -> tuple[Body, MarkupContext]:
        """The body as it was written, and what it is to be rendered with. Raises ArticleError."""
        folder = self._folders[article.source]
        entry = self._entries[article.source, article.path]
        find = self._references[article.source].find
        body = item_body(entry, folder) if folder.remote else read_body(entry, folder, find)
        return body, MarkupContext(
            url=entry.base or article.url,
            lead_image=article.image.url if article.image else "",
            drop_lead_image=drop_lead_image,
            kramdown=body.markup == "kramdown",
            heading_shift=heading_shift,
            markdown=body.markup != "html",
            local={
                unquote(reference): media_url(path, folder)
                for reference, path in entry.media.items()
            }
            | body.links,
            show=pictures.shown(article, entry, folder) if pictures else None,
        )

    def fault(self, article: Article) -> BodyError | None:
        """What is wrong with the article's body, if anything is."""
        try:
            self.render(article, Profile.FEED)
        except BodyError as error:
            return error
        return None

    def _bodies(self, articles: Sequence[Article]) -> dict[tuple[str, str], _Body]:
        """The bodies of `articles`, by source and path. Raises BodyError."""
        wanted = {(article.source, article.path): article for article in articles}
        found = {place: self._kept.pop(place) for place in wanted if place in self._kept}
        missing = [place for place in wanted if place not in found]
        made = self._made([wanted[place] for place in missing])
        found.update(zip(missing, made, strict=True))
        self._kept |= found  # at the end, behind what was not asked for as lately
        for place in list(self._kept)[:-KEPT]:
            del self._kept[place]
        return found

    def _made(self, articles: Sequence[Article]) -> list[_Body]:
        """Raises BodyError."""
        try:
            rendered = _rendered(list(map(self._source, articles)), Profile.FEED)
        except ArticleError:  # of one of them
            rendered = [self.render(article, Profile.FEED) for article in articles]
        return [
            _Body(one.html, _summary(article, one), contains_image=one.has_lead_image)
            for article, one in zip(articles, rendered, strict=True)
        ]


def _feed_item(
    article: Article, body: _Body | None, terms: Vocabulary, *, is_full: bool
) -> FeedItem:
    return FeedItem(
        id=article.id,
        url=article.url,
        title=article.title,
        summary=body.summary if body else article.summary,
        content_html=body.html if body and is_full else "",
        published=article.published,
        updated=article.updated,
        language=article.language,
        authors=article.authors,
        categories=tuple(terms.categories.term(name) for name in article.categories),
        tags=tuple(terms.tags.term(name) for name in article.tags),
        image=article.image,
        image_in_content=bool(body and body.contains_image and is_full),
        origin=article.origin,
    )


def _rendered(sources: Sequence[tuple[Body, MarkupContext]], profile: Profile) -> list[Rendered]:
    """Raises ArticleError."""
    rendered = render_all([(body.text, context) for body, context in sources], profile)
    return [
        _with_lead(one, body.lead, context)
        for one, (body, context) in zip(rendered, sources, strict=True)
    ]


def _with_lead(rendered: Rendered, lead: str, context: MarkupContext) -> Rendered:
    """With the excerpt that the author marked as such, where there is one. Raises ArticleError."""
    if not lead:
        return rendered
    return msgspec.structs.replace(rendered, lead=prose(render(lead, context, Profile.FEED).html))


def _summary(article: Article, rendered: Rendered) -> str:
    """What the author wrote as such, else marked as such, else the beginning."""
    return article.summary or rendered.lead or excerpt(prose(rendered.html), EXCERPT)


class _Body(msgspec.Struct, frozen=True):
    html: str
    summary: str
    contains_image: bool
