"""Jekyll's folders: `_posts`, names with dates, permalinks and ids as jekyll-feed writes them.

Rules are those of Jekyll 4 (its documentation: "Posts", "Permalinks", "Front Matter Defaults")
and of jekyll-feed, whose entry id is the absolute form of Jekyll's `post.id`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from unicodedata import category
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.base import (
    HTML_ENDINGS,
    MARKDOWN_ENDINGS,
    About,
    Body,
    Dropped,
    Find,
    Located,
    Place,
    markup_of,
)
from newsfeed.collect.dates import file_name_date
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter
from newsfeed.collect.permalinks import date_parts, expand
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

ENDINGS = (*MARKDOWN_ENDINGS, *HTML_ENDINGS)
STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_LIQUID = re.compile(r"\{%[^%\n]{0,80}%\}|\{\{[^}\n]{0,80}\}\}")
_CONFIG = ("_config.yml", "_config.yaml")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PRETTY = frozenset("._~!$&'()+,;=@")
"""What Jekyll's "pretty" slugs keep besides letters, marks and digits."""


class Default(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `defaults:`; `path` is a folder or file below the site, "" for all."""

    path: str
    values: dict[str, object]


class JekyllConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What we use of a site's `_config.yml`."""

    permalink: str = "date"
    timezone: str = ""
    base_path: str = ""
    defaults: tuple[Default, ...] = ()


class Jekyll:
    """The rules of a Jekyll site, or of its `_posts` folder alone."""

    name = "jekyll"
    has_site = True
    ties_descend = True

    def __init__(
        self, zone: ZoneInfo, config: JekyllConfig, permalink: str = "", prefix: str = ""
    ) -> None:
        """`permalink` overrides the site's own; `prefix` is where the source lies in the site,
        such as "_posts/", or "" for the whole site.
        """
        self.zone = ZoneInfo(config.timezone) if config.timezone else zone
        self.base_path = config.base_path
        self._prefix = prefix
        self._defaults = config.defaults
        pattern = permalink or config.permalink
        self._permalink = STYLES.get(pattern, pattern)
        self.key = f"jekyll {self.zone.key} {self._permalink} {prefix} {config!r}"

    def accepts(self, path: str) -> bool:
        """What lies in a `_posts` folder; other names that begin with . or _ are private."""
        folder, _, name = (self._prefix + path.rstrip("/")).rpartition("/")
        if name.startswith((".", "_")) and name != "_posts":
            return False
        if path.endswith("/"):
            return True
        return "/_posts/" in f"/{folder}/" and path.lower().endswith(ENDINGS)

    def front_matter(self, path: str, text: str) -> FrontMatter:
        """The file's own, over the `values` of every matching scope; the more exact path wins.

        A file without front matter is no post, and gets none.
        """
        front = parse_front_matter(text)
        defaults = self._defaults_of(self._prefix + path) if front.syntax else {}
        if not defaults:
            return front
        return msgspec.structs.replace(front, values={**defaults, **front.values})

    def _defaults_of(self, path: str) -> Mapping[str, object]:
        values: dict[str, object] = {}
        for default in sorted(self._defaults, key=lambda d: len(d.path)):
            scope = default.path.strip("/")
            if not scope or path == scope or path.startswith(scope + "/"):
                values.update(default.values)
        return values

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:  # noqa: ARG002
        """See Convention.place. Jekyll takes a post's name from the file, never from a heading."""
        stem = PurePosixPath(path).stem
        try:
            day, name = file_name_date(stem)
        except ValueError as error:
            raise ArticleError(
                f"the file name holds an impossible date: {error}", remedy="rename the file"
            ) from None
        name = (fields.slug or name).rstrip(".")
        title = fields.title or name.replace("-", " ").strip().capitalize() or stem
        if not day:
            return _left_out(title, "Jekyll publishes only files named YYYY-MM-DD-title")
        if not front.syntax:
            return _left_out(title, "it has no front matter")
        categories = self._categories(path, fields)
        when = fields.date or datetime.combine(day, time(), self.zone)
        link = self._link(name, categories, when, fields)
        return Place(
            title=title,
            link=link,
            id_path=posixpath.join(posixpath.dirname(link.rstrip("/")), name),
            categories=categories,
            date=when,
            dated=DateOrigin.FRONT_MATTER if fields.date else DateOrigin.FILE_NAME,
        )

    def _categories(self, path: str, fields: Fields) -> tuple[str, ...]:
        """Folders above `_posts`, then the front matter's, each once."""
        folders = (self._prefix + path).split("/")[:-1]
        above = folders[: folders.index("_posts")] if "_posts" in folders else []
        return tuple(dict.fromkeys((*above, *fields.categories)))

    def _link(self, name: str, categories: tuple[str, ...], when: datetime, fields: Fields) -> str:
        local = when.astimezone(self.zone)
        values = {
            **date_parts(local),
            "short_day": _DAYS[local.weekday()],
            "title": _slugify(name, _PRETTY),
            "slug": _slugify(name).lower(),
            "categories": "/".join(dict.fromkeys(c.lower() for c in categories)),
            "slugified_categories": "/".join(
                dict.fromkeys(_slugify(c).lower() for c in categories)
            ),
            "output_ext": ".html",
        }
        return expand(fields.permalink or self._permalink, values)

    def body(self, path: str, text: str, find: Find) -> Body:  # noqa: ARG002
        """Liquid stays as it is written, and is told."""
        found = _LIQUID.finditer(text) if "{%" in text or "{{" in text else ()
        return Body(
            text=text,
            markup=markup_of(path, markdown="kramdown"),
            dropped=tuple(Dropped(m[0], text.count("\n", 0, m.start()) + 1) for m in found),
        )

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """Site-relative images lie in the site's folder."""
        depth = self._prefix.count("/")
        return (root.parents[depth - 1] if depth else root,)


def _left_out(title: str, reason: str) -> Place:
    return Place(
        title=title, link="/", id_path="/", categories=(), date=None, dated=None, left_out=reason
    )


def _slugify(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Everything but letters, marks, digits and `kept` becomes a hyphen, runs of it one."""
    if text.isascii() and text.replace("-", "").isalnum():
        return re.sub("-+", "-", text).strip("-")
    spaced = (c if c in kept or _is_word(c) else " " for c in text)
    return "-".join("".join(spaced).split())


def _is_word(character: str) -> bool:
    kind = category(character)
    return kind[0] in "LM" or kind == "Nd"


class _Generator:
    """Jekyll: told by `_config.yml` or a `_posts` folder."""

    name = "jekyll"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or its `_posts` (also one below a category's folder)."""
        if folder.name == "_posts":
            return _around(folder)
        config = sites.first(folder, _CONFIG)
        reasons = [config.name] if config else []
        reasons += ["_posts/"] if (folder / "_posts").is_dir() else []
        return Located(site=folder, reasons=tuple(reasons)) if reasons else None

    def about(self, site: Path) -> About:
        """See Generator.about."""
        try:
            values = _values(site)
        except SettingsError as error:
            return About(problems=(sites.problem(error),))
        parts = (sites.line_at(values, key).strip("/ ") for key in ("url", "baseurl"))
        return About(
            title=sites.line_at(values, "title"),
            url=sites.usable_url("/".join(parts)),
            description=sites.line_at(values, "description"),
            language=sites.language_tag(
                sites.line_at(values, "lang") or sites.line_at(values, "locale")
            ),
            author=sites.name_at(values, "author"),
            timezone=sites.line_at(values, "timezone"),
        )

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Jekyll:
        """See Generator.convention."""
        return Jekyll(zone, _config(located.site), permalink, located.prefix)


GENERATOR = _Generator()


def _around(posts: Path) -> Located:
    """The site around a `_posts` folder: the nearest one with settings, else the folder above."""
    for depth, site in enumerate(posts.parents[:3]):
        if sites.first(site, _CONFIG):
            prefix = "/".join(posts.parts[-(depth + 1) :]) + "/"
            return Located(site=site, prefix=prefix, reasons=("_posts/", "_config.yml"))
    return Located(site=posts.parent, prefix="_posts/", reasons=("_posts/",))


def _values(site: Path) -> dict[str, object]:
    """The site's `_config.yml` as it is; empty where there is none. Raises SettingsError."""
    path = sites.first(site, _CONFIG)
    return sites.read_values(path) if path else {}


def _config(site: Path) -> JekyllConfig:
    """What we use of the site's `_config.yml`. Raises SettingsError where it cannot be read."""
    values = _values(site)
    zone = str(values.get("timezone") or "")
    try:
        ZoneInfo(zone or "UTC")
    except (OSError, ValueError, KeyError):
        raise SettingsError(
            f"`timezone`: there is no time zone {zone!r}",
            where=str(site),
            remedy="mend _config.yml",
        ) from None
    return JekyllConfig(
        permalink=str(values.get("permalink") or "date"),
        timezone=zone,
        base_path="/" + base if (base := str(values.get("baseurl") or "").strip("/")) else "",
        defaults=tuple(_defaults(values.get("defaults"))),
    )


def _defaults(value: object) -> list[Default]:
    """The scopes that say something of posts."""
    found = []
    for entry in value if isinstance(value, list) else []:
        scope = entry.get("scope") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if not (isinstance(scope, dict) and isinstance(values, dict)):
            continue
        if scope.get("type") in {"posts", "", None}:
            path = str(scope.get("path") or "")
            found.append(Default(path=path, values={str(k): v for k, v in values.items()}))
    return found
