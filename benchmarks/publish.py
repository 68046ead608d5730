"""Publishing beside Hugo and Pelican: `make bench-publish`, or `python -m benchmarks.publish`.

All programs do the same work on the same posts in one run, in turn. Before a row counts, its feeds
are read: they must hold the right posts in the right order. The table goes to stdout and, unless
--no-write is given, into docs/performance.md. Linux only; needs `hugo` on the PATH.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import make_corpus, programs, report, starting
from benchmarks.measure import Cost, cost, middle, peak_memory
from benchmarks.produced import Produced, look
from benchmarks.programs import HERE, NEWEST, Program
from benchmarks.report import Row

WORK = HERE / ".work"
SMALL = 10_000  # from more posts on, --large-runs counts


class WrongOutputError(Exception):
    """A program wrote other feeds than the work asks for; its times would be worth nothing."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A program at work on a folder of `count` posts."""

    program: Program
    folder: Path
    count: int
    runs: int

    @property
    def output(self) -> Path:
        """Where its feeds are."""
        return self.folder / self.program.output

    def clear(self) -> None:
        """Remove all that the program has made."""
        for name in self.program.made:
            shutil.rmtree(self.folder / name, ignore_errors=True)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row for each program: how the site is made ready, and what its feeds must then hold.

    `items` gives the number of items of each format for a number of posts.
    """

    name: str
    ready: Callable[[Site], None] = lambda _site: None
    added: int = 0
    items: Callable[[int], int] = lambda count: min(count, NEWEST)

    @contextmanager
    def on(self, site: Site) -> Iterator[None]:
        """Make the site ready; afterwards take back what was added to it."""
        self.ready(site)
        posts = site.folder / site.program.posts
        extra = [make_corpus.post(site.count + number) for number in range(self.added)]
        make_corpus.write(posts, site.program.variant, self.added, start=site.count)
        try:
            yield
        finally:
            for one in extra:
                (posts / make_corpus.file_name(one)).unlink()

    def checked(self, site: Site) -> Produced:
        """What the site's feeds hold; raises WrongOutputError unless it is what this step asks."""
        made = look(site.output, site.program.rss)
        posts = site.count + self.added
        items = self.items(posts)
        newest = tuple(range(posts - 1, posts - 1 - len(made.newest), -1))
        if (made.rss, made.atom, made.newest) != (items, items, newest) or not made.newest:
            raise WrongOutputError(
                f"{site.program.name}, {self.name}, {site.count} posts: {items} items of each"
                f" format wanted, newest first, but found {made}"
            )
        return made


NEWEST_STEPS = (
    Step(name="cold", ready=Site.clear),
    Step(name="nothing changed"),
    Step(name="one added", added=1),
)
BODY_STEPS = (Step(name="every body", ready=Site.clear, items=lambda count: count),)


def compare(sites: Sequence[Site], steps: Sequence[Step]) -> list[Row]:
    """Every step on every site, interleaved: run after run, and within a run step after step."""
    costs: dict[tuple[str, str], list[Cost]] = {}
    made: dict[tuple[str, str], Produced] = {}
    for run in range(max(site.runs for site in sites)):
        for step in steps:
            for site in (site for site in sites if run < site.runs):
                key = step.name, site.program.name
                say(f"{site.count} posts, run {run + 1}: {step.name}, {site.program.name}")
                with step.on(site):
                    costs.setdefault(key, []).append(cost(site.program.command, site.folder))
                made[key] = step.checked(site)
    return [
        Row(
            posts=site.count,
            step=step.name,
            program=site.program.name,
            cost=middle(costs[step.name, site.program.name]),
            memory=memory,
            runs=site.runs,
            made=made[step.name, site.program.name],
        )
        for site in sites
        for step, memory in zip(steps, _memory(site, steps, costs), strict=True)
    ]


def _memory(
    site: Site, steps: Sequence[Step], costs: dict[tuple[str, str], list[Cost]]
) -> Iterator[int]:
    """Peak memory of each step: of all processes together where the program forks."""
    for step in steps:
        if not site.program.forks:
            yield middle(costs[step.name, site.program.name]).memory
            continue
        say(f"{site.count} posts, memory: {step.name}, {site.program.name}")
        with step.on(site):
            yield peak_memory(site.program.command, site.folder)


def prepared(program: Program, count: int, runs: int) -> Site:
    """The program's site with `count` posts, written unless it is there."""
    folder = WORK / f"{program.variant}-{count}"
    say(f"{count} posts for {program.name}")
    programs.prepare(program, folder, count)
    return Site(program=program, folder=folder, count=count, runs=runs)


def measure(options: argparse.Namespace) -> list[Row]:
    """All rows that the options ask for."""
    rows: list[Row] = []
    pelican = programs.pelican(WORK)
    if options.pelican_limit:
        programs.install_pelican(WORK)
    for count in options.sizes:
        runs = options.runs if count <= SMALL else options.large_runs
        sites = [
            prepared(programs.newsfeed(bodies=False), count, runs),
            prepared(programs.hugo(bodies=False), count, runs),
        ]
        if count <= options.pelican_limit:
            sites.append(prepared(pelican, count, options.pelican_runs))
        rows += compare(sites, NEWEST_STEPS)
    for count in options.bodies:
        both = (programs.newsfeed(bodies=True), programs.hugo(bodies=True))
        rows += compare([prepared(one, count, options.large_runs) for one in both], BODY_STEPS)
    return rows


def say(line: str) -> None:
    """Progress, for whoever waits."""
    print(line, file=sys.stderr, flush=True)


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",") if size]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="publish", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--bodies", type=_sizes, default=[10_000], help="sizes for every body")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large-runs", type=int, default=3, help="above 10,000, or every body")
    parser.add_argument("--pelican-runs", type=int, default=1)
    parser.add_argument("--pelican-limit", type=int, default=10_000, help="largest size; 0: none")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md alone")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and keep the table."""
    options = _options()
    if not shutil.which("hugo"):
        sys.exit("hugo is not installed (Debian and Ubuntu: apt-get install hugo)")
    start = starting.measure(HERE.parent, WORK / "seeds")
    rows = measure(options)
    versions = report.versions([programs.newsfeed(bodies=False), programs.hugo(bodies=False)])
    if options.pelican_limit:
        versions |= report.versions([programs.pelican(WORK)])
    text = report.markdown(rows, start, versions)
    print(text)
    if not options.no_write:
        report.write(HERE.parent / "docs" / "performance.md", text)


if __name__ == "__main__":
    main()
