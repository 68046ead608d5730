"""The folders of a site's content: sections, what they cascade, and bundles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from newsfeed.collect import files
from newsfeed.collect.conventions.hugo.pages import ENDINGS, page_of, read_front_matter
from newsfeed.collect.conventions.hugo.settings import Site, Values, mappings
from newsfeed.errors import ArticleError, SettingsError


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What the `_index` file of a folder says to the pages below it, in one language; `own` is what
    it says of whether it is a draft itself.
    """

    cascade: tuple[Values, ...] = ()
    own: Values = {}


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The folders that matter. `sections` are by language and path below its content; `bundles`
    are paths of folders below the site that are one page each and hold files that could be taken
    for others; `sizes` is how many pages each first folder holds.
    """

    sections: dict[tuple[str, str], Section]
    bundles: frozenset[str]
    sizes: dict[str, int]


def look(folder: Path, site: Site) -> Tree:
    """Look through the content of a site. Raises SettingsError for an `_index` file that cannot be
    read, since pages below it would be taken for something else.
    """
    sections: dict[tuple[str, str], Section] = {}
    bundles: set[str] = set()
    sizes: dict[str, int] = {}
    for root in dict.fromkeys(one.content for one in site.languages):
        paths = list(_content(str(folder), root))
        for path in paths:
            if "/_index." in path and (page := page_of(path, site)):
                sections[page.language, page.folder] = _section(folder / path, path)
            first = path[len(root) + 1 :].partition("/")[0]
            sizes[first] = sizes.get(first, 0) + 1
        bundles |= _full_bundles(paths, root)
    return Tree(sections=sections, bundles=frozenset(bundles), sizes=sizes)


def _full_bundles(paths: list[str], root: str) -> set[str]:
    """The folders with an `index` below which there are other files of content."""
    bundles = {path.rpartition("/")[0] for path in paths if "/index." in path} - {root}
    full = set()
    for path in paths if bundles else ():
        folder = path.rpartition("/")[0]
        if "/index." in path:
            folder = folder.rpartition("/")[0]
        while len(folder) > len(root):
            if folder in bundles:
                full.add(folder)
            folder = folder.rpartition("/")[0]
    return full


def languages(folder: Path, site: Site) -> dict[str, int]:
    """How many pages there are in each language, by its code."""
    found: dict[str, int] = {}
    for root in dict.fromkeys(one.content for one in site.languages):
        pages = (page_of(path, site) for path in _content(str(folder), root))
        for page in pages:
            if page and page.name != "_index":
                found[page.language] = found.get(page.language, 0) + 1
    return found


def _content(folder: str, root: str) -> Iterator[str]:
    """The paths, below the site, of all files that may be pages."""
    places = [root]
    while places:
        place = places.pop()
        try:
            entries = list(os.scandir(f"{folder}/{place}"))
        except OSError:
            continue  # collecting tells of it
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.name.endswith(ENDINGS):
                yield f"{place}/{entry.name}"
            elif entry.is_dir(follow_symlinks=False):
                places.append(f"{place}/{entry.name}")


def _section(file: Path, path: str) -> Section:
    from newsfeed.collect.decode import decode_source

    try:
        front = read_front_matter(path, decode_source(files.read(file)).text)
    except ArticleError as error:
        raise _unreadable(file, error.line, error.problem, error.remedy) from None
    values = front.values
    written = values.get("cascade")
    found = mappings(written)
    many = written if isinstance(written, list) else [written]
    if written not in (None, "") and len(found) != len(many):
        raise _unreadable(
            file,
            front.lines.get("cascade", 0),
            "`cascade` is neither a mapping nor a list of mappings",
            "write it as keys with values",
        )
    return Section(
        cascade=found, own={key: values[key] for key in ("draft", "published") if key in values}
    )


def _unreadable(file: Path, line: int, problem: str, remedy: str) -> SettingsError:
    where = f"{file}:{line}" if line else str(file)
    return SettingsError(f"{problem}; pages below depend on it", where=where, remedy=remedy)
