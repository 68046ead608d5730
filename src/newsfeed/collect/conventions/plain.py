"""Plain folders: articles and nothing else; newsfeed makes the pages."""

from __future__ import annotations

import re
from datetime import datetime, time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions.base import (
    HTML_ENDINGS,
    MARKDOWN_ENDINGS,
    About,
    Body,
    Find,
    Located,
    Place,
    markup_of,
)
from newsfeed.collect.conventions.references import file_links
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter
from newsfeed.collect.permalinks import expand
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin
from newsfeed.text import short_hash, slug

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

PERMALINK = "/:categories/:slug/"
ENDINGS = (*MARKDOWN_ENDINGS, ".txt", *HTML_ENDINGS)
FOLDER_NOTES = frozenset({"readme", "license", "licence", "changelog", "contributing", "index"})

# Names that a program gave, such as 000_a74ec3dbd5ff3621: they say nothing to a reader.
_MACHINE_NAME = re.compile(r"[0-9_-]*([0-9a-f]{8,}|[0-9]+)?[0-9_-]*", re.IGNORECASE)


class Plain:
    """The rules of a folder that belongs to no generator."""

    name = "plain"
    has_site = False
    base_path = ""
    ties_descend = False

    def __init__(self, zone: ZoneInfo, permalink: str = "") -> None:
        """`zone` is for dates without one; `permalink` is a pattern, "" for the usual one."""
        self.zone = zone
        self._permalink = permalink or PERMALINK
        self.key = f"plain {zone.key} {self._permalink}"

    def accepts(self, path: str) -> bool:
        """Articles by their ending; nothing whose name begins with a dot or an underscore."""
        name = path.rstrip("/").rpartition("/")[2]
        if name.startswith((".", "_")):
            return False
        return path.endswith("/") or path.lower().endswith(ENDINGS)

    def front_matter(self, path: str, text: str) -> FrontMatter:  # noqa: ARG002
        """What stands in the file: a plain folder has no settings of its own."""
        return parse_front_matter(text)

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:
        """See Convention.place."""
        stem = PurePosixPath(path).stem
        left_out = ""
        if not front.syntax and stem.lower() in FOLDER_NOTES:
            left_out = "it has no front matter and is about the folder"
        title = fields.title or heading or (stem if left_out else "")
        if not title:
            raise ArticleError(
                "has no title", remedy="begin the file with ---, a line `title: …` and ---"
            )
        date, dated, name = _date(stem, fields, self.zone)
        link = "/" if left_out else self._link(path, name, title, date, fields)
        return Place(
            title=title,
            link=link,
            id_path=link,
            categories=fields.categories,
            date=date,
            dated=dated,
            left_out=left_out,
            heading_shown=not fields.title,
        )

    def body(self, path: str, text: str, find: Find) -> Body:
        """Markdown may hold kramdown's extensions: many a plain folder was a Jekyll site's."""
        links = file_links(text, path, ENDINGS, find)
        return Body(text=text, markup=markup_of(path, markdown="kramdown"), links=links)

    def _link(self, path: str, name: str, title: str, date: datetime | None, fields: Fields) -> str:
        if fields.permalink and ":" not in fields.permalink:
            return permalink_path(fields.permalink)
        values = {
            "slug": _slug(path, name, title, fields),
            "title": slug(title) or short_hash(path),
            "categories": "/".join(slug(c) or short_hash(c) for c in fields.categories),
            "path": str(PurePosixPath(path).parent).removeprefix("."),
            "output_ext": ".html",
        }
        return expand(fields.permalink or self._permalink, values, date)

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Site-relative images lie in the folder itself."""
        return (root,)


def _date(
    stem: str, fields: Fields, zone: ZoneInfo
) -> tuple[datetime | None, DateOrigin | None, str]:
    from newsfeed.collect.dates import file_name_date

    try:
        day, name = file_name_date(stem)
    except ValueError as error:
        if fields.date:
            return fields.date, DateOrigin.FRONT_MATTER, stem
        raise ArticleError(
            f"the file name holds an impossible date: {error}",
            remedy="rename the file, or give it a `date`",
        ) from None
    if fields.date:
        return fields.date, DateOrigin.FRONT_MATTER, name
    if day:
        return datetime.combine(day, time(), zone), DateOrigin.FILE_NAME, name
    return None, None, name


def _slug(path: str, name: str, title: str, fields: Fields) -> str:
    """The author's slug, else the file's name where a person gave it, else the title's."""
    if fields.slug and slug(fields.slug):
        return slug(fields.slug)
    if not _MACHINE_NAME.fullmatch(name) and slug(name):
        return slug(name)
    return slug(title) or slug(name) or short_hash(path)


class _Generator:
    """No generator: what is left where no other speaks for a folder."""

    name = "plain"

    def locate(self, folder: Path) -> Located:
        """Every folder can be read as a plain one."""
        return Located(site=folder)

    def about(self, site: Path) -> About:  # noqa: ARG002
        """A plain folder says nothing of itself."""
        return About()

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Plain:  # noqa: ARG002
        """See Generator.convention."""
        return Plain(zone, permalink)


GENERATOR = _Generator()
