"""Where links from one article to another's file lead, and which of them lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newsfeed.collect.conventions.base import HTML_ENDINGS
from newsfeed.collect.conventions.references import References
from newsfeed.collect.entry import Folder
from newsfeed.errors import Fault
from newsfeed.flows.collection import Collection


def references(folder: Folder, collection: Collection) -> References:
    """Finds the addresses of the folder's articles. Where newsfeed makes the pages, there is none
    of what is not published.
    """
    if folder.convention.has_site:
        return References(collection.addresses(folder.name))
    published = ((head.path, head.url) for head in collection.heads if head.source == folder.name)
    return References(published, exact=True)


def dead_links(folders: Iterable[Folder], collection: Collection) -> Iterator[Fault]:
    """A warning of each link to a file that is no article, where newsfeed makes the pages. Files of
    HTML may be pages of the site that it does not know of.
    """
    finds = {
        folder.name: references(folder, collection).find
        for folder in folders
        if not folder.convention.has_site
    }
    for article in collection.articles:
        find = finds.get(article.source)
        entry = collection.entries[article.source, article.path] if find else None
        for reference in entry.references if entry else ():
            if find and not (find(reference) or reference.lower().endswith(HTML_ENDINGS)):
                yield Fault(
                    path=article.path,
                    problem=f"it links to {reference}, which is no published article",
                    remedy="mend the link, or publish that file",
                    warning=True,
                )
