"""Docusaurus: the blog of a site, in Markdown and MDX.

Rules are those of Docusaurus 3 (its documentation: "Blog" and "plugin-content-blog"); its feeds
lie beside the blog, with permalinks as ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
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
from newsfeed.errors import ArticleError, SettingsError
from newsfeed.model import DateOrigin

if TYPE_CHECKING:
    from newsfeed.collect.fields import Fields

ENDINGS = (".md", ".mdx")
LIMIT = 20
_CONFIG = tuple(f"docusaurus.config.{ending}" for ending in ("js", "ts", "mjs", "cjs"))
_DATED = re.compile(r"(?P<above>.*?)(?P<day>[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})[-/]?(?P<rest>.*)")
_TRUNCATE = re.compile(r"<!--\s*truncate\s*-->|\{/\*\s*truncate\s*\*/\}")


class DocusaurusConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What we use of a site's settings; `blog` is the folder, `route` its path on the site, and
    `trailing` what ends an address. `authors` and `tags` are names by their keys.
    """

    blog: str = "blog"
    route: str = "blog"
    base_path: str = ""
    trailing: str = ""
    authors: dict[str, str] = {}
    tags: dict[str, str] = {}


class Docusaurus:
    """The rules of a site's blog."""

    name = "docusaurus"
    has_site = True
    ties_descend = False

    def __init__(self, config: DocusaurusConfig, permalink: str = "", prefix: str = "") -> None:
        """`permalink` is the path of the blog where it is not the site's own; `prefix` is where
        the source lies in the site, "" for the whole site.
        """
        self.zone = scripts.ZONE
        self.base_path = config.base_path
        self._config = config
        self._route = (permalink or config.route).strip("/")
        self._prefix = prefix
        self.key = f"docusaurus {self._route} {prefix} {config!r}"

    def accepts(self, path: str) -> bool:
        """Markdown in the blog's folder; names that begin with _ are parts of others."""
        whole = self._prefix + path
        if path.rstrip("/").rpartition("/")[2].startswith((".", "_")):
            return False
        below = whole.startswith(self._config.blog + "/")
        if path.endswith("/"):
            return below or f"{self._config.blog}/".startswith(whole)
        return below and path.lower().endswith(ENDINGS)

    def front_matter(self, path: str, text: str) -> FrontMatter:  # noqa: ARG002
        """The file's own; people and tags go by their keys. That `last_update` tells when it was
        changed is no matter of Docusaurus's own feeds.
        """
        front = parse_front_matter(text)
        values = dict(front.values)
        for key in ("authors", "author"):
            if key in values:
                values[key] = [_known(one, self._config.authors) for one in _listed(values[key])]
        if "tags" in values:
            values["tags"] = [_label(one, self._config.tags) for one in _listed(values["tags"])]
        if _is_true(values.get("unlisted")):
            values["published"] = "false"
        return msgspec.structs.replace(front, values=values)

    def place(self, path: str, front: FrontMatter, fields: Fields, heading: str) -> Place:  # noqa: ARG002
        """See Convention.place. A post without a date in name or front matter has none here."""
        day, name = self._named(path)
        title = fields.title or heading or PurePosixPath(name).name
        if not title:
            raise ArticleError("has no title", remedy="begin the file with `# ` and a title")
        link = "/" + "/".join(part for part in (self._route, self._slug(fields, day, name)) if part)
        link = permalink_path(link.rstrip("/") + self._config.trailing or "/")
        return Place(
            title=title,
            link=link,
            id_path=link,
            id_as_written=True,
            categories=fields.tags,
            tags=(),
            date=fields.date or day,
            dated=DateOrigin.FRONT_MATTER if fields.date else DateOrigin.FILE_NAME if day else None,
            heading_shown=bool(heading) and not fields.title,
        )

    def _named(self, path: str) -> tuple[datetime | None, str]:
        """The date in the path, and what is left of it as a name."""
        stem = (self._prefix + path).removeprefix(self._config.blog + "/").rpartition(".")[0]
        stem = stem.removesuffix("/index")
        match = _DATED.fullmatch(stem)
        if match is None:
            return None, stem
        from newsfeed.collect.dates import file_name_date

        try:
            day, _ = file_name_date(match["day"].replace("/", "-") + "-x")
        except ValueError as error:
            raise ArticleError(
                f"the file name holds an impossible date: {error}", remedy="rename the file"
            ) from None
        return (datetime.combine(day, time(), self.zone) if day else None), (
            match["above"] + match["rest"]
        )

    def _slug(self, fields: Fields, day: datetime | None, name: str) -> str:
        if fields.slug:
            return fields.slug.strip("/")
        return f"{day:%Y/%m/%d}/{name}" if day else name

    def body(self, path: str, text: str, find: Find) -> Body:
        """The text without components; what stands before the truncation mark is the excerpt."""
        lead = ""
        if mark := _TRUNCATE.search(text) if "truncate" in text else None:
            lead = text[: mark.start()]
            text = lead + text[mark.end() :]
        is_mdx = path.lower().endswith(".mdx") or "/*" in text
        plain, dropped = without_components(text, expressions=is_mdx)
        return Body(
            text=linked(plain, path, find),
            markup="markdown",
            lead=without_components(lead, expressions=is_mdx)[0],
            dropped=dropped,
        )

    def media_roots(self, root: Path) -> tuple[Path, ...]:
        """What the site serves as it is lies in `static`."""
        site = root.parents[self._prefix.count("/") - 1] if self._prefix else root
        return (site / "static", site)


class _Generator:
    """Docusaurus: told by its settings file."""

    name = "docusaurus"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or its blog."""
        for depth, site in enumerate((folder, *folder.parents[:2])):
            found = sites.first(site, _CONFIG)
            if found and (not depth or folder == site / _config(site).blog):
                prefix = "/".join(folder.parts[-depth:]) + "/" if depth else ""
                return Located(site=site, prefix=prefix, reasons=(found.name,))
        return None

    def about(self, site: Path) -> About:
        """See Generator.about. The names of the feeds are those of the blog plugin."""
        try:
            values, config = scripts.read(site, _CONFIG), _config(site)
        except SettingsError as error:
            return About(problems=(sites.problem(error),), output="newsfeed-public")
        url = scripts.text_at(values, "url").rstrip("/")
        title = scripts.text_at(values, "title")
        name = scripts.text_at(values, "feedOptions.title") or (f"{title} Blog" if title else "")
        below = f"{config.route}/" if config.route else ""
        limit = scripts.at(values, "feedOptions.limit")
        return About(
            title=name,
            url=sites.usable_url(url + config.base_path),
            description=scripts.text_at(values, "feedOptions.description") or name,
            language=sites.language_tag(scripts.text_at(values, "i18n.defaultLocale")),
            feeds={"rss": f"{below}rss.xml", "atom": f"{below}atom.xml"},
            limit=sites.EVERY if limit is False else sites.count(limit) or LIMIT,
            timezone=scripts.ZONE.key,
            output="newsfeed-public",
        )

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Docusaurus:  # noqa: ARG002
        """See Generator.convention."""
        return Docusaurus(_config(located.site), permalink, located.prefix)


GENERATOR = _Generator()


def _config(site: Path) -> DocusaurusConfig:
    """What we use of the site's settings. Raises SettingsError where they cannot be read."""
    values = scripts.read(site, _CONFIG)
    blog = PurePosixPath(scripts.text_at(values, "blog.path") or "blog").as_posix().strip("/")
    route = scripts.at(values, "blog.routeBasePath")
    people, terms = (
        sites.first(site / blog, (f"{n}.yml", f"{n}.yaml")) for n in ("authors", "tags")
    )
    return DocusaurusConfig(
        blog=blog,
        route=(route if isinstance(route, str) else "blog").strip("/"),
        base_path=scripts.text_at(values, "baseUrl").rstrip("/"),
        trailing="/" if scripts.at(values, "trailingSlash") is True else "",
        authors=_names(people, "name"),
        tags=_names(terms, "label"),
    )


def _names(path: Path | None, key: str) -> dict[str, str]:
    """Names by keys from `authors.yml` or `tags.yml`. Raises SettingsError."""
    values = sites.read_values(path) if path else {}
    return {
        name: sites.line_at(value, key) or name
        for name, value in values.items()
        if isinstance(value, dict)
    }


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _known(author: object, names: Mapping[str, str]) -> object:
    """An author's name: by the key in `authors.yml`, else as it is written."""
    key = author.get("key") if isinstance(author, dict) and "name" not in author else author
    return names.get(key, key) if isinstance(key, str) else author


def _label(tag: object, labels: Mapping[str, str]) -> object:
    label = tag.get("label") if isinstance(tag, dict) else tag
    return labels.get(label, label) if isinstance(label, str) else label


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"
