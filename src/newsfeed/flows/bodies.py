"""Articles -> rendered bodies, as feed items and letter items need them.

Bodies are read and rendered where they are asked for, and the last few hundred are kept, since
one article stands in several feeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from newsfeed.collect.conventions.references import References
from newsfeed.collect.entry import Entry, Folder, media_url
from newsfeed.collect.markup import MarkupContext, Profile, Rendered, excerpt, prose, render
from newsfeed.collect.reading import read_body
from newsfeed.collect.remote.reading import item_body
from newsfeed.errors import ArticleError, BodyError
from newsfeed.flows.terms import Vocabulary
from newsfeed.model import Article, FeedItem, LetterItem

if TYPE_CHECKING:
    from newsfeed.flows.pictures import Pictures

KEPT = 256
EXCERPT = 200
"""Grapheme clusters of an excerpt that we cut."""


class Bodies:
    """Renders the articles of a collection."""

    def __init__(
        self,
        folders: tuple[Folder, ...],
        entries: Mapping[tuple[str, str], Entry],
        pictures: Pictures | None = None,
    ) -> None:
        """`entries` are by (source, path). `pictures` are those of a letter; without them images
        stay the originals.
        """
        self._folders = {folder.name: folder for folder in folders}
        self._entries = entries
        self._references = {
            folder.name: References(_addresses(entries, folder.name)) for folder in folders
        }
        self._pictures = pictures
        self._kept = lru_cache(KEPT)(self._item)

    def feed_item(self, article: Article, content: str, terms: Vocabulary) -> FeedItem:
        """The article with its full text (`content` is "full") or its excerpt alone."""
        if content == "full" or not article.summary:
            body = self._kept(article)
        else:
            body = _Body("", article.summary, contains_image=False)
        return FeedItem(
            id=article.id,
            url=article.url,
            title=article.title,
            summary=body.summary,
            content_html=body.html if content == "full" else "",
            published=article.published,
            updated=article.updated,
            language=article.language,
            authors=article.authors,
            categories=tuple(terms.categories.term(name) for name in article.categories),
            tags=tuple(terms.tags.term(name) for name in article.tags),
            image=article.image,
            image_in_content=body.contains_image and content == "full",
            origin=article.origin,
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
        folder = self._folders[article.source]
        entry = self._entries[article.source, article.path]
        context = MarkupContext(
            url=entry.base or article.url,
            lead_image=article.image.url if article.image else "",
            drop_lead_image=drop_lead_image,
            heading_shift=heading_shift,
            local={
                unquote(reference): media_url(path, folder)
                for reference, path in entry.media.items()
            },
            show=pictures.shown(article, entry, folder) if pictures else None,
        )
        try:
            return self._rendered(article, context, profile)
        except ArticleError as error:
            raise BodyError(article.source, error.fault(article.path)) from None

    def _rendered(self, article: Article, context: MarkupContext, profile: Profile) -> Rendered:
        """Raises ArticleError."""
        entry, folder = self._entries[article.source, article.path], self._folders[article.source]
        find = self._references[article.source].find
        body = item_body(entry, folder) if folder.remote else read_body(entry, folder, find)
        context = msgspec.structs.replace(
            context, kramdown=body.markup == "kramdown", markdown=body.markup != "html"
        )
        rendered = render(body.text, context, profile)
        if not body.lead:
            return rendered
        lead = prose(render(body.lead, context, Profile.FEED).html)
        return msgspec.structs.replace(rendered, lead=lead)

    def fault(self, article: Article) -> BodyError | None:
        """What is wrong with the article's body, if anything is."""
        try:
            self.render(article, Profile.FEED)
        except BodyError as error:
            return error
        return None

    def _item(self, article: Article) -> _Body:
        rendered = self.render(article, Profile.FEED)
        summary = _summary(article, rendered)
        return _Body(rendered.html, summary, contains_image=rendered.has_lead_image)


def _summary(article: Article, rendered: Rendered) -> str:
    """What the author wrote as such, else marked as such, else the beginning."""
    return article.summary or rendered.lead or excerpt(prose(rendered.html), EXCERPT)


def _addresses(entries: Mapping[tuple[str, str], Entry], source: str) -> Iterator[tuple[str, str]]:
    """Paths and addresses of what a source's generator makes pages of."""
    return ((path, one.url) for (name, path), one in entries.items() if name == source and one.url)


class _Body(msgspec.Struct, frozen=True):
    html: str
    summary: str
    contains_image: bool
