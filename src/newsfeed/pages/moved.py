"""A page at an address that an article had before: links to it go on working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsfeed.pages.frame import frame
from newsfeed.pages.links import Links

if TYPE_CHECKING:
    from newsfeed.model import Article
    from newsfeed.pages.site import Site
    from newsfeed.templating import Templates


def moved_page(templates: Templates, site: Site, article: Article, url: str) -> bytes:
    """The page at `url`, which leads on to the article at once, and by its link where a browser
    does not. Search engines are told which address counts (RFC 6596). Raises TemplateError.
    """
    links = Links(site.home_url, url)
    shared = frame(site, links, url=article.url, title=article.title, language=article.language)
    own = {"target": links.local(article.url)}
    return templates.html("moved.html.j2", {**shared, **own}).encode()
