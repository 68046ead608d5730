"""What an Eleventy site says of itself, and its rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.base import About, Located
from newsfeed.collect.conventions.eleventy.cascade import script_values
from newsfeed.collect.conventions.eleventy.configured import Configured, configured
from newsfeed.collect.conventions.eleventy.feed_templates import feeds_of_templates
from newsfeed.collect.conventions.eleventy.generator import CONFIG
from newsfeed.collect.conventions.eleventy.globs import Globs, ignore_patterns
from newsfeed.collect.conventions.eleventy.rules import NO_LISTS, Eleventy, Site
from newsfeed.errors import Fault, SettingsError

_USUAL = ("content", "src")
_METADATA = ("metadata", "site", "meta", "config")
_ENDINGS = (".json", ".yaml", ".yml", ".js", ".mjs", ".cjs")
_IGNORE = ".eleventyignore"
_READS_OURS = Fault(
    path=_IGNORE,
    problem="Eleventy reads the whole folder, and would publish what newsfeed writes",
    remedy="add the lines public/ and .newsfeed/ to it",
    warning=True,
)


def about(site: Path) -> About:
    """See Generator.about."""
    settings, problems = settings_of(site)
    told, more = _metadata(site, settings)
    author = told.get("author")
    unsafe = _reads_ours(site, settings)
    if unsafe and (site / _IGNORE).exists():
        problems = [*problems, _READS_OURS]
    return About(
        title=sites.line_at(told, "title"),
        url=_address(told, settings.prefix),
        description=sites.line_at(told, "subtitle") or sites.line_at(told, "description"),
        language=sites.language_tag(sites.line_at(told, "language") or sites.line_at(told, "lang")),
        author=sites.name_at(told, "author") if isinstance(author, str | dict) else "",
        feeds={feed.format: feed.path for feed in reversed(settings.feeds)},
        limit=(settings.feeds[0].limit or sites.EVERY) if settings.feeds else 0,
        output=_output(settings),
        ignored_by=_IGNORE if unsafe and not (site / _IGNORE).exists() else "",
        problems=(*problems, *more),
    )


def convention(located: Located, permalink: str) -> Eleventy:
    """See Generator.convention."""
    site = located.site
    settings, broken = settings_of(site)
    for fault in broken:
        raise SettingsError(fault.problem, where=fault.path, remedy=fault.remedy)
    ignored = _ignored(site, settings)
    collection = settings.feeds[0].collection if settings.feeds else ""
    globs = settings.globs.get(collection)
    rules = Site(
        folder=folder_of(site, settings),
        private=tuple(filter(None, (settings.output, settings.includes, settings.data)))
        + ((settings.layouts,) if settings.layouts else ()),
        ignored=Globs(ignored),
        collection=settings.aliases.get(collection, collection),
        members=Globs(globs) if globs else None,
        lists=NO_LISTS | {feed.collection for feed in settings.feeds},
        base_path=settings.prefix,
        permalink=settings.permalink,
        separator=settings.separator,
        engine=settings.engine,
        key=_hash(settings, ignored),
    )
    return Eleventy(rules, site, located.prefix, permalink)


def settings_of(site: Path) -> tuple[Configured, list[Fault]]:
    """What the settings file says, and what is wrong with it."""
    path = sites.first(site, CONFIG)
    settings, problems = Configured(input=""), []
    if path:
        try:
            settings = configured(sites.read_text(path))
        except SettingsError as error:
            settings, problems = Configured(), [sites.problem(error)]
    if not settings.feeds:
        feeds = feeds_of_templates(site / folder_of(site, settings))
        settings = msgspec.structs.replace(settings, feeds=feeds)
    return settings, problems


def folder_of(site: Path, settings: Configured) -> str:
    """The input folder: as the settings say, else as the layout tells."""
    if settings.input is not None:
        return settings.input
    return next((name for name in _USUAL if (site / name).is_dir()), "")


def _metadata(site: Path, settings: Configured) -> tuple[Mapping[str, object], list[Fault]]:
    """What the feed's options say of the site, and the site's global data, and what is wrong."""
    told: dict[str, object] = {}
    problems: list[Fault] = []
    names = tuple(f"{name}{ending}" for name in _METADATA for ending in _ENDINGS)
    if path := sites.first(site / settings.data, names):
        try:
            text = sites.read_text(path)
            is_script = path.suffix.endswith("js")
            told = dict(script_values(text) if is_script else sites.read_values(path))
        except SettingsError as error:
            problems.append(sites.problem(error))
    for feed in reversed(settings.feeds):
        told |= {key: value for key, value in feed.metadata.items() if value}
    return told, problems


def _address(told: Mapping[str, object], prefix: str) -> str:
    """The site's address: links begin at its host, whatever path it names, and with the prefix."""
    url = next((found for key in ("base", "url") if (found := sites.line_at(told, key))), "")
    parts = urlsplit(url) if sites.usable_url(url) else None
    return f"{parts.scheme}://{parts.netloc}{prefix}" if parts else ""


def _ignored(site: Path, settings: Configured) -> list[str]:
    """The globs of what Eleventy does not read."""
    found = list(settings.ignores)
    folder = f"{settings.input}/" if settings.input else ""
    for name in dict.fromkeys((".gitignore", _IGNORE, f"{folder}{_IGNORE}")):
        try:
            text = sites.read_text(site / name)
        except SettingsError:
            continue
        found += ignore_patterns(text, folder if "/" in name else "")
    return found


def _reads_ours(site: Path, settings: Configured) -> bool:
    """Whether Eleventy reads the whole folder, and would make pages of what we write."""
    ignored = Globs(_ignored(site, settings))
    everything = not folder_of(site, settings)
    return everything and not (ignored.match(_output(settings)) and ignored.match(".newsfeed"))


def _output(settings: Configured) -> str:
    return "public" if settings.output != "public" else "newsfeed-public"


def _hash(settings: Configured, ignored: list[str]) -> str:
    return hashlib.sha256(f"{settings!r} {ignored!r}".encode()).hexdigest()
