"""The measured rows as Markdown: a table, and each goal with the figure that meets or misses it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Cost
from benchmarks.produced import Produced
from benchmarks.programs import Program
from benchmarks.starting import Start

BEGIN = "<!-- make bench-publish writes from here -->"
END = "<!-- to here -->"
PEER = "Hugo"
OURS = "newsfeed"
MEGABYTE = 1_000_000

HEADINGS = (
    "posts", "run", "program", "wall s", "CPU s", "peak MB", "wall × Hugo", "CPU × Hugo",
    "RSS + Atom items", "HTML kB", "files", "SHA-256", "runs",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """One program at one step on one size; `memory` is in bytes."""

    posts: int
    step: str
    program: str
    cost: Cost
    memory: int
    runs: int
    made: Produced


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure that must not be above its bound, or (`least`) below; None: was not measured."""

    work: str
    bound: float
    unit: str
    figure: float | None
    least: bool = False

    def __str__(self) -> str:
        """A row of the table of goals."""
        goal = f"{'≥' if self.least else '≤'} {self.bound:g} {self.unit}"
        if self.figure is None:
            return f"| {self.work} | {goal} | – | not measured |"
        is_met = self.figure >= self.bound if self.least else self.figure <= self.bound
        verdict = "met" if is_met else "**missed**"
        return f"| {self.work} | {goal} | {self.figure:.3g} {self.unit} | {verdict} |"


def markdown(rows: Sequence[Row], start: Start, versions: dict[str, str]) -> str:
    """The whole report."""
    return "\n".join(
        [
            machine(),
            *(f"{name}: `{version}`." for name, version in versions.items()),
            "",
            "### Goals",
            "",
            "| work | goal | measured | |",
            "|---|---|---|---|",
            *(str(goal) for goal in _goals(rows, start)),
            "",
            "### All rows",
            "",
            f"| {' | '.join(HEADINGS)} |",
            f"|---:|---|---|{'---:|' * 8}---|---:|",
            *_lines(rows),
            "",
        ]
    )


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    """Rows of one work stand together, in the order in which the programs were given."""
    steps = dict.fromkeys((row.posts, row.step) for row in rows)
    for posts, step in steps:
        for row in (row for row in rows if (row.posts, row.step) == (posts, step)):
            peer = _find(rows, posts, step, PEER)
            cells = (
                f"{posts:,}",
                step,
                row.program,
                f"{row.cost.wall:.2f}",
                f"{row.cost.cpu:.2f}",
                f"{row.memory / MEGABYTE:.0f}",
                f"{row.cost.wall / peer.cost.wall:.3f}" if peer else "–",
                f"{row.cost.cpu / peer.cost.cpu:.3f}" if peer else "–",
                f"{row.made.rss:,} + {row.made.atom:,}",
                f"{row.made.html_bytes / 1000:,.0f}",
                f"{row.made.files:,}",
                f"`{row.made.digest[:8]}`",
                str(row.runs),
            )
            yield f"| {' | '.join(cells)} |"


def _goals(rows: Sequence[Row], start: Start) -> Iterator[Goal]:
    ratios = (
        (10_000, "cold", 1.0),
        (10_000, "nothing changed", 0.12),
        (10_000, "one added", 0.15),
        (10_000, "every body", 0.6),
        (100_000, "nothing changed", 0.05),
    )
    for posts, step, bound in ratios:
        ours, peer = (_find(rows, posts, step, program) for program in (OURS, PEER))
        figure = ours.cost.wall / peer.cost.wall if ours and peer else None
        yield Goal(work=f"{posts:,} posts, {step}", bound=bound, unit="× Hugo", figure=figure)
    large = _find(rows, 100_000, "nothing changed", OURS)
    yield Goal(
        work="100,000 posts, nothing changed, peak memory",
        bound=200,
        unit="MB",
        figure=large.memory / MEGABYTE if large else None,
    )
    yield Goal(work="`newsfeed --help`", bound=0.12, unit="s", figure=start.help.wall)
    yield Goal(
        work="`newsfeed publish` of the seeds, nothing changed",
        bound=0.25,
        unit="s CPU",
        figure=start.publish.cpu,
    )


def _find(rows: Iterable[Row], posts: int, step: str, program: str) -> Row | None:
    wanted = (posts, step, program)
    return next((row for row in rows if (row.posts, row.step, row.program) == wanted), None)


def versions(programs: Iterable[Program]) -> dict[str, str]:
    """What each program says of itself."""
    return {
        program.name: subprocess.run(
            program.version, capture_output=True, text=True, check=True
        ).stdout.strip()
        for program in programs
    }


def machine() -> str:
    """When this is measured, and on what."""
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} processors,"
        f" {platform.system()} {platform.release().split('-')[0]},"
        f" Python {platform.python_version()}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def write(page: Path, text: str, begin: str = BEGIN, end: str = END) -> None:
    """Put the report between its two marks in the `page`."""
    before, _, rest = page.read_text("utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", "utf-8")
