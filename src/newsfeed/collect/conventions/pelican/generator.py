"""Pelican's folders, and how they are told. Reading a site takes more modules, so it waits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsfeed.collect.conventions.base import About, Located

if TYPE_CHECKING:
    from newsfeed.collect.conventions.pelican.rules import Pelican

_CONFIG = "pelicanconf.py"
_ABOVE = 4
"""Folders above an articles' folder in which a site is looked for."""


class _Generator:
    """Pelican: told by its settings file."""

    name = "pelican"

    def locate(self, folder: Path) -> Located | None:
        """`folder` is the site, or lies in its folder of content."""
        if (folder / _CONFIG).is_file():
            return Located(site=folder, reasons=(_CONFIG,))
        for depth, site in enumerate(folder.parents[:_ABOVE]):
            prefix = "/".join(folder.parts[-(depth + 1) :]) + "/"
            if (site / _CONFIG).is_file() and _is_content(site, prefix):
                return Located(site=site, prefix=prefix, reasons=(_CONFIG,))
        return None

    def about(self, site: Path) -> About:
        """See Generator.about."""
        from newsfeed.collect.conventions.pelican.site import about

        return about(site)

    def convention(self, located: Located, zone: ZoneInfo, permalink: str) -> Pelican:
        """See Generator.convention."""
        from newsfeed.collect.conventions.pelican.site import convention

        return convention(located, zone, permalink)


GENERATOR = _Generator()


def _is_content(site: Path, prefix: str) -> bool:
    from newsfeed.collect.conventions.pelican.site import settings_of, values_of

    folder = settings_of(site, values_of(site)[0], ZoneInfo("UTC")).path
    return prefix.startswith(f"{folder}/" if folder else "")
