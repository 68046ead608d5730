"""Astro: content collections, as its blog template has them, in Markdown and MDX.

Rules are those of Astro 5 (its documentation: "Content collections" and "RSS"): which page shows a
collection is code, so that the address is taken to be /COLLECTION/ID/, as in that template. Its
feed, made by @astrojs/rss, has permalinks as ids.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions import scripts, sites
from newsfeed.collect.conventions.base import About, Body, Find, Located, Place
from newsfeed.collect.conventions.components import without_components
from newsfeed.collect.conventions.references import linked
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter
from newsfeed.collect.permalinks import expand
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import SettingsError
from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

ENDINGS = (".md", ".mdx")
CONTENT = "src/content"
_CONFIG = tuple(f"astro.config.{ending}" for ending in ("mjs", "js", "ts", "mts"))
_CONSTANTS = ("src/consts.ts", "src/consts.js")
_RENAMED = {
    "pubDate": "date",
    "publishDate": "date",
    "updatedDate": "updated",
    "heroImage": "image",
}
_NO_SLUG = re.compile(r"[^\w\- ]", re.UNICODE)


class AstroConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What we use of a site's settings; `trailing` is what ends an address."""

    base_path: str = ""
    trailing: str = "/"


class Astro:
    """The rules of a site's content collections."""

    name = "astro"
    has_site = True
    ties_descend = False

    def __init__(self, config: AstroConfig, permalink: str = "", prefix: str = "") -> None:
        """`permalink` is a pattern for what the site's own code does; `prefix` is where the source
        lies in the site, "" for the whole site.
        """
        self.zone = scripts.ZONE
        self.base_path = config.base_path
        self._trailing = config.trailing
        self._permalink = permalink
        self._prefix = prefix
        self.key = f"astro {permalink} {prefix} {config!r}"

    def accepts(self, path: str) -> bool:
        """Markdown in a collection's folder; names that begin with _ are drafts."""
        if path.rstrip("/").rpartition("/")[2].startswith((".", "_")):
            return False
        whole = self._prefix + path
        below = whole.startswith(CONTENT + "/")
        if path.endswith("/"):
            return below or f"{CONTENT}/".startswith(whole)
        return below and path.lower().endswith(ENDINGS)

    def front_matter(self, path: str, text: str) -> FrontMatter:  # noqa: ARG002
        """The file's own, with the names of the blog template read as ours."""
        front = parse_front_matter(text)
        values = {_RENAMED.get(key, key): value for key, value in front.values.items()}
        lines = {_RENAMED.get(key, key): line for key, line in front.lines.items()}
        return msgspec.structs.replace(front, values=values, lines=lines)

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:  # noqa: ARG002
        """See Convention.place."""
        whole = (self._prefix + path).removeprefix(CONTENT + "/")
        collection, _, rest = whole.partition("/")
        name = fields.slug or "/".join(_slug(part) for part in _stem(rest or collection).split("/"))
        title = fields.title or heading or PurePosixPath(name).name or PurePosixPath(path).stem
        return Place(
            title=title,
            link=(link := self._link(collection if rest else "", name)),
            id_path=link,
            categories=fields.categories or fields.tags,
            tags=() if not fields.categories else None,
            date=fields.date,
            dated=DateOrigin.FRONT_MATTER if fields.date else None,
            heading_shown=bool(heading) and not fields.title,
            left_out="" if fields.date else "it has no `pubDate` or `date`",
        )

    def _link(self, collection: str, name: str) -> str:
        if self._permalink:
            folder, _, last = name.rpartition("/")
            return expand(
                self._permalink,
                {"slug": last, "title": last, "path": folder, "categories": collection},
            )
        below = "/".join(part for part in (collection, name) if part)
        return permalink_path(f"/{below}{self._trailing}")

    def body(self, path: str, text: str, find: Find) -> Body:
        """The text without components."""
        mdx = path.lower().endswith(".mdx")
        plain, dropped = without_components(text, expressions=True) if mdx else (text, ())
        return Body(text=linked(plain, path, find), markup="markdown", dropped=dropped)

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """What the site serves as it is lies in `public`."""
        site = root.parents[self._prefix.count("/") - 1] if self._prefix else root
        return (site / "public", site)


def _stem(path: str) -> str:
    stem = path.rpartition(".")[0] or path
    return stem.removesuffix("/index")


def _slug(part: str) -> str:
    """A path's part as Astro makes an id of it: github-slugger's rule."""
    return _NO_SLUG.sub("", part.lower()).replace(" ", "-")


class _Generator:
    """Astro: told by its settings file."""

    name = "astro"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or lies in its collections."""
        for depth, site in enumerate((folder, *folder.parents[:4])):
            found = sites.first(site, _CONFIG)
            prefix = "/".join(folder.parts[-depth:]) + "/" if depth else ""
            if found and (not depth or prefix.startswith(CONTENT + "/")):
                return Located(site=site, prefix=prefix, reasons=(found.name,))
        return None

    def about(self, site: Path) -> About:
        """See Generator.about. Title and description are the constants of the blog template."""
        try:
            values, config = scripts.read(site, _CONFIG), _config(site)
            constants = scripts.read(site, _CONSTANTS)
        except SettingsError as error:
            return About(problems=(sites.problem(error),), output="newsfeed-public")
        return About(
            title=scripts.text_at(constants, "SITE_TITLE"),
            url=sites.usable_url(scripts.text_at(values, "site").rstrip("/") + config.base_path),
            description=scripts.text_at(constants, "SITE_DESCRIPTION"),
            language=sites.language_tag(scripts.text_at(values, "i18n.defaultLocale")),
            feeds={"rss": "rss.xml", "atom": "atom.xml"},
            timezone=scripts.ZONE.key,
            output="newsfeed-public",
        )

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Astro:  # noqa: ARG002
        """See Generator.convention."""
        return Astro(_config(located.site), permalink, located.prefix)


GENERATOR = _Generator()


def _config(site: Path) -> AstroConfig:
    """What we use of the site's settings. Raises SettingsError where they cannot be read."""
    values = scripts.read(site, _CONFIG)
    base = scripts.text_at(values, "base").strip("/")
    ending = "" if scripts.at(values, "trailingSlash") == "never" else "/"
    if scripts.at(values, "build.format") == "file":
        ending = ".html" if scripts.at(values, "trailingSlash") != "never" else ""
    return AstroConfig(base_path=f"/{base}" if base else "", trailing=ending)
