"""Jekyll: the site is told by `_config.yml` or a `_posts` folder.

`convention.py` has the rules of files and `config.py` what is used of the settings; here is what a
look at a folder tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.base import About, Located
from newsfeed.collect.conventions.jekyll.config import FILES, Config, read_config, read_values
from newsfeed.collect.conventions.jekyll.convention import Jekyll
from newsfeed.errors import SettingsError

__all__ = ["GENERATOR", "Config", "Jekyll"]

_PLUGIN = "jekyll-feed"
_USUAL_LIMIT = 10
_HEAD = 2000
"""Bytes of a feed's template in which its root element stands."""


class _Generator:
    """See base.Generator."""

    name = "jekyll"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or a folder of posts or of a collection in it."""
        config = sites.first(folder, FILES)
        reasons = [config.name] if config else []
        reasons += ["_posts/"] if (folder / "_posts").is_dir() else []
        if reasons:
            return Located(site=folder, reasons=tuple(reasons))
        return _around(folder) if folder.name.startswith("_") else None

    def about(self, site: Path) -> About:
        """See Generator.about. The feed is jekyll-feed's, or else a template of the site's own."""
        try:
            values = read_values(site)
        except SettingsError as error:
            return About(output=OUTPUT, hidden=True, problems=(sites.problem(error),))
        parts = (sites.line_at(values, key).strip("/ ") for key in ("url", "baseurl"))
        about = About(
            title=sites.line_at(values, "title") or sites.line_at(values, "name"),
            url=sites.usable_url("/".join(parts)),
            description=sites.line_at(values, "description"),
            language=sites.language_tag(
                sites.line_at(values, "lang") or sites.line_at(values, "locale")
            ),
            author=sites.name_at(values, "author"),
            timezone=sites.line_at(values, "timezone"),
            output=OUTPUT,
            hidden=True,
        )
        return _with_feeds(about, site, values)

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Jekyll:
        """See Generator.convention."""
        try:
            config = read_config(located.site)
        except SettingsError:
            if not permalink:
                raise
            config = Config()
        return Jekyll(zone, config, permalink, located.prefix)


GENERATOR = _Generator()
OUTPUT = "_public"
"""Jekyll copies what does not begin with a dot or an underscore."""


def _around(folder: Path) -> Located | None:
    """The site around a folder of posts: the nearest one with settings, else the folder above.

    Any other folder is one of a collection, where the settings of the site above name it.
    """
    for depth, site in enumerate(folder.parents[:3]):
        if sites.first(site, FILES):
            prefix = "/".join(folder.parts[-(depth + 1) :]) + "/"
            if folder.name != "_posts" and not _is_collection(site, folder.name):
                return None
            return Located(site=site, prefix=prefix, reasons=(f"{folder.name}/", "_config.yml"))
    if folder.name != "_posts":
        return None
    return Located(site=folder.parent, prefix="_posts/", reasons=("_posts/",))


def _is_collection(site: Path, name: str) -> bool:
    try:
        return any(name == f"_{one.label}" for one in read_config(site).collections)
    except SettingsError:
        return False


def _has_plugin(site: Path, values: Mapping[str, object]) -> bool:
    """Whether jekyll-feed is named in the settings or in the Gemfile, or comes with the theme."""
    plugins = [values.get("plugins"), values.get("gems")]
    if any(isinstance(one, list) and _PLUGIN in one for one in plugins):
        return True
    gems = sites.first(site, ("Gemfile",))
    try:
        text = sites.read_text(gems) if gems else ""
    except SettingsError:
        return False
    named = re.search(rf"^\s*gem\s*\(?\s*['\"]{_PLUGIN}['\"]", text, re.MULTILINE)
    return named is not None or values.get("theme") == "minima"


def _with_feeds(about: About, site: Path, values: Mapping[str, object]) -> About:
    """The same with the site's own feed: where it is, in which format, and how long."""
    if _has_plugin(site, values):
        feed = values.get("feed")
        settings = feed if isinstance(feed, dict) else {}
        return msgspec.structs.replace(
            about,
            feeds={"atom": sites.line_at(settings, "path").strip("/") or "feed.xml"},
            limit=sites.count(settings.get("posts_limit")) or _USUAL_LIMIT,
            excerpts=settings.get("excerpt_only") is True,
            by_category="feed/{slug}.xml" if settings.get("categories") else "",
        )
    own = sites.first(site, ("feed.xml", "atom.xml", "rss.xml"))
    if own is None:
        return about
    try:
        with own.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return about
    kind = "atom" if b"<feed" in head else "rss"
    return msgspec.structs.replace(about, feeds={kind: own.name})
