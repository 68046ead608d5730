"""Publishing the folders of each generator: `make bench-generators`.

The same bodies stand in folders as each generator has them; newsfeed reads them all by their rules,
in turn, beside Hugo on the same posts. What `make bench-publish` measures is a Jekyll site: how far
is each other kind from it, and from its goals? Before a row counts, its feeds are read. The table
goes to stdout and, unless --no-write is given, into docs/performance.md. Linux only; needs `hugo`
on the PATH.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks import programs, report
from benchmarks.programs import HERE, NEWEST, NEWSFEED_SETTINGS, Program
from benchmarks.publish import NEWEST_STEPS, Site, compare, prepared
from benchmarks.report import Goal, Row

BEGIN = "<!-- make bench-generators writes from here -->"
END = "<!-- to the end of the generators' table -->"
BASE = "jekyll"
SHARE = 1.3
"""How much more than the goals, and than a Jekyll site, any kind may take."""

GOALS = {"cold": 1.0, "nothing changed": 0.12, "one added": 0.15}
"""Times Hugo's wall time, for 10,000 posts of a Jekyll site."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a generator's folder is laid out: where its posts are, in which front matter, and the
    settings by which it is told.
    """

    name: str
    posts: str
    variant: str = "jekyll"
    settings: dict[str, str] = field(default_factory=dict)


KINDS = (
    Kind(name=BASE, posts="_posts", settings={"_config.yml": "permalink: pretty\n"}),
    Kind(name="plain", posts="posts"),
    Kind(
        name="hugo",
        posts="content/posts",
        variant="hugo",
        settings={"hugo.toml": 'baseURL = "https://news.example.org/"\n'},
    ),
    Kind(
        name="eleventy",
        posts="posts",
        settings={
            ".eleventy.js": "module.exports = () => ({ dir: { output: '_site' } });\n",
            "posts/posts.json": '{ "tags": "posts" }\n',
        },
    ),
    Kind(
        name="pelican",
        posts="content/posts",
        variant="pelican",
        settings={
            "pelicanconf.py": 'SITEURL = "https://news.example.org"\nPATH = "content"\n'
            'TIMEZONE = "Asia/Seoul"\nARTICLE_PATHS = ["posts"]\n'
        },
    ),
    Kind(
        name="docusaurus",
        posts="blog",
        settings={"docusaurus.config.js": "module.exports = { title: 'Island News' };\n"},
    ),
    Kind(
        name="vitepress",
        posts="posts",
        settings={".vitepress/config.mjs": "export default { title: 'Island News' };\n"},
    ),
    Kind(
        name="astro",
        posts="src/content/blog",
        settings={"astro.config.mjs": "export default { site: 'https://news.example.org' };\n"},
    ),
)


def program(kind: Kind) -> Program:
    """newsfeed, reading a folder of that kind."""
    ours = programs.newsfeed(bodies=False)
    text = NEWSFEED_SETTINGS.format(newest=NEWEST, by="[]", archive="false")
    text = text.replace(f'"{BASE}"', f'"{kind.name}"').replace(
        "[feeds]", '[feeds]\noutput = "newsfeed-public"'
    )
    return Program(
        name=kind.name,
        variant=kind.variant,
        posts=kind.posts,
        command=ours.command,
        version=ours.version,
        output="newsfeed-public",
        made=("newsfeed-public", ".newsfeed"),
        settings={"newsfeed.toml": text, **kind.settings},
    )


def markdown(rows: Sequence[Row], versions: dict[str, str]) -> str:
    """The whole report."""
    return "\n".join(
        [
            report.machine(),
            *(f"{name}: `{version}`." for name, version in versions.items()),
            "",
            "| work | goal | measured | |",
            "|---|---|---|---|",
            *(str(goal) for goal in _goals(rows)),
            "",
            "| posts | run | kind | wall s | CPU s | peak MB | wall × Jekyll | CPU × Jekyll |"
            " wall × Hugo | runs |",
            "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|",
            *_lines(rows),
            "",
        ]
    )


def _goals(rows: Sequence[Row]) -> Iterator[Goal]:
    """The dearest kind of each step, beside Hugo and beside a Jekyll site."""
    for step, bound in GOALS.items():
        walls = {row.program: row.cost.wall for row in rows if row.step == step}
        worst = max(walls.keys() - {report.PEER}, key=lambda name: walls[name])
        work = f"{rows[0].posts:,} posts, {step}: the slowest kind, {worst}"
        times_hugo = walls[worst] / walls[report.PEER]
        yield Goal(work=work, bound=SHARE * bound, unit="× Hugo", figure=times_hugo)
        yield Goal(work=work, bound=SHARE, unit="× Jekyll", figure=walls[worst] / walls[BASE])


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for step in GOALS:
        group = {row.program: row for row in rows if row.step == step}
        base, peer = group[BASE].cost, group[report.PEER].cost
        for row in group.values():
            cells = (
                f"{row.posts:,}",
                step,
                row.program,
                f"{row.cost.wall:.2f}",
                f"{row.cost.cpu:.2f}",
                f"{row.memory / report.MEGABYTE:.0f}",
                f"{row.cost.wall / base.wall:.2f}",
                f"{row.cost.cpu / base.cpu:.2f}",
                f"{row.cost.wall / peer.wall:.2f}",
                str(row.runs),
            )
            yield f"| {' | '.join(cells)} |"


def _site(kind: Program, count: int, runs: int) -> Site:
    """As `prepared`, in a folder of the kind's own: several kinds share a front matter."""
    folder = HERE / ".work" / f"kind-{kind.name}-{count}"
    programs.prepare(kind, folder, count)
    return Site(program=kind, folder=folder, count=count, runs=runs)


def main() -> None:
    """Measure, print, and keep the table."""
    parser = argparse.ArgumentParser(prog="generators", description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md alone")
    options = parser.parse_args()
    if not shutil.which("hugo"):
        sys.exit("hugo is not installed (Debian and Ubuntu: apt-get install hugo)")
    hugo = programs.hugo(bodies=False)
    sites = [_site(program(kind), options.posts, options.runs) for kind in KINDS]
    rows = compare([*sites, prepared(hugo, options.posts, options.runs)], NEWEST_STEPS)
    versions = report.versions([programs.newsfeed(bodies=False), hugo])
    text = markdown(rows, versions)
    print(text)
    if not options.no_write:
        report.write(HERE.parent / "docs" / "performance.md", text, BEGIN, END)


if __name__ == "__main__":
    main()
