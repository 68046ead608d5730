"""Hugo as newsfeed finds it: how its folders are told, and what its settings say."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.base import About, Located
from newsfeed.collect.conventions.hugo import settings, tree
from newsfeed.collect.conventions.hugo.rules import Hugo
from newsfeed.collect.conventions.hugo.settings import Site
from newsfeed.errors import SettingsError

_LAYOUT = ("archetypes", "layouts", "themes", "static", "data", "i18n")
_OURS = ("newsfeed-public", "public-newsfeed", "newsfeed-output")
_UP = 5
_MOST = 500
"""Entries of a feed of ours where Hugo's own, as by default, has no limit."""

_FEED_TEMPLATES = (
    "layouts/index.rss.xml",
    "layouts/home.rss.xml",
    "layouts/rss.xml",
    "layouts/_default/index.rss.xml",
    "layouts/_default/home.rss.xml",
    "layouts/_default/list.rss.xml",
    "layouts/_default/rss.xml",
)
_MAIN_SECTIONS = re.compile(r"mainsections", re.IGNORECASE)


class HugoGenerator:
    """Hugo: told by its settings, or by `content` beside folders that only Hugo has."""

    name = "hugo"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or a folder of its content."""
        reasons = _reasons(folder)
        if reasons:
            return Located(site=folder, reasons=reasons)
        for depth, site in enumerate(folder.parents[:_UP]):
            prefix = "/".join(folder.parts[-(depth + 1) :]) + "/"
            if (reasons := _reasons(site)) and prefix.startswith(_roots(site)):
                return Located(site=site, prefix=prefix, reasons=reasons)
        return None

    def about(self, site: Path) -> About:
        """See Generator.about."""
        problems = settings.problems(site)
        try:
            found = settings.site_of({} if problems else settings.read(site))
        except SettingsError as error:
            return About(problems=(sites.problem(error),), output=_output(site, "public"))
        main = found.languages[0]
        pages = tree.languages(site, found)
        feed = f"{main.prefix}/{found.feed}".lstrip("/") if found.feed else ""
        return About(
            title=main.title or found.title,
            url=found.url,
            description=found.description,
            language=main.code_as_tag if found.many else main.tag,
            author=found.author,
            timezone=found.timezone,
            languages=tuple(one.code_as_tag for one in found.languages if one.code in pages)
            if found.many
            else (),
            titles={one.code_as_tag: one.title for one in found.languages if one.title},
            feeds={"rss": feed} if feed else {},
            excerpts=_template(site, found) is None,
            language_feeds="{slug}/",
            limit=found.limit or _MOST,
            output=_output(site, found.output),
            problems=problems,
        )

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Hugo:  # noqa: ARG002  # Hugo has its own
        """See Generator.convention. Hugo takes a date without a zone for UTC."""
        found = settings.site_of(settings.read(located.site))
        there = tree.look(located.site, found)
        sections = _feed_sections(located.site, found, there)
        return Hugo(found, there, sections, located.prefix, permalink)


def _reasons(folder: Path) -> tuple[str, ...]:
    """What tells that a folder is a Hugo site."""
    own = sites.first(folder, settings.OWN)
    reasons = [own.name] if own else []
    shared = sites.first(folder, settings.SHARED)
    layout = [f"{name}/" for name in _LAYOUT if (folder / name).is_dir()]
    content = (folder / "content").is_dir()
    if shared and not own and _is_hugos(shared, layout=content and bool(layout)):
        reasons.append(shared.name)
    reasons += [f"{name}/" for name in settings.FOLDERS[:1] if (folder / name).is_dir()]
    if (folder / "archetypes").is_dir() and content:
        reasons.append("archetypes/")
    if reasons and content:
        reasons.append("content/")
    return tuple(reasons)


def _is_hugos(path: Path, *, layout: bool) -> bool:
    """Whether a `config.toml` and the like is Hugo's; by the layout where it cannot be read."""
    try:
        values = sites.read_values(path)
    except SettingsError:
        return layout
    return settings.is_hugo(values) or (layout and settings.may_be_hugo(values))


def _roots(site: Path) -> tuple[str, ...]:
    try:
        found = settings.site_of(settings.read(site))
    except SettingsError:
        return ("content/",)
    return tuple(one.content + "/" for one in found.languages)


def _output(site: Path, theirs: str) -> str:
    """A folder for our output that is neither Hugo's nor there already."""
    return next((name for name in _OURS if name != theirs and not (site / name).exists()), _OURS[0])


def _template(folder: Path, site: Site) -> Path | None:
    """The template of the home page's feed that is not Hugo's own: the site's or a theme's."""
    themes = (folder / "themes" / name for name in site.themes)
    found = (sites.first(place, _FEED_TEMPLATES) for place in (folder, *themes))
    return next(filter(None, found), None)


def _feed_sections(folder: Path, site: Site, there: tree.Tree) -> tuple[str, ...]:
    """The sections of which the site's own feed tells: its main ones if its template asks for them.

    Hugo's own template tells of all pages. Where main sections are not named, they are the one
    with most pages.
    """
    template = _template(folder, site)
    if template is None:
        return ()
    try:
        asks = _MAIN_SECTIONS.search(sites.read_text(template))
    except SettingsError:
        return ()
    if not asks:
        return ()
    if site.main_sections:
        return site.main_sections
    folders = {name: size for name, size in there.sizes.items() if "." not in name}
    return (max(sorted(folders), key=lambda name: folders[name]),) if folders else ()


GENERATOR = HugoGenerator()
