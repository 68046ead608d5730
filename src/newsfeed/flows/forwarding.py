"""Pages at the addresses that articles had first: links in letters that were sent go on working."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from newsfeed.collect.conflicts import one_file
from newsfeed.flows.plan import Plan
from newsfeed.model import Article


def moved(
    plan: Plan,
    articles: Sequence[Article],
    path_of: Callable[[str], str],
    taken: Iterable[str],
    reserved: Callable[[str], bool],
) -> Iterator[tuple[Article, str, str]]:
    """Those of `articles`, whose pages are ours, that have moved: with the address of the page at
    first and its path.

    An id that is an address of the site is the first one, since an id is kept. `path_of` gives the
    path of a page in the output folder; what is `taken` or `reserved` there stays as it is.
    """
    gone = [one for one in articles if one.id != one.url and one.id.startswith(f"{plan.site_url}/")]
    files, folders = set[str](), set[str]()
    for path in taken if gone else ():
        _add(one_file(path), files, folders)
    for article in gone:
        path = path_of(article.id)
        place = one_file(path)
        above = set(map(str, PurePosixPath(place).parents))
        if place in files or place in folders or above & files or reserved(place):
            continue
        _add(place, files, folders)
        yield article, article.id, path


def _add(place: str, files: set[str], folders: set[str]) -> None:
    files.add(place)
    folders.update(map(str, PurePosixPath(place).parents))
