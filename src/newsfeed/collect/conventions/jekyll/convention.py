"""The rules of a Jekyll site: which files are posts, their addresses, ids, dates and categories.

From Jekyll's documentation and from what Jekyll 4 and jekyll-feed do; an id is `post.id` at the
site's address, and categories are those that the feed shows.
"""

from __future__ import annotations

import posixpath
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions.base import HTML_ENDINGS, Body, Dropped, Find, Place, markup_of
from newsfeed.collect.conventions.jekyll import addresses
from newsfeed.collect.conventions.jekyll.config import Config, page_suffix
from newsfeed.collect.conventions.jekyll.defaults import (
    defaults_of,
    in_utc,
    listed,
    merged,
    words,
)
from newsfeed.collect.conventions.jekyll.expressions import Scope, relative
from newsfeed.collect.conventions.jekyll.layout import ENDINGS, Layout
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter
from newsfeed.errors import ArticleError
from newsfeed.model import DateOrigin
from newsfeed.text import one_line

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

_SHORT_YEAR = re.compile(r"[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}-.")
_DATES = ("date", "last_modified_at")


class Jekyll:
    """The rules of a Jekyll site, of one of its `_posts` folders, or of one of its collections."""

    name = "jekyll"
    has_site = True
    ties_descend = False

    def __init__(
        self, zone: ZoneInfo, config: Config, permalink: str = "", prefix: str = ""
    ) -> None:
        """`permalink` overrides the site's own; `prefix` is where the source lies in the site,
        such as "_posts/", or "" for the whole site.
        """
        self.zone = ZoneInfo(config.timezone) if config.timezone else zone
        self.base_path = config.base_path
        self._config = config
        self._prefix = prefix
        self._layout = Layout(config, prefix)
        collection = self._layout.collection
        self._kind = collection.label if collection else "posts"
        self._permalink = permalink or (collection.permalink if collection else config.permalink)
        self.key = f"jekyll {self.zone.key} {self._permalink} {prefix} {config!r}"

    def accepts(self, path: str) -> bool:
        """See Convention.accepts."""
        return self._layout.accepts(self._prefix + path)

    def front_matter(self, path: str, text: str) -> FrontMatter:
        """See Convention.front_matter: the file's own over the settings' defaults."""
        front = parse_front_matter(text)
        own = dict(front.values)
        for key in _DATES:
            if key in own:
                own[key] = in_utc(own[key], _line(text, front.lines.get(key, 0)))
        below = defaults_of(self._prefix + path, self._kind, self._config.defaults)
        values = merged(merged({}, below) if below else {}, own)
        for key in _DATES:
            if key in below and key not in own:
                values[key] = in_utc(values[key], "")
        self._normalise(values, front.body)
        return msgspec.structs.replace(front, values=values)

    def _normalise(self, values: dict[str, object], body: str) -> None:
        """Jekyll's keys in the shapes that `collect/fields.py` reads."""
        values.pop("id", None)  # Jekyll makes ids of addresses, whatever stands there
        singular = listed(values.get("category"))
        values["categories"] = [*words(values.get("categories")), *singular]
        values["tags"] = listed(values.pop("tag", None)) or words(values.get("tags"))
        for key in ("author", "authors"):
            names = [self._author(one) for one in listed(values.get(key))]
            if names:
                values[key] = names
        if values.get("description"):
            values["excerpt"] = values["description"]
        separator = values.get("excerpt_separator")
        if isinstance(separator, str) and separator and not values.get("excerpt"):
            lead, found, _ = body.partition(separator)
            values["excerpt"] = lead if found and separator.strip() else None
        if self._config.show_drafts:
            values.pop("draft", None)
        if self._config.unpublished:
            values.pop("published", None)

    def _author(self, author: object) -> object:
        """The name that the data file of authors has for a key."""
        return self._config.authors.get(author, author) if isinstance(author, str) else author

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:  # noqa: ARG002
        """See Convention.place. Jekyll takes a post's name from the file, never from a heading."""
        from newsfeed.collect.conventions.jekyll.titles import feed_title, title_of_name

        whole = self._prefix + path
        stem = posixpath.splitext(posixpath.basename(path))[0]
        day, name = _named(stem)
        name = name.rstrip(".") or stem
        title = feed_title(fields.title or title_of_name(name)) or stem
        when, dated = fields.date, DateOrigin.FRONT_MATTER
        if when is None and day:
            when, dated = datetime.combine(day, time(), self.zone), DateOrigin.FILE_NAME
        left_out = self._left_out(whole, day, when, front)
        slug = fields.slug or name
        categories = self._categories(whole, front)
        link = "/" if left_out else self._link(whole, slug, categories, when, fields)
        shown = tuple(one_line(str(one)) for one in listed(front.values.get("category")))
        return Place(
            title=title,
            link=link,
            id_path=normalize(
                "NFKC", posixpath.join(posixpath.dirname(link.rstrip("/")) or "/", slug)
            ),
            categories=tuple(filter(None, dict.fromkeys(shown or categories))),
            date=when,
            dated=dated if when else None,
            left_out=left_out,
            early=self._config.future,
        )

    def _left_out(
        self, path: str, day: date | None, when: datetime | None, front: FrontMatter
    ) -> str:
        if self._layout.collection:
            return "" if front.syntax else "it has no front matter"
        if "/_drafts/" in f"/{path}":
            return "" if when else "Jekyll dates a draft by when it was saved, which we do not"
        if day:
            return ""
        return "Jekyll publishes only files named YYYY-MM-DD-title"

    def _categories(self, path: str, front: FrontMatter) -> tuple[str, ...]:
        """Folders above `_posts`, then those of the front matter, each once."""
        above = [] if self._layout.collection else self._layout.folder_names(path)
        own = (one_line(str(one)) for one in listed(front.values.get("categories")))
        return tuple(filter(None, dict.fromkeys((*above, *own))))

    def _link(
        self,
        path: str,
        slug: str,
        categories: tuple[str, ...],
        when: datetime | None,
        fields: Fields,
    ) -> str:
        name, ending = posixpath.splitext(posixpath.basename(path))
        names = addresses.Names(
            slug=slug,
            categories=categories,
            collection=self._kind,
            name=name,
            path=self._layout.in_collection(path),
            ending=ending if ending.lower() in HTML_ENDINGS else ".html",
        )
        return addresses.address(
            fields.permalink or self._permalink, names, when and when.astimezone(self.zone)
        )

    def body(self, path: str, text: str, find: Find) -> Body:
        """See Convention.body: without Liquid, and without what follows the author's separator."""
        dropped: tuple[Dropped, ...] = ()
        if "{" in text and ("{%" in text or "{{" in text):
            from newsfeed.collect.conventions.jekyll.liquid import resolve

            text, dropped = resolve(text, self._scope(find))
        separator = self._config.excerpt_separator
        lead = ""
        if separator.strip() and separator in text:
            lead = text.partition(separator)[0]
        markup = markup_of(path, markdown="kramdown")
        return Body(text=text, markup=markup, lead=lead, dropped=dropped)

    def _scope(self, find: Find) -> Scope:
        """What Liquid may ask for in an article."""
        config = self._config
        return Scope(
            names=config.names,
            url=config.url,
            base_path=config.base_path,
            post=lambda reference: self._post(reference, find),
            file=lambda reference: self._file(reference, find),
        )

    def _post(self, reference: str, find: Find) -> str:
        """The path of the post that `post_url` names: its date and title, and folders before them.

        The folders lie in `_posts`, or `_posts` lies in them.
        """
        folder, slash, name = reference.strip("/").rpartition("/")
        for path in (f"_posts/{folder}{slash}{name}", f"{folder}{slash}_posts/{name}", name):
            if url := find(path.removeprefix(self._prefix)):
                return urlsplit(url).path
        return ""

    def _file(self, reference: str, find: Find) -> str:
        """The path of the file that `link` names: a post, a page or any other file of the site."""
        path = reference.strip("/")
        if url := find(path.removeprefix(self._prefix)):
            return urlsplit(url).path
        scope = Scope(names={}, url="", base_path=self.base_path, post=str, file=str)
        if path.lower().endswith(ENDINGS) and "/_" not in f"/{path}":
            stem = path.rpartition(".")[0]
            stem = stem.removesuffix("index") if stem.rpartition("/")[2] == "index" else stem
            suffix = page_suffix(self._config.style).replace(":output_ext", ".html")
            path = stem if stem.endswith("/") or not stem else stem + suffix
        return relative(path, scope)

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Site-relative images lie in the site's folder."""
        depth = self._prefix.count("/")
        return (root.parents[depth - 1] if depth else root,)


def _named(stem: str) -> tuple[date | None, str]:
    """The date and the rest of a file's name. Raises ArticleError for a day that is none."""
    from newsfeed.collect.dates import file_name_date

    if _SHORT_YEAR.match(stem):  # as Ruby reads a year of two digits
        stem = ("20" if stem < "69" else "19") + stem
    try:
        return file_name_date(f"{stem}.md")
    except ValueError as error:
        raise ArticleError(
            f"the file name holds an impossible date: {error}", remedy="rename the file"
        ) from None


def _line(text: str, number: int) -> str:
    """The line of the file, counted from 1; "" for 0."""
    return text.split("\n", number)[number - 1] if number else ""
