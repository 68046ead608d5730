"""What is used of a site's `_config.yml`, with Jekyll's own values where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions import sites
from newsfeed.errors import SettingsError

FILES = ("_config.yml", "_config.yaml", "_config.toml")
STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_EXCLUDED = (".sass-cache", ".jekyll-cache", "node_modules", "gemfiles")
_TYPES = {"post": "posts", "page": "pages", "draft": "drafts"}
_NAMES_DEEP = 3


class Default(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `defaults:`: values for what lies at `path` and is of `type`; "" and None are
    for all.
    """

    path: str
    type: str | None
    values: dict[str, object]


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection with pages of its own, and the form of their addresses."""

    label: str
    permalink: str


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of a site's settings. `names` are those that Liquid knows, such as
    `site.title`; `authors` the names of `_data/authors.yml`; `style` the setting `permalink` as it
    is written, and `permalink` the form of posts' addresses.
    """

    permalink: str = STYLES["date"]
    style: str = "date"
    timezone: str = ""
    url: str = ""
    base_path: str = ""
    defaults: tuple[Default, ...] = ()
    exclude: tuple[str, ...] = _EXCLUDED
    include: tuple[str, ...] = ()
    collections_dir: str = ""
    collections: tuple[Collection, ...] = ()
    excerpt_separator: str = "\n\n"
    future: bool = False
    show_drafts: bool = False
    unpublished: bool = False
    names: Mapping[str, str] = {}
    authors: Mapping[str, str] = {}


def read_values(site: Path) -> dict[str, object]:
    """The site's `_config.yml` as it is; {} where there is none. Raises SettingsError."""
    path = sites.first(site, FILES)
    return sites.read_values(path) if path else {}


def read_config(site: Path) -> Config:
    """The settings of the site. Raises SettingsError where they cannot be read or used."""
    values = read_values(site)
    zone = _zone(site, values)
    style = sites.line_at(values, "permalink") or "date"
    collections = _mapping(values.get("collections"))
    posts = _mapping(collections.get("posts"))
    base = sites.line_at(values, "baseurl").strip("/")
    return Config(
        permalink=sites.line_at(posts, "permalink") or STYLES.get(style, style),
        style=style,
        timezone=zone,
        url=sites.line_at(values, "url").rstrip("/"),
        base_path="/" + base if base else "",
        defaults=tuple(_defaults(values.get("defaults"))),
        exclude=(*_texts(values.get("exclude")), *_EXCLUDED),
        include=_texts(values.get("include")),
        collections_dir=sites.line_at(values, "collections_dir").strip("/"),
        collections=tuple(_collections(collections, style)),
        excerpt_separator=_separator(values),
        future=values.get("future") is True,
        show_drafts=values.get("show_drafts") is True,
        unpublished=values.get("unpublished") is True,
        names={"site.url": "", "site.baseurl": "", **dict(_names("site", values, _NAMES_DEEP))},
        authors=_authors(site / (sites.line_at(values, "data_dir") or "_data")),
    )


def page_suffix(style: str) -> str:
    """How the address of a page or a collection's document ends by the setting `permalink`."""
    if style == "pretty" or style.endswith("/"):
        return "/"
    return ":output_ext" if style in STYLES or style.endswith(":output_ext") else ""


def _zone(site: Path, values: Mapping[str, object]) -> str:
    """The time zone in the settings of the site, "" for none. Raises SettingsError."""
    zone = sites.line_at(values, "timezone")
    try:
        ZoneInfo(zone or "UTC")
    except (OSError, ValueError, KeyError):
        raise SettingsError(
            f"`timezone`: there is no time zone {zone!r}",
            where=str(sites.first(site, FILES) or site),
            remedy="mend it",
        ) from None
    return zone


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(entry) for entry in value if entry) if isinstance(value, list) else ()


def _separator(values: Mapping[str, object]) -> str:
    """The setting as it is, line ends and all."""
    value = values.get("excerpt_separator", "\n\n")
    return value if isinstance(value, str) else ""


def _defaults(value: object) -> Iterator[Default]:
    for entry in value if isinstance(value, list) else []:
        scope, values = _mapping(entry).get("scope") or {}, _mapping(entry).get("values")
        if isinstance(scope, dict) and isinstance(values, dict):
            kind = sites.line_at(scope, "type")
            yield Default(
                path=sites.line_at(scope, "path"),
                type=_TYPES.get(kind, kind) if "type" in scope else None,
                values={str(key): each for key, each in values.items()},
            )


def _collections(found: Mapping[str, object], style: str) -> Iterator[Collection]:
    """Those whose documents have pages; posts are no collection here."""
    for label, about in found.items():
        settings = _mapping(about)
        if label != "posts" and settings.get("output") is True:
            usual = "/:collection/:path" + page_suffix(style)
            yield Collection(
                label=str(label), permalink=sites.line_at(settings, "permalink") or usual
            )


def _names(prefix: str, values: Mapping[str, object], deep: int) -> Iterator[tuple[str, str]]:
    """Texts and numbers by the names that Liquid has for them."""
    for key, value in values.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict) and deep > 1:
            yield from _names(name, value, deep - 1)
        elif isinstance(value, str | int | float):
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _authors(data: Path) -> dict[str, str]:
    """The names in the data file of authors, by their keys; what cannot be read has none."""
    path = sites.first(data, ("authors.yml", "authors.yaml", "authors.json"))
    if path is None:
        return {}
    try:
        values = sites.read_values(path)
    except SettingsError:
        return {}
    return {key: name for key in values if (name := sites.name_at(values, key))}
