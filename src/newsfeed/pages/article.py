"""The page of one article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.pages.frame import Values, day, frame, picture, published
from newsfeed.pages.links import Links

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsfeed.model import Article
    from newsfeed.pages.site import Neighbour, Site
    from newsfeed.templating import Templates


def article_page(
    templates: Templates,
    site: Site,
    article: Article,
    html: str,
    *,
    older: Neighbour | None = None,
    newer: Neighbour | None = None,
    category_urls: Mapping[str, str] | None = None,
) -> bytes:
    """A whole HTML document in UTF-8.

    `html` is the sanitised body without the lead image, which stands above it, and without h1
    headings. Categories are links where `category_urls` knows an address for their name. Raises
    TemplateError where the template is missing or broken.
    """
    links = Links(site.home_url, article.url)
    shared = frame(
        site,
        links,
        url=article.url,
        title=article.title,
        language=article.language,
        description=article.summary,
    )
    urls = category_urls or {}
    own: Values = {
        "title": article.title,
        "summary": article.summary,
        "html": scrollable(links.localise(html)),
        "image": picture(article.image, links),
        "published": published(article, site),
        "updated": _updated(article, site),
        "authors": article.authors,
        "categories": [
            {"name": name, "url": links.local(urls.get(name, ""))} for name in article.categories
        ],
        "tags": article.tags,
    }
    neighbours = {"older": _neighbour(older, links), "newer": _neighbour(newer, links)}
    return templates.html("article.html.j2", {**shared, **neighbours, "article": own}).encode()


def scrollable(html: str) -> str:
    """Sanitised `html` with each table in a box that scrolls where the table is too wide.

    Sanitised HTML is balanced, and a `<` in its text is escaped: what looks like a tag is one.
    """
    html = html.replace("<table", '<div class="wide"><table')
    return html.replace("</table>", "</table></div>")


def _updated(article: Article, site: Site) -> Values | None:
    """When it was corrected, where that is another day than the one it is dated."""
    before = published(article, site)
    after = day(article.updated, site)
    return after if before and after["text"] != before["text"] else None


def _neighbour(neighbour: Neighbour | None, links: Links) -> Values | None:
    if neighbour is None:
        return None
    return {
        "title": neighbour.title,
        "url": links.local(neighbour.url),
        "language": neighbour.language,
    }
