"""References between the articles of a source, as their authors write them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from newsfeed.urls import ascii_url

_FILE_LINK = re.compile(r"(?P<before>\]\(\s*<?)(?P<file>[^\s()<>:#?]+\.mdx?)(?=[)>#\s])")


def linked(text: str, path: str, find: Callable[[str], str]) -> str:
    """The Markdown `text` of the article at `path`, its links to other articles' files leading to
    those articles: seen from its own folder first, where others have files of that name too.
    """
    folder = posixpath.dirname(path)

    def link(match: re.Match[str]) -> str:
        file = match["file"]
        beside = posixpath.normpath(posixpath.join(folder, file))
        return match["before"] + (find(beside) or find(file) or file)

    return _FILE_LINK.sub(link, text) if ".md" in text else text


def file_links(
    text: str, path: str, endings: tuple[str, ...], find: Callable[[str], str]
) -> dict[str, str]:
    """The addresses of the articles to whose files the article at `path` links, by references as
    its `text` has them, percent-decoded. `find` is asked for paths below the source, in NFC.
    """
    lowered = text.lower()
    if not any(ending in lowered for ending in endings):
        return {}
    from newsfeed.collect.media import shown

    links: dict[str, str] = {}
    for reference in shown(text):
        bare, mark, fragment = reference.partition("#")
        file = unquote(bare)
        if ":" in bare or file.startswith("/") or not file.lower().endswith(endings):
            continue
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
        if url := find(normalize("NFC", beside)):
            links[unquote(reference)] = ascii_url(url + mark + fragment)
    return links


class References:
    """Finds the address of an article by its path, or by the end of it: with its ending or without,
    or by its folder where it is that folder's `index`.
    """

    def __init__(self, articles: Iterable[tuple[str, str]], *, exact: bool = False) -> None:
        """`articles` are paths below the source and addresses; they are read when first asked.
        With `exact` only whole paths are found.
        """
        self._articles = articles
        self._exact = exact

    def find(self, reference: str) -> str:
        """The address of the one that is meant; "" where there is none."""
        if self._exact:
            return self._known.get(reference, "")
        path = "/".join(part for part in reference.split("/") if part not in ("", ".", ".."))
        return self._known.get(path, "")

    @cached_property
    def _known(self) -> dict[str, str]:
        """Whole paths first, then the ends of them; the first article has a name that many have."""
        articles = list(self._articles)
        if self._exact:
            return dict(articles)
        known: dict[str, str] = {}
        for path, url in articles:
            for name in _names(path):
                known.setdefault(name, url)
        for path, url in articles:
            for name in _names(path):
                parts = name.split("/")
                for start in range(1, len(parts)):
                    known.setdefault("/".join(parts[start:]), url)
        return known


def _names(path: str) -> tuple[str, ...]:
    stem = str(PurePosixPath(path).with_suffix(""))
    folder = stem.rpartition("/")[0]
    is_index = stem.rpartition("/")[2] in ("index", "_index")
    return (path, stem, folder) if is_index and folder else (path, stem)
