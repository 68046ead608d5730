"""The measured deliveries as Markdown: each goal with its figure, and every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks import report
from benchmarks.measure import Cost
from benchmarks.report import MEGABYTE, Goal
from benchmarks.senders import KEPT, SOURCES, Work
from benchmarks.sinks import Counted, Watched

BEGIN = "<!-- make bench-delivery writes from here -->"
END = "<!-- to the end of its table -->"
OURS = "newsfeed"

HEADINGS = (
    "KB", "conn.", "signed", "RTT ms", "program", "letters/s", "× -d", "command s", "command × -d",
    "CPU s", "first s", "peak MB", "sink busy", "proxy busy", "bytes", "recipients", "runs",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One timed run; `sink` and `proxy` are the shares of the time in which these were at work."""

    watched: Watched
    sink: float
    proxy: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One sender at one work: what was counted, and its timed runs. Figures are medians, each for
    itself; memory is the greatest.
    """

    work: Work
    sender: str
    counted: Counted
    runs: tuple[Measured, ...]

    @property
    def rate(self) -> float:
        """Letters a second, from the first to the last."""
        return median(run.watched.rate for run in self.runs)

    @property
    def wall(self) -> float:
        """Seconds of the whole command."""
        return median(run.watched.cost.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Seconds of processor time of the whole command."""
        return median(run.watched.cost.cpu for run in self.runs)

    @property
    def first(self) -> float:
        """Seconds from the command's begin until the sink had a letter."""
        return median(run.watched.first for run in self.runs)

    @property
    def memory(self) -> int:
        """Peak bytes of the sender's own process."""
        return max(run.watched.cost.memory for run in self.runs)


@dataclass(frozen=True, kw_only=True)
class Large:
    """An edition to very many; `first` seconds after the command began a letter was on the wire."""

    work: Work
    counted: Counted
    first: float
    cost: Cost


def markdown(rows: Sequence[Row], large: Large | None, versions: dict[str, str]) -> str:
    """The whole report."""
    return "\n".join(
        [
            report.machine(),
            *(f"{name}: `{version}`." for name, version in versions.items()),
            "",
            "| work | goal | measured | |",
            "|---|---|---|---|",
            *(str(goal) for goal in goals(rows, large)),
            "",
            f"| {' | '.join(HEADINGS)} |",
            f"|---:|---:|---|---:|---|{'---:|' * (len(HEADINGS) - 5)}",
            *_lines(rows),
            "",
            *(_large(large) if large else ()),
        ]
    )


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        peer, work = find(rows, row.work, KEPT), row.work
        proxy = f"{median(run.proxy for run in row.runs):.0%}" if work.round_trip else "–"
        cells = (
            f"{work.size / 1000:g}",
            str(work.connections),
            work.signature or "–",
            f"{work.round_trip * 1000:.0f}" if work.round_trip else "–",
            row.sender,
            f"{row.rate:,.0f}",
            f"{row.rate / peer.rate:.2f}" if peer else "–",
            f"{row.wall:.2f}",
            f"{peer.wall / row.wall:.2f}" if peer else "–",
            f"{row.cpu:.2f}",
            f"{row.first:.2f}",
            f"{row.memory / MEGABYTE:.0f}",
            f"{median(run.sink for run in row.runs):.0%}",
            proxy,
            f"{row.counted.size:,}",
            f"{row.counted.recipients:,}",
            str(len(row.runs)),
        )
        yield f"| {' | '.join(cells)} |"


def _large(large: Large) -> Iterator[str]:
    work, cost = large.work, large.cost
    yield "| subscribers | KB | conn. | first letter s | command s | CPU s | peak MB | recipients |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
    yield (
        f"| {work.count:,} | {work.size / 1000:g} | {work.connections} | {large.first:.2f} |"
        f" {cost.wall:.1f} | {cost.cpu:.1f} | {cost.memory / MEGABYTE:.0f} |"
        f" {large.counted.recipients:,} |"
    )
    yield ""


def goals(rows: Sequence[Row], large: Large | None) -> Iterator[Goal]:
    """What delivery is to reach, beside smtp-source with and without -d; a goal whose rows were
    not measured says so.
    """
    for peer in SOURCES:
        yield from _beside(rows, peer)
    figure = _ratio(rows, "nodemailer", size=40_000)
    yield Goal(
        work="40 KB, 20 connections", bound=5, unit="× nodemailer", figure=figure, least=True
    )
    people = f"{large.work.count:,}" if large else "500,000"
    yield Goal(
        work=f"first letter on the wire, {people} subscribers",
        bound=2,
        unit="s",
        figure=large.first if large else None,
    )
    yield Goal(
        work=f"peak memory to the last letter, {people} subscribers",
        bound=200,
        unit="MB",
        figure=large.cost.memory / MEGABYTE if large else None,
    )


def _beside(rows: Sequence[Row], peer: str) -> Iterator[Goal]:
    """The goals that are ratios to smtp-source."""
    for size, signature, bound in (
        (40_000, "", 1.0),
        (5_000, "", 1.5),
        (40_000, "ed25519", 0.9),
        (40_000, "rsa", 0.5),
    ):
        signed = f", signed with {signature}" if signature else ""
        yield Goal(
            work=f"{size // 1000} KB, 20 connections{signed}",
            bound=bound,
            unit=f"× {peer}",
            figure=_ratio(rows, peer, size=size, signature=signature),
            least=True,
        )
    for connections in (1, 4, 20):
        yield Goal(
            work=f"40 KB, {connections} connection{'s' * (connections > 1)}, 20 ms round trip",
            bound=3.5,
            unit=f"× {peer}",
            figure=_ratio(rows, peer, size=40_000, connections=connections, is_late=True),
            least=True,
        )


def _ratio(
    rows: Sequence[Row],
    peer: str,
    *,
    size: int,
    connections: int = 20,
    signature: str = "",
    is_late: bool = False,
) -> float | None:
    """Our rate by the peer's."""
    wanted = (size, connections, signature, is_late)
    for row in rows:
        work = row.work
        have = (work.size, work.connections, work.signature, bool(work.round_trip))
        other = find(rows, work, peer)
        if have == wanted and row.sender == OURS and other:
            return row.rate / other.rate
    return None


def find(rows: Iterable[Row], work: Work, sender: str) -> Row | None:
    """A sender's row of the same work; smtp-source does not sign, so that its row without a
    signature stands for the one with.
    """
    if sender in SOURCES and work.signature:
        work = Work(size=work.size, count=work.count, connections=work.connections)
    return next((row for row in rows if (row.work, row.sender) == (work, sender)), None)
