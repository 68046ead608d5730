"""Eleventy's rules: which files are articles, and where they belong.

Rules are those of Eleventy 3 (its documentation: "Permalinks", "Content Dates", "Collections") and
of its RSS plugin, whose ids are the addresses.
"""

from __future__ import annotations

import posixpath
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions.base import Body, Dropped, Find, Place
from newsfeed.collect.conventions.eleventy.cascade import (
    TEMPLATES,
    Cascade,
    Values,
    merged,
    tag_list,
)
from newsfeed.collect.conventions.eleventy.fences import parse
from newsfeed.collect.conventions.eleventy.globs import Globs
from newsfeed.collect.conventions.eleventy.literals import UNKNOWN
from newsfeed.collect.conventions.eleventy.templates import filled, without_tags
from newsfeed.collect.permalinks import expand
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin
from newsfeed.text import one_line, slug

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields
    from newsfeed.collect.frontmatter import FrontMatter

UTC_ZONE = ZoneInfo("UTC")
"""Eleventy's dates without a zone are in UTC."""

_OURS = "11ty"
"""The key of our notes in a file's front matter."""

_NOT_OURS = ("permalink", "eleventyComputed", "last_modified_at", "updated", "modified", "lastmod")
"""Keys that mean something else to `fields`; the plugin's feeds have no date of a change."""

_CREATED = frozenset({"created", "git created"})
_CHANGED = frozenset({"last modified", "git last modified"})
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.*)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHORT = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_HOURS = re.compile(r"(.*\d)\s*([-+])(\d)(?::?(\d{2}))?", re.ASCII)
NO_LISTS = frozenset({"all", "nav", "post", "posts"})
"""Tags that make lists of pages and tell readers nothing."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules need of a site. Folders are below it, "" for itself.

    `collection` is the tag of articles, "" where nothing tells it, and `members` the globs of that
    collection where it is made by them; `lists` are other tags that make lists of pages.
    """

    folder: str
    private: tuple[str, ...]
    ignored: Globs
    collection: str
    members: Globs | None
    lists: frozenset[str]
    base_path: str
    permalink: object
    separator: str
    engine: str
    key: str


class _Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What `place` needs of a file: all its `data`, whether its front matter has an `own`
    permalink, and why it is not among the articles.
    """

    data: Values
    own: bool = False
    left_out: str = ""


class Eleventy:
    """The rules of an Eleventy site, or of a folder in it."""

    name = "eleventy"
    has_site = True
    ties_descend = True
    zone = UTC_ZONE

    def __init__(self, site: Site, root: Path, prefix: str, permalink: str = "") -> None:
        """`root` is the site's folder and `prefix` where the source lies in it. `permalink` counts
        where no front matter of an article has one. Raises SettingsError for broken data files.
        """
        self._site = site
        self._prefix = prefix
        self._permalink = permalink
        self._cascade = Cascade(root, site.folder, self._enters)
        self.base_path = site.base_path
        self.key = f"eleventy {site.key} {self._cascade.key} {prefix} {permalink}"

    def accepts(self, path: str) -> bool:
        """Templates in the input folder, except in folders of Eleventy's own and ignored ones."""
        whole = self._prefix + path
        if path.endswith("/"):
            inside = self._is_inside(whole) or f"{self._site.folder}/".startswith(whole)
            return inside and self._enters(whole)
        return (
            self._is_inside(whole)
            and whole.endswith(TEMPLATES)
            and not self._site.ignored.match(whole)
        )

    def _is_inside(self, whole: str) -> bool:
        return not self._site.folder or whole.startswith(f"{self._site.folder}/")

    def _enters(self, whole: str) -> bool:
        bare = whole.rstrip("/")
        name = bare.rpartition("/")[2]
        return not (
            name.startswith(".")
            or name == "node_modules"
            or bare in self._site.private
            or self._site.ignored.match(bare)
        )

    def front_matter(self, path: str, text: str) -> FrontMatter:
        """The file's own over the data of its folders; of what is no article, the title alone."""
        front = parse(text)
        whole = self._prefix + path
        data = merged((self._cascade.of(whole), front.values))
        why = self._kept_out(whole, data)
        if why:
            values = {"title": data["title"]} if isinstance(data.get("title"), str) else {}
        else:
            values = {key: value for key, value in data.items() if key not in _NOT_OURS}
            values["date"] = _moment(data.get("date"))
        values = {key: value for key, value in values.items() if value is not UNKNOWN}
        notes = _Notes(data=data, own="permalink" in front.values, left_out=why)
        return msgspec.structs.replace(front, values={**values, _OURS: notes})

    def _kept_out(self, whole: str, data: Values) -> str:
        """Why the file is not among the articles, or ""."""
        site = self._site
        excluded = data.get("eleventyExcludeFromCollections")
        if str(excluded).lower() == "true":
            return "eleventyExcludeFromCollections: true"
        if "pagination" in data:
            return "it is cut into pages"
        if site.members is not None:
            return "" if site.members.match(whole) else f"it is not among {site.collection}"
        if not site.collection:
            dated = data.get("date") or _DAY.search(whole)
            return "" if dated else "it has no date, as a page"
        if site.collection == "all":
            return ""
        if site.collection not in tag_list(data.get("tags")):
            return f"it is not tagged {site.collection}"
        if site.collection in tag_list(excluded):
            return f"eleventyExcludeFromCollections: {site.collection}"
        return ""

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:
        """See Convention.place."""
        notes = front.values.get(_OURS)
        if not isinstance(notes, _Notes):
            notes = _Notes(data=front.values)
        page, data = _Page(self._prefix + path, self._site.folder), notes.data
        title = fields.title or heading or page.slug or page.stem
        if notes.left_out:
            return _left_out(title, notes.left_out)
        when, dated = _date(page.path, data, fields)
        link = self._link(page, data, when, own=notes.own, fields=fields)
        if link is None:
            return _left_out(title, "permalink: false")
        return Place(
            title=title,
            link=link,
            id_path=link,
            categories=fields.categories,
            tags=tuple(t for t in tag_list(data.get("tags")) if t and t not in self._site.lists),
            date=when,
            dated=dated,
            heading_shown=bool(heading and not fields.title),
        )

    def _link(
        self, page: _Page, data: Values, when: datetime | None, *, own: bool, fields: Fields
    ) -> str | None:
        """The permalink's path; None where the article gets no page."""
        if self._permalink and not own:
            values = {
                "slug": page.slug,
                "title": slug(one_line(str(data.get("title") or ""))) or page.slug,
                "categories": "/".join(map(slug, fields.categories)),
                "path": page.folder,
                "output_ext": ".html",
            }
            return expand(self._permalink, values, when and when.astimezone(UTC))
        computed = data.get("eleventyComputed")
        pattern = computed.get("permalink") if isinstance(computed, dict) else None
        pattern = pattern or data.get("permalink", self._site.permalink)
        if isinstance(pattern, dict):
            pattern = pattern.get("build", False)
        if pattern is UNKNOWN:
            raise ArticleError(
                "its permalink is made by a program, which is not run",
                remedy="give it a `permalink` as text, or set `sources.permalink`",
            )
        if str(pattern).lower() == "false":
            return None
        if not isinstance(pattern, str) or not pattern:
            return permalink_path(page.usual)
        known = {**data, "page": page.data}
        return _without_index(permalink_path(filled(pattern, known, when)))

    def body(self, path: str, text: str, find: Find) -> Body:  # noqa: ARG002
        """The text without template tags, which Markdown holds too unless the site says no."""
        markdown = path.endswith(".md")
        dropped: tuple[Dropped, ...] = ()
        lead = ""
        engine = self._site.engine if markdown else "njk" if path.endswith(".njk") else "liquid"
        if engine:
            text, dropped = without_tags(text, self._site.base_path, comments=engine == "njk")
        if self._site.separator and self._site.separator in text:
            lead, _, rest = text.partition(self._site.separator)
            text = lead + rest
        return Body(
            text=text, markup="markdown" if markdown else "html", lead=lead, dropped=dropped
        )

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Site-relative images lie in the input folder, or beside it in `public`."""
        depth = self._prefix.count("/")
        site = root.parents[depth - 1] if depth else root
        return (site / self._site.folder, site / "public", site)


class _Page:
    """What templates know as `page` of the file at `path` below the site."""

    def __init__(self, path: str, folder: str) -> None:
        self.path = path
        below = path.removeprefix(f"{folder}/") if folder else path
        self.folder, _, name = below.rpartition("/")
        self.stem = posixpath.splitext(name)[0]
        short = _without_date(self.stem)
        last = self.folder.rpartition("/")[2]
        self.slug = _without_date(last) if short == "index" else short
        self.data: Values = {
            "fileSlug": self.slug,
            "filePathStem": f"/{self.folder}/{short}".replace("//", "/"),
            "inputPath": f"./{path}",
            "outputFileExtension": "html",
        }
        parts = [self.folder] if self.folder else []
        if self.stem not in ("index", last):
            parts.append(self.stem)
        self.usual = "/".join(["", *parts, ""])


def _without_date(name: str) -> str:
    match = _DATED.search(name)
    return match[2] if match else name


def _without_index(link: str) -> str:
    """The address of a page: its folder's, where it is an index."""
    for ending in ("index.html", "index/", "index"):
        if link.endswith(f"/{ending}"):
            return link.removesuffix(ending)
    return link


def _moment(value: object) -> object:
    """A date as the front matter has it, in forms that `fields` know; None for what tells none.

    The words for the times of files and commits tell none: git is asked for both, since the times
    of files change with every checkout.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str):
        return value if isinstance(value, date) else None
    text = value.strip()
    if text.lower() in _CREATED | _CHANGED:
        return None
    if match := _HOURS.fullmatch(text):
        text = f"{match[1]}{match[2]}0{match[3]}:{match[4] or '00'}"
    if (match := _SHORT.fullmatch(text)) and 1 <= int(match[2] or 1) <= 12 and int(match[1]):
        return date(int(match[1]), int(match[2] or 1), 1)
    return text


def _date(path: str, data: Values, fields: Fields) -> tuple[datetime | None, DateOrigin | None]:
    """The front matter's date, else the first in the path; Eleventy's feeds have whole seconds."""
    if fields.date:
        return fields.date.replace(microsecond=0), DateOrigin.FRONT_MATTER
    if str(data.get("date")).lower() in _CHANGED:
        return None, DateOrigin.LAST_COMMIT
    match = None if data.get("date") else _DAY.search(path)
    if match is None:
        return None, None
    from newsfeed.collect.dates import parse_date

    try:
        return parse_date(match[0], UTC_ZONE), DateOrigin.FILE_NAME
    except ValueError as error:
        raise ArticleError(
            f"the path holds an impossible date: {error}", remedy="rename the file or folder"
        ) from None


def _left_out(title: str, reason: str) -> Place:
    return Place(
        title=title, link="", id_path="", categories=(), date=None, dated=None, left_out=reason
    )
