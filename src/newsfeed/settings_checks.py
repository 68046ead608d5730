"""What the types of the settings cannot say: addresses, zones, names that belong together."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from newsfeed.errors import SettingsError
from newsfeed.networks import parse_networks
from newsfeed.settings import Settings, Source, source_name
from newsfeed.settings_moved import moved_trouble
from newsfeed.urls import ascii_url


def check(settings: Settings, path: Path) -> None:
    """Refuse values that cannot be, alone or together. Raises SettingsError.

    `path` is the settings file, which messages name.
    """
    _check_url(settings.site.url, "site.url", path)
    others = {"feeds.hub": settings.feeds.hub, "server.url": settings.server.url}
    for key, url in {**others, "site.privacy_url": settings.site.privacy_url}.items():
        if url:
            _check_url(url, key, path)
    if settings.feeds.hub and not settings.feeds.hub.startswith("https://"):
        _refuse("`feeds.hub` does not begin with https://", "name a hub that has it", path)
    zones = [("site.timezone", settings.site.timezone)]
    zones += [(f"newsletters.{n.name}.timezone", n.timezone) for n in settings.newsletters]
    for key, zone in zones:
        _check_zone(zone, key, path)
    languages = [("site.language", settings.site.language)]
    languages += [("sources.language", s.language) for s in settings.sources]
    languages += [(f"newsletters.{n.name}.language", n.language) for n in settings.newsletters]
    languages.append(("feeds.language", settings.feeds.language))
    languages += [("site.titles", tag) for tag in settings.site.titles]
    for key, tag in languages:
        if tag and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag):
            _refuse(f"`{key}`: {tag!r} is not a language tag", "write one like ko or en-GB", path)
    parse_networks(settings.server.metrics, str(path))
    _check_operator(settings, path)
    _check_sources(settings, path)
    _check_newsletters(settings, path)
    _check_output(settings, path)
    if trouble := moved_trouble(settings):
        _refuse(*trouble, path)


def _check_url(url: str, key: str, path: Path) -> None:
    remedy = "write one like https://example.org"
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        _refuse(f"`{key}`: {url!r} is not an http address", remedy, path)
    try:
        ascii_url(url)
    except ValueError as error:
        _refuse(f"`{key}`: {error}", remedy, path)


def _check_operator(settings: Settings, path: Path) -> None:
    notify = settings.operator.notify
    if not notify:
        return
    from newsfeed.address import AddressError, parse_address

    try:
        parse_address(notify)
    except AddressError as error:
        _refuse(f"`operator.notify`: {error.problem}", error.remedy, path)


def _check_zone(zone: str, key: str, path: Path) -> None:
    if not zone:
        return
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        _refuse(f"`{key}`: there is no time zone {zone!r}", "write one like Asia/Seoul", path)


def _check_sources(settings: Settings, path: Path) -> None:
    for source in settings.sources:
        if source.feed:
            _check_feed(source, path)
            continue
        if not source.path:
            remedy = "name the folder of articles, or the address of a `feed`"
            _refuse("`sources.path` is missing", remedy, path)
        if source.permalink and not source.permalink.startswith("/"):
            _refuse("`sources.permalink` does not begin with /", 'as in "/:slug/"', path)
    names = [source_name(source) for source in settings.sources]
    if len(set(names)) < len(names):
        _refuse("two `[[sources]]` have one name", "give each a `name` of its own", path)


def _check_feed(source: Source, path: Path) -> None:
    if source.path:
        remedy = "give each a `[[sources]]` of its own"
        _refuse("`sources`: one has both a `path` and a `feed`", remedy, path)
    for key in ("generator", "permalink"):
        if getattr(source, key) not in {"", "auto"}:
            remedy = f"remove the `{key}`: a feed says itself where its articles are"
            _refuse(f"`sources.{key}` is for folders, and not for a `feed`", remedy, path)
    remedy = "write one like https://example.org/feed.xml"
    if not re.fullmatch(r"https?://[^\s/?#@]+([/?][^\s#]*)?", source.feed):
        _refuse(f"`sources.feed`: {source.feed!r} is not an http address", remedy, path)
    try:
        ascii_url(source.feed)
    except ValueError as error:
        _refuse(f"`sources.feed`: {error}", remedy, path)


def _check_newsletters(settings: Settings, path: Path) -> None:
    names = [newsletter.name for newsletter in settings.newsletters]
    if len(set(names)) < len(names):
        _refuse("two `[[newsletters]]` have one name", "give each a `name` of its own", path)
    known = {source_name(source) for source in settings.sources}
    for newsletter in settings.newsletters:
        unknown = sorted(set(newsletter.sources) - known)
        if unknown:
            _refuse(
                f"`newsletters.{newsletter.name}.sources`: there is no source {unknown[0]!r}",
                f"known are: {', '.join(sorted(known))}",
                path,
            )


def _check_output(settings: Settings, path: Path) -> None:
    paths = settings.feeds.paths
    for key in paths.__struct_fields__:
        value = getattr(paths, key)
        parts = PurePosixPath(value).parts
        if value.startswith("/") or ".." in parts or "\\" in value:
            _refuse(f"`feeds.paths.{key}`: {value!r} leaves the output folder", "mend it", path)
    files = [getattr(paths, name) for name in settings.feeds.formats]
    if len(set(files)) < len(files):
        _refuse("`feeds.paths`: two formats have one file name", "give each its own", path)
    for key in ("category", "tag", "author", "language"):
        value = getattr(paths, key)
        if "{slug}" not in value or not (value.endswith("/") or len(files) == 1):
            _refuse(
                f"`feeds.paths.{key}`: {value!r} is not a folder with {{slug}} in it",
                'as in "categories/{slug}/"; with one of `formats` it may be a file',
                path,
            )
    output = (path.parent / settings.feeds.output).resolve()
    if output == path.parent.resolve() or output in path.parent.resolve().parents:
        _refuse("`feeds.output` is the folder of the settings file", 'as in "public"', path)
    if output.is_relative_to((path.parent / ".newsfeed").resolve()):
        _refuse("`feeds.output` lies in .newsfeed/, which is private", 'as in "public"', path)
    for source in settings.sources:
        if source.path and (path.parent / source.path).resolve().is_relative_to(output):
            _refuse(
                f"`feeds.output` holds the articles of the source {source.path!r}",
                'name a folder for our files only, as in "public"',
                path,
            )


def _refuse(problem: str, remedy: str, path: Path) -> None:
    raise SettingsError(problem, where=str(path), remedy=remedy)
