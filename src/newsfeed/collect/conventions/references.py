"""References between the articles of a source, as their authors write them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import PurePosixPath

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


class References:
    """Finds the address of an article by its path, or by the end of it: with its ending or without,
    or by its folder where it is that folder's `index`.
    """

    def __init__(self, articles: Iterable[tuple[str, str]]) -> None:
        """`articles` are paths below the source and addresses; they are read when first asked."""
        self._articles = articles

    def find(self, reference: str) -> str:
        """The address of the one that is meant; "" where there is none."""
        path = "/".join(part for part in reference.split("/") if part not in ("", ".", ".."))
        return self._known.get(path, "")

    @cached_property
    def _known(self) -> dict[str, str]:
        """Whole paths first, then the ends of them; the first article has a name that many have."""
        articles = list(self._articles)
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
