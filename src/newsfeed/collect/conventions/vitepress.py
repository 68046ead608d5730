"""VitePress: pages of Markdown, of which those with a date are articles.

Rules are those of VitePress 1 (its documentation: "Routing" and "Frontmatter Config"). It makes no
feed of its own; ids are permalinks.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions import scripts, sites
from newsfeed.collect.conventions.base import About, Body, Find, Located, Place
from newsfeed.collect.conventions.components import without_components
from newsfeed.collect.conventions.references import linked
from newsfeed.collect.frontmatter import FrontMatter, parse_front_matter
from newsfeed.collect.permalinks import path as permalink_path
from newsfeed.errors import SettingsError
from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

_FOLDER = ".vitepress"
_CONFIG = tuple(f"{_FOLDER}/config.{ending}" for ending in ("js", "ts", "mjs", "mts"))
_PAGES = frozenset({"home", "page"})
_MARKS = re.compile(
    r"^[ \t]*(?:\[\[toc\]\]|<<<[ \t]+\S.*|<!--@include:.*?-->)[ \t]*$", re.MULTILINE
)


class VitePressConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What we use of a site's settings; `source` is the folder of the pages, "" for the site's."""

    source: str = ""
    base_path: str = ""
    clean: bool = False


class VitePress:
    """The rules of a site's pages."""

    name = "vitepress"
    has_site = True
    ties_descend = False

    def __init__(self, config: VitePressConfig, permalink: str = "", prefix: str = "") -> None:
        """`permalink` is what stands before the path of a page where it is not the site's own;
        `prefix` is where the source lies below the folder of the pages.
        """
        self.zone = scripts.ZONE
        self.base_path = permalink.rstrip("/") or config.base_path
        self._config = config
        self._prefix = prefix
        self.key = f"vitepress {self.base_path} {prefix} {config!r}"

    def accepts(self, path: str) -> bool:
        """Markdown below the folder of the pages; nothing that is hidden, and no packages."""
        name = path.rstrip("/").rpartition("/")[2]
        if name.startswith(".") or name == "node_modules":
            return False
        above = self._config.source + "/" if self._config.source else ""
        whole = self._prefix + path
        if path.endswith("/"):
            return whole.startswith(above) or above.startswith(whole)
        return whole.startswith(above) and path.lower().endswith(".md")

    def front_matter(self, path: str, text: str) -> FrontMatter:  # noqa: ARG002
        """What stands in the file."""
        return parse_front_matter(text)

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:
        """See Convention.place. A page without a date or with its own layout is no article."""
        page = (
            (self._prefix + path).removeprefix(self._config.source).lstrip("/").rpartition(".")[0]
        )
        name = PurePosixPath(page).name
        when, dated = fields.date, DateOrigin.FRONT_MATTER
        if when is None and (day := _day(name)):
            when, dated = datetime.combine(day, time(), self.zone), DateOrigin.FILE_NAME
        link = "/" + (page.removesuffix("index") if name == "index" else page + self._ending())
        left_out = _left_out(front, when)
        link = link if left_out else permalink_path(link)
        return Place(
            title=fields.title or heading or name,
            link=link,
            id_path=link,
            categories=fields.categories,
            date=when,
            dated=dated if when else None,
            left_out=left_out,
            heading_shown=bool(heading) and not fields.title,
        )

    def _ending(self) -> str:
        return "" if self._config.clean else ".html"

    def body(self, path: str, text: str, find: Find) -> Body:
        """The text without components and the marks of VitePress's own Markdown."""
        if "[[toc]]" in text or "<<<" in text or "<!--@include:" in text:
            text = _MARKS.sub("", text)
        plain, dropped = without_components(text, expressions=False)
        lead, more, _ = plain.partition("<!-- more -->")
        return Body(
            text=linked(plain, path, find),
            markup="markdown",
            lead=lead if more else "",
            dropped=dropped,
        )

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """What the site serves as it is lies in `public`."""
        pages = root.parents[self._prefix.count("/") - 1] if self._prefix else root
        return (pages / "public", pages / self._config.source / "public", pages)


def _day(name: str) -> date | None:
    from newsfeed.collect.dates import file_name_date

    try:
        return file_name_date(name)[0]
    except ValueError:
        return None


def _left_out(front: FrontMatter, when: datetime | None) -> str:
    layout = front.values.get("layout")
    if isinstance(layout, str) and layout in _PAGES:
        return f"layout: {layout}"
    return "" if when else "it has no `date`, so that it is a page and no article"


class _Generator:
    """VitePress: told by its `.vitepress` folder."""

    name = "vitepress"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or one of up to three levels of folders of its pages."""
        for depth, site in enumerate((folder, *folder.parents[:3])):
            if (site / _FOLDER).is_dir():
                prefix = "/".join(folder.parts[-depth:]) + "/" if depth else ""
                return Located(site=site, prefix=prefix, reasons=(f"{_FOLDER}/",))
        return None

    def about(self, site: Path) -> About:
        """See Generator.about. The address is that of the sitemap: VitePress has no other."""
        try:
            values = scripts.read(site, _CONFIG)
        except SettingsError as error:
            return About(problems=(sites.problem(error),), output=_OUTPUT)
        base = scripts.text_at(values, "base").strip("/")
        host = scripts.text_at(values, "sitemap.hostname").rstrip("/")
        return About(
            title=scripts.text_at(values, "title"),
            url=sites.usable_url(host if host.endswith("/" + base) else f"{host}/{base}"),
            description=scripts.text_at(values, "description"),
            language=sites.language_tag(scripts.text_at(values, "lang")),
            timezone=scripts.ZONE.key,
            output=_OUTPUT,
        )

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> VitePress:  # noqa: ARG002
        """See Generator.convention."""
        return VitePress(_config(located.site), permalink, located.prefix)


_OUTPUT = ".newsfeed-public"
GENERATOR = _Generator()


def _config(site: Path) -> VitePressConfig:
    """What we use of the site's settings. Raises SettingsError where they cannot be read."""
    values = scripts.read(site, _CONFIG)
    base = scripts.text_at(values, "base").strip("/")
    return VitePressConfig(
        source=scripts.text_at(values, "srcDir").strip("./"),
        base_path=f"/{base}" if base else "",
        clean=scripts.at(values, "cleanUrls") is True,
    )
