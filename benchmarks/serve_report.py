"""The measured servers as Markdown: each goal with its figure, and every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks import report
from benchmarks.report import MEGABYTE, Goal

BEGIN = "<!-- make bench-serve writes from here -->"
END = "<!-- to the end of the servers' table -->"
OURS, PEER = "newsfeed", "nginx"

HEADINGS = (
    "answer", "server", "requests/s", "× nginx", "p50 ms", "p99 ms", "CPU µs/request",
    "CPU × nginx", "processors busy", "peak MB", "bytes", "runs",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is asked for: its `status`, whether packed, and whether an edition is sent meanwhile."""

    name: str
    status: int
    gzip: bool = False
    sends: bool = False


KINDS = (
    Kind(name="304", status=304),
    Kind(name="200, identity", status=200),
    Kind(name="200, gzip", status=200, gzip=True),
    Kind(name="304 while an edition is sent", status=304, sends=True),
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run: answers a second, median and 99th percentile of the latency in seconds, processor
    seconds of the server for a request, and processors that it kept busy, its memory in bytes,
    and bytes of an answer.
    """

    rate: float
    middle: float
    late: float
    cpu: float
    busy: float
    memory: int
    size: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """One server at one kind of answer; the figures are medians over the runs."""

    kind: Kind
    server: str
    runs: tuple[Measured, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return median(run.rate for run in self.runs)

    @property
    def cpu(self) -> float:
        """Processor seconds for a request."""
        return median(run.cpu for run in self.runs)

    @property
    def memory(self) -> int:
        """Bytes at the most."""
        return max(run.memory for run in self.runs)


def markdown(rows: Sequence[Row], versions: dict[str, str]) -> str:
    """The whole report."""
    return "\n".join(
        [
            report.machine(),
            *(f"{name}: `{version}`." for name, version in versions.items()),
            "",
            "| work | goal | measured | |",
            "|---|---|---|---|",
            *(str(goal) for goal in goals(rows)),
            "",
            f"| {' | '.join(HEADINGS)} |",
            f"|---|---|{'---:|' * (len(HEADINGS) - 2)}",
            *_lines(rows),
            "",
        ]
    )


def goals(rows: Sequence[Row]) -> Iterator[Goal]:
    """What issue and design ask for."""
    ours, peer = _find(rows, "304", OURS), _find(rows, "304", PEER)
    yield Goal(
        work="304s of a 100 KB feed",
        bound=0.3,
        unit="× nginx",
        figure=ours.rate / peer.rate if ours and peer else None,
        least=True,
    )
    memory = max((row.memory for row in rows if row.server == OURS), default=None)
    figure = None if memory is None else memory / MEGABYTE
    yield Goal(work="memory of the service", bound=150, unit="MB", figure=figure)


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        peer = _find(rows, row.kind.name, PEER)
        cells = (
            row.kind.name,
            row.server,
            f"{row.rate:,.0f}",
            f"{row.rate / peer.rate:.2f}" if peer else "–",
            f"{median(run.middle for run in row.runs) * 1000:.1f}",
            f"{median(run.late for run in row.runs) * 1000:.1f}",
            f"{row.cpu * 1_000_000:.0f}",
            f"{row.cpu / peer.cpu:.2f}" if peer and peer.cpu else "–",
            f"{median(run.busy for run in row.runs):.2f}",
            f"{row.memory / MEGABYTE:.0f}",
            f"{median(run.size for run in row.runs):,.0f}",
            str(len(row.runs)),
        )
        yield f"| {' | '.join(cells)} |"


def _find(rows: Iterable[Row], kind: str, server: str) -> Row | None:
    return next((row for row in rows if (row.kind.name, row.server) == (kind, server)), None)
