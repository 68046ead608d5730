"""The cases of the matrix, and their letters as `newsfeed publish` makes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.e2e.letters.eyes import MODES, WIDTHS
from tests.e2e.letters.pairs import every, pairwise
from tests.e2e.letters.prose import MOST, PICTURES, VOICES, posts
from tests.kit import Site

LOOKS = ("digest", "brief", "gallery")
COUNTS = (1, 5, 20, MOST)
AXES = (LOOKS, tuple(VOICES), COUNTS, MODES, WIDTHS)

_SITE = """\
[site]
title = "{title}"
url = "https://news.example.org"
language = "{language}"
timezone = "Asia/Seoul"
[server]
url = "https://letters.example.org"
[pages]
enabled = false
[feeds]
formats = ["json"]
by = []
archive = false
[[sources]]
path = "posts"
"""

_NEWSLETTER = """\
[[newsletters]]
name = "{look}-{count}"
title = "{title}"
from = "{title} <news@example.org>"
schedule = "mon 08:00"
postal_address = "1 Example Street, Example Town"
template = "{look}"
max_items = {count}
"""

_MORE = {
    "ko": 'commercial = true\nphone = "02-555-0100"\n',
    "ja": 'group_by = "category"\n',
}
"""What letters in a language show besides: what the law asks for, sections."""


class Specimen(NamedTuple):
    """A case of the matrix: a letter, and how it is looked at, `width` in pixels."""

    look: str
    language: str
    articles: int
    mode: str
    width: int

    @property
    def label(self) -> str:
        """Its name in reports: `digest-ko-20-dark-375`."""
        return "-".join(map(str, self))


def chosen() -> list[Specimen]:
    """Every case with NEWSFEED_LETTERS=all; else every two values of different axes meet."""
    cases = every(AXES) if is_whole() else pairwise(AXES)
    return [Specimen(*case) for case in cases]  # type: ignore[arg-type]  # values by axis


def is_whole() -> bool:
    """Whether every case is asked for, which takes minutes."""
    return os.environ.get("NEWSFEED_LETTERS") == "all"


class Press:
    """Makes the letters of cases below a folder: a site for each language, when it is asked for."""

    def __init__(self, folder: Path, cases: Iterable[Specimen]) -> None:
        self._folder = folder
        self._wanted = {(case.language, case.look, case.articles) for case in cases}
        self._sites: dict[str, Site] = {}

    def letter(self, case: Specimen) -> Path:
        """The file of a case's letter, with its images beside it."""
        if case.language not in self._sites:
            letters = [(look, n) for language, look, n in self._wanted if language == case.language]
            self._sites[case.language] = _site(self._folder, case.language, sorted(letters))
        return printed(self._sites[case.language], f"{case.look}-{case.articles}")


def printed(site: Site, newsletter: str) -> Path:
    """The preview of a newsletter's next letter."""
    return site.folder / ".newsfeed" / "preview" / f"{newsletter}.html"


def publish(site: Site) -> None:
    """Make the previews; raises AssertionError for articles and letters that cannot be made."""
    report = site.publish()
    assert report.errors == ()
    assert [str(fault) for fault in report.build.faults] == []


def _site(folder: Path, language: str, letters: Sequence[tuple[str, int]]) -> Site:
    voice = VOICES[language]
    settings = _SITE.format(title=voice.site, language=language) + "".join(
        _NEWSLETTER.format(look=look, count=count, title=voice.newsletter) + _MORE.get(language, "")
        for look, count in letters
    )
    site = Site(folder / language, settings)
    for number, post in enumerate(posts(language)):
        site.write(f"{number:03}.md", post.source())
    paint(site.posts / "images", PICTURES)
    publish(site)
    return site


def paint(folder: Path, sizes: Mapping[str, tuple[int, int]]) -> None:
    """Images by name, of so many pixels: a sky over water."""
    folder.mkdir(parents=True)
    for name, size in sizes.items():
        image = Image.linear_gradient("L").resize(size)
        sky, water = Image.new("RGB", size, (238, 196, 150)), Image.new("RGB", size, (38, 84, 124))
        Image.composite(water, sky, image).save(folder / name)
