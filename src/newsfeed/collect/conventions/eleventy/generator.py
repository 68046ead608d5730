"""Eleventy's folders, and how they are told. Reading a site takes more modules, so it waits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions import sites
from newsfeed.collect.conventions.base import About, Located
from newsfeed.errors import SettingsError

if TYPE_CHECKING:
    from newsfeed.collect.conventions.eleventy.rules import Eleventy

CONFIG = (
    *(".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"),
    *("eleventy.config.ts", "eleventy.config.mts"),
)
_PACKAGE = "@11ty/eleventy"
_ABOVE = 4
"""Folders above an articles' folder in which a site is looked for."""


class _Generator:
    """Eleventy: told by its settings file, or by the packages that a site is made with."""

    name = "eleventy"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or lies in a site's input folder."""
        if reasons := _reasons(folder):
            return Located(site=folder, reasons=reasons)
        for depth, site in enumerate(folder.parents[:_ABOVE]):
            prefix = "/".join(folder.parts[-(depth + 1) :]) + "/"
            if sites.first(site, CONFIG) and _is_input(site, prefix):
                return Located(site=site, prefix=prefix, reasons=_reasons(site))
        return None

    def about(self, site: Path) -> About:
        """See Generator.about."""
        from newsfeed.collect.conventions.eleventy.site import about

        return about(site)

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Eleventy:  # noqa: ARG002
        """See Generator.convention. Eleventy's dates without a zone are in UTC."""
        from newsfeed.collect.conventions.eleventy.site import convention

        return convention(located, permalink)


GENERATOR = _Generator()


def _is_input(site: Path, prefix: str) -> bool:
    from newsfeed.collect.conventions.eleventy.site import folder_of, settings_of

    folder = folder_of(site, settings_of(site)[0])
    return prefix.startswith(f"{folder}/" if folder else "")


def _reasons(folder: Path) -> tuple[str, ...]:
    """What tells that `folder` is a site of Eleventy's."""
    config = sites.first(folder, CONFIG)
    reasons = [config.name] if config else []
    try:
        package = json.loads(sites.read_text(folder / "package.json"))
    except (SettingsError, ValueError, RecursionError):
        package = None
    if isinstance(package, dict):
        many = [package.get(key) for key in ("dependencies", "devDependencies")]
        if any(isinstance(one, dict) and _PACKAGE in one for one in many):
            reasons.append(f"package.json names {_PACKAGE}")
    return tuple(reasons)
