"""The five real posts in every look."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from tests.e2e.letters.eyes import MODES, WIDTHS
from tests.e2e.letters.pairs import every
from tests.e2e.letters.specimens import LOOKS, paint, publish
from tests.kit import NEWSLETTER, SETTINGS, Site

_PICTURES = {"newsdao_breakingnews.jpg": (1200, 630), "newspaper.png": (800, 600)}
"""The images that the posts name and that do not lie beside them, with sizes of our own."""


class Real(NamedTuple):
    """How the letter of the five posts is looked at, `width` in pixels."""

    look: str
    mode: str
    width: int

    @property
    def label(self) -> str:
        """Its name in reports: `real-digest-dark-375`."""
        return "-".join(map(str, ("real", *self)))


REAL = [Real(*case) for case in every((LOOKS, MODES, WIDTHS))]  # type: ignore[arg-type]


def real_site(folder: Path, seeds: Path) -> Site:
    """A site with the posts of the folder `seeds`, and a newsletter of each look, by its name."""
    letters = (
        NEWSLETTER.replace('"weekly"', f'"{look}"') + f'template = "{look}"\n' for look in LOOKS
    )
    site = Site(folder, SETTINGS + "".join(letters))
    for path in seeds.glob("*.txt"):
        shutil.copyfile(path, site.posts / path.name)
    paint(site.posts / "assets" / "img", _PICTURES)
    publish(site)
    return site
