"""What a Pelican site says of itself, and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.base import About, Located
from newsfeed.collect.conventions.pelican.constants import COMPUTED, constants
from newsfeed.collect.conventions.pelican.rules import Pelican
from newsfeed.collect.conventions.pelican.settings import USED, Settings, read
from newsfeed.errors import Fault, SettingsError

_FILES = ("pelicanconf.py", "publishconf.py")
"""The settings, and what differs in those of the site as it is published."""

_USUAL = "content"
_LIMIT = 100
"""Entries of Pelican's feeds where its settings do not tell."""


_UTC = ZoneInfo("UTC")


def about(site: Path) -> About:
    """See Generator.about."""
    values, problems = values_of(site)
    feeds = {
        kind: path.strip("/")
        for kind, key, usual in (
            ("atom", "FEED_ALL_ATOM", "feeds/all.atom.xml"),
            ("rss", "FEED_ALL_RSS", ""),
        )
        if isinstance(path := values.get(key, usual), str) and path
    }
    output = read(values, _UTC, _USUAL).output
    computed = [_computed(site, key) for key in USED if values.get(key) is COMPUTED]
    return About(
        title=sites.line_at(values, "SITENAME"),
        url=sites.usable_url(sites.line_at(values, "SITEURL")),
        description=sites.line_at(values, "SITESUBTITLE"),
        language=sites.language_tag(sites.line_at(values, "DEFAULT_LANG") or "en"),
        author=sites.line_at(values, "AUTHOR"),
        timezone=_usable_zone(sites.line_at(values, "TIMEZONE")),
        feeds=feeds,
        by_category=_of_categories(values) if list(feeds) == ["atom"] else "",
        limit=sites.count(values.get("FEED_MAX_ITEMS")) or _LIMIT,
        output="public" if output != "public" else "newsfeed-public",
        problems=(*problems, *computed),
    )


def convention(located: Located, zone: ZoneInfo, permalink: str) -> Pelican:
    """See Generator.convention."""
    values, broken = values_of(located.site)
    for fault in broken:
        raise SettingsError(fault.problem, where=fault.path, remedy=fault.remedy)
    return Pelican(settings_of(located.site, values, zone), located.prefix, permalink)


def settings_of(site: Path, values: Mapping[str, object], zone: ZoneInfo) -> Settings:
    """The settings in `values`, what is missing as the layout or Pelican has it."""
    usual = _USUAL if "PATH" not in values and (site / _USUAL).is_dir() else ""
    return read(values, zone, usual)


def values_of(site: Path) -> tuple[Mapping[str, object], list[Fault]]:
    """The settings as the published site has them, and what is wrong with their files."""
    values: dict[str, object] = {}
    problems: list[Fault] = []
    for name in _FILES:
        path = site / name
        if not path.is_file():
            continue
        try:
            values = constants(sites.read_text(path), values)
        except SettingsError as error:
            problems.append(sites.problem(error))
        except ValueError as error:
            problems.append(
                Fault(
                    path=str(path),
                    problem=f"cannot be read: {error}",
                    remedy="mend it",
                    warning=True,
                )
            )
    return values, problems


def _of_categories(values: Mapping[str, object]) -> str:
    """The path of a category's feed, where Pelican makes them."""
    path = values.get("CATEGORY_FEED_ATOM", "feeds/{slug}.atom.xml")
    return path.strip("/") if isinstance(path, str) and "{slug}" in path else ""


def _computed(site: Path, key: str) -> Fault:
    return Fault(
        path=str(site / _FILES[0]),
        problem=f"{key} is computed, and nothing is run: newsfeed goes on as if it were not set",
        remedy="see whether the settings that are written need it, such as site.url",
        warning=True,
    )


def _usable_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (OSError, ValueError, KeyError):
        return ""
