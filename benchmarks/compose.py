"""Composing a letter: `make bench-compose`, or `python -m benchmarks.compose`.

An edition of 20 articles, each with a photograph, is composed in the three looks, with our
templates and with an operator's (copies of ours, which run in a process of their own). Every run is
a process of its own (`benchmarks.composing`), which has imported all it needs before the clock of
its processor time starts: the first composition, and the median of five more. Every second run
finds what the run before it made: renditions of the images, and compiled templates of ours. Before
a row counts, all articles and
images must be in the letter, and all runs of a row must give the same letter. The table goes to
stdout and, unless --no-write is given, into docs/performance.md. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from random import Random
from statistics import median

from PIL import Image

from benchmarks import make_corpus, report
from benchmarks.report import Goal

HERE = Path(__file__).parent
WORK = HERE / ".work" / "compose"
CACHES = WORK / "caches"
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN = "<!-- make bench-compose writes from here -->"
END = "<!-- to the end of the letters' table -->"

ARTICLES = 20
PHOTOGRAPH = (1600, 1067)
IMAGES = {"digest": ARTICLES, "brief": 0, "gallery": ARTICLES}
"""How many a letter of each look shows."""

OURS, OWN = "ours", "the operator's"
MOST_FIRST = 150.0
"""Milliseconds of the first composition in a process."""

PACKAGES = ("newsfeed", "Jinja2", "premailer", "cssutils", "lxml", "Babel", "Pillow")

SETTINGS = """\
[site]
title = "섬 소식"
url = "https://news.example.org"
language = "ko"
timezone = "Asia/Seoul"
[[sources]]
path = "site"
generator = "plain"
[[newsletters]]
name = "weekly"
title = "주간 섬 소식"
schedule = "mon 08:00"
from = "news@example.org"
commercial = false
template = "{look}"
"""


class WrongLetterError(Exception):
    """A letter is not what was asked for; a figure of it would be worth nothing."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process says: milliseconds of processor time, and what its letter has."""

    figures: dict[str, float]
    articles: int
    images: int
    size: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One look with templates of one kind; `fresh` runs made renditions and compiled templates,
    `kept` runs found them.
    """

    look: str
    templates: str
    fresh: tuple[Run, ...]
    kept: tuple[Run, ...]

    def figure(self, name: str, *, new: bool = False) -> float:
        """A median, over the runs that found all or those in which it was `new`."""
        return median(run.figures[name] for run in (self.fresh if new else self.kept))


def make_site(folder: Path, look: str, templates: str) -> None:
    """A site of as many articles as an edition has, with a photograph each."""
    posts, images = folder / "site" / "posts", folder / "site" / "assets"
    posts.mkdir(parents=True)
    images.mkdir()
    for number in range(ARTICLES):
        one = make_corpus.post(number)
        name = f"photograph-{number}.jpg"
        photograph(number).save(images / name, quality=88)
        text = make_corpus.VARIANTS["jekyll"](one) + one.body
        text = text.replace(one.image, f"/assets/{name}")
        (posts / make_corpus.file_name(one)).write_text(text, "utf-8")
    (folder / "newsfeed.toml").write_text(SETTINGS.format(look=look), "utf-8")
    if templates == OWN:
        shutil.copytree(HERE.parent / "templates" / "email", folder / "templates" / "email")


def photograph(number: int) -> Image.Image:
    """An image with the grain and the soft grounds of a photograph; the same for everybody."""
    random = Random(number)
    small = Image.frombytes("RGB", (40, 27), random.randbytes(40 * 27 * 3))
    ground = small.resize(PHOTOGRAPH, Image.Resampling.BICUBIC)
    size = (PHOTOGRAPH[0] // 4, PHOTOGRAPH[1] // 4)
    grain = Image.frombytes("RGB", size, random.randbytes(size[0] * size[1] * 3))
    return Image.blend(ground, grain.resize(PHOTOGRAPH), 0.06)


def measured(folder: Path, look: str) -> Run:
    """One process. Raises WrongLetterError."""
    words = (sys.executable, "-m", "benchmarks.composing", str(folder / "newsfeed.toml"))
    done = subprocess.run(
        words,
        cwd=HERE.parent,
        env={**os.environ, "XDG_CACHE_HOME": str(CACHES)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WrongLetterError(f"{folder.name}: {done.stderr}")
    said = json.loads(done.stdout)
    run = Run(
        figures={name: said[name] for name in said if name.endswith((" first", " warm"))},
        articles=said["articles"],
        images=said["images"],
        size=said["bytes"],
        digest=said["digest"],
    )
    if run.articles != ARTICLES or run.images != IMAGES[look]:
        raise WrongLetterError(
            f"{folder.name}: {run.articles} articles and {run.images} images are in the letter"
        )
    return run


def compare(runs: int) -> list[Row]:
    """Every look with templates of both kinds, in turn, so that a busy moment meets them all."""
    kinds = [(look, templates) for templates in (OURS, OWN) for look in IMAGES]
    folders = [WORK / f"{look}-{number}" for number, (look, _) in enumerate(kinds)]
    for folder, (look, templates) in zip(folders, kinds, strict=True):
        make_site(folder, look, templates)
    fresh: list[list[Run]] = [[] for _ in kinds]
    kept: list[list[Run]] = [[] for _ in kinds]
    for _ in range(runs):
        for number, folder in enumerate(folders):
            for made in (folder / ".newsfeed", folder / "public", CACHES):
                shutil.rmtree(made, ignore_errors=True)
            fresh[number].append(measured(folder, kinds[number][0]))
            kept[number].append(measured(folder, kinds[number][0]))
    rows = [
        Row(look=look, templates=templates, fresh=tuple(fresh[n]), kept=tuple(kept[n]))
        for n, (look, templates) in enumerate(kinds)
    ]
    for row in rows:
        if len({run.digest for run in (*row.fresh, *row.kept)}) > 1:
            raise WrongLetterError(f"{row.look}: the letters of two runs differ")
    return rows


def markdown(rows: Sequence[Row], versions: dict[str, str]) -> str:
    """Goals and rows."""
    goals = [
        Goal(
            work=f"first composition, `{row.look}`, {ARTICLES} articles",
            bound=MOST_FIRST,
            unit="ms CPU",
            figure=row.figure("letter first"),
        )
        for row in rows
        if row.templates == OURS
    ]
    return "\n".join(
        [
            report.machine(),
            f"{', '.join(f'{name} {number}' for name, number in versions.items())}.",
            "",
            "| work | goal | measured | |",
            "|---|---|---|---|",
            *map(str, goals),
            "",
            "| look | templates | letter, not compiled ms | first ms | warm ms | lint, first ms "
            "| warm ms | bodies and images, new ms | kept ms | images | KB | SHA-256 | runs |",
            f"|---|---|{'---:|' * 9}---|---:|",
            *_lines(rows),
            "",
        ]
    )


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        run = row.kept[0]
        cells = (
            f"`{row.look}`",
            row.templates,
            f"{row.figure('letter first', new=True):,.0f}",
            *(
                f"{row.figure(name):,.0f}"
                for name in ("letter first", "letter warm", "lint first", "lint warm")
            ),
            f"{row.figure('bodies first', new=True):,.0f}",
            f"{row.figure('bodies first'):,.0f}",
            str(run.images),
            f"{run.size / 1000:.0f}",
            f"`{run.digest[:8]}`",
            str(len(row.fresh) + len(row.kept)),
        )
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, print, and keep the table."""
    parser = argparse.ArgumentParser(prog="compose", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="with new images, and with kept ones")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md alone")
    options = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    text = markdown(compare(options.runs), {name: version(name) for name in PACKAGES})
    print(text)
    if not options.no_write:
        report.write(PAGE, text, BEGIN, END)
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
