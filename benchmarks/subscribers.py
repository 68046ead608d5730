"""A million subscribers in and out: `make bench-subscribers` (`python -m benchmarks.subscribers`).

The real command line imports a file, exports it, and imports that again into a second store, whose
export must be the same. Beside it, sqlite3's own `.import` reads the same file into one table that
has the same unique index: the least that any import could do. Each step is a process of its own;
Linux only; needs `sqlite3` on the PATH. The table goes to stdout and, unless --no-write is given,
into docs/performance.md.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import report
from benchmarks.measure import Cost, cost
from benchmarks.report import MEGABYTE, Goal

HERE = Path(__file__).parent
WORK = HERE / ".work" / "subscribers"
BEGIN = "<!-- make bench-subscribers writes from here -->"
END = "<!-- to the end of its part -->"
NEWSFEED = str(Path(sys.executable).with_name("newsfeed"))

SETTINGS = """\
[site]
title = "한반도 브리핑"
url = "https://news.example.org"
language = "ko"
author = "편집실"
timezone = "Asia/Seoul"
[[sources]]
path = "posts"
[[newsletters]]
name = "weekly"
title = "주간 브리핑"
from = "한반도 브리핑 <news@example.org>"
"""

FAMILY = "김이박최정강조윤장임한오서신권황안송류전"
GIVEN = ("민준", "서연", "도윤", "지우", "하은", "시우", "수아", "예준", "지호", "유나")
WESTERN = ("Anna Example", "Ben O'Hara", "Chloé Martin", "Dağhan Öz", "Eve, the Second")


class WrongOutputError(Exception):
    """What came out is not what went in; the times would be worth nothing."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One process: what it did with how many rows, at what cost, and what it left."""

    work: str
    rows: int
    cost: Cost
    digest: str = ""

    @property
    def rate(self) -> float:
        """Rows a second on the wall clock."""
        return self.rows / self.cost.wall


def subscriber(number: int, count: int) -> tuple[str, str, str, str, str]:
    """One row, always the same for the same numbers; every second name is Korean."""
    person = number * 7919 % count  # 7,919 is a prime: everybody comes once, and in no order
    if person % 2:
        name = FAMILY[person % len(FAMILY)] + GIVEN[person // 7 % len(GIVEN)]
    else:
        name = WESTERN[person // 3 % len(WESTERN)]
    address = f"reader.{person}@mail{person % 509}.example.com"
    day = f"20{10 + person % 16}-{person % 12 + 1:02}-{person % 28 + 1:02}T09:30:00Z"
    return address, name, "ko" if person % 2 else "en", "sign-up form", day


def write_rows(path: Path, count: int, *, bad: bool = False) -> None:
    """A CSV file of `count` rows; `bad` ones have no `@`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("email", "name", "language", "consent_source", "consent_date"))
        for number in range(count):
            address, *rest = subscriber(number, count)
            writer.writerow((address.replace("@", " at ") if bad else address, *rest))


def measure(count: int) -> list[Step]:
    """All steps, in their order. Raises WrongOutputError."""
    shutil.rmtree(WORK, ignore_errors=True)
    first, second = _site("first"), _site("second")
    source, bad = WORK / "rows.csv", WORK / "bad.csv"
    write_rows(source, count)
    write_rows(bad, count, bad=True)
    steps = [_ran("import", count, first, ("import", str(source)))]
    steps.append(_exported("export, CSV", count, first, "export.csv"))
    again = ("import", str(first / "export.csv"))
    steps.append(_ran("import of the export", count, second, again))
    steps.append(_exported("export of that", count, second, "export.csv"))
    if steps[1].digest != steps[3].digest:
        raise WrongOutputError("the export of an imported export is another one")
    steps.append(_exported("export, JSON", count, first, "export.json"))
    steps.append(_ran("the same file once more", count, first, ("import", str(source))))
    skip = ("import", str(bad), "--skip-bad", "--report", "report.csv")
    steps.append(_ran("only bad rows, skipped and reported", count, second, skip, ends=3))
    return [*steps, _peer(source, count)]


def _site(name: str) -> Path:
    folder = WORK / name
    (folder / "posts").mkdir(parents=True)
    (folder / "newsfeed.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def _ran(work: str, count: int, site: Path, words: Sequence[str], *, ends: int = 0) -> Step:
    print(f"{count:,} rows: {work}", file=sys.stderr, flush=True)
    command = (NEWSFEED, "subscribers", *words)
    if ends:
        command = ("sh", "-c", f'"$@"; test $? = {ends}', "sh", *command)
    step = Step(work=work, rows=count, cost=cost(command, site))
    stored = sqlite3.connect(site / ".newsfeed" / "newsfeed.db")
    (found,) = stored.execute(
        "SELECT count(*) FROM subscription JOIN consent USING (subscriber_id, newsletter)"
        " WHERE state = 'active' AND event = 'stated'"
    ).fetchone()
    stored.close()
    if found != count:
        raise WrongOutputError(f"{work}: {found:,} are active with a proof, not {count:,}")
    return step


def _exported(work: str, count: int, site: Path, name: str) -> Step:
    step = _ran(work, count, site, ("export", name))
    digest, lines = hashlib.sha256(), 0
    with (site / name).open("rb") as file:
        for line in file:
            digest.update(line)
            lines += 1
    if lines - (2 if name.endswith(".json") else 1) != count:
        raise WrongOutputError(f"{work}: {lines:,} lines")
    return Step(work=work, rows=count, cost=step.cost, digest=digest.hexdigest()[:8])


def _peer(source: Path, count: int) -> Step:
    print(f"{count:,} rows: sqlite3", file=sys.stderr, flush=True)
    create = "CREATE TABLE reader (email TEXT UNIQUE, name, language, source, date)"
    command = ("sqlite3", "peer.db", create, ".mode csv", f".import --skip 1 {source} reader")
    found = cost(command, WORK)
    with sqlite3.connect(WORK / "peer.db") as db:
        (rows,) = db.execute("SELECT count(*) FROM reader").fetchone()
    db.close()
    if rows != count:
        raise WrongOutputError(f"sqlite3: {rows:,} rows")
    return Step(work="sqlite3 .import, one table", rows=count, cost=found)


def markdown(steps: Sequence[Step]) -> str:
    """The report: goals, then every step."""
    peer = steps[-1].cost
    imports = [step for step in steps if step.work.startswith("import")]
    ours = steps[:-1]
    slowest = min(step.rate for step in imports) / 1000
    goals = (
        Goal(work="import", bound=20, unit="thousand rows/s", figure=slowest, least=True),
        Goal(
            work="peak memory, every step",
            bound=200,
            unit="MB",
            figure=max(step.cost.memory for step in ours) / MEGABYTE,
        ),
    )
    rows = [
        f"| {step.work} | {step.rows:,} | {step.cost.wall:.1f} | {step.rate:,.0f} |"
        f" {step.cost.cpu:.1f} | {step.cost.memory / MEGABYTE:.0f} |"
        f" {step.cost.wall / peer.wall:.1f} | {f'`{step.digest}`' if step.digest else '–'} |"
        for step in steps
    ]
    return "\n".join(
        [
            f"{report.machine()} SQLite {sqlite3.sqlite_version}.",
            "",
            "| work | goal | measured | |",
            "|---|---|---|---|",
            *(str(goal) for goal in goals),
            "| the export of the imported export | equal | equal | met |",
            "",
            "| step | rows | wall s | rows/s | CPU s | peak MB | wall × sqlite3 | SHA-256 |",
            "|---|---:|---:|---:|---:|---:|---:|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure, print, and keep the table."""
    parser = argparse.ArgumentParser(prog="subscribers", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md alone")
    options = parser.parse_args()
    if not shutil.which("sqlite3"):
        sys.exit("sqlite3 is not installed (Debian and Ubuntu: apt-get install sqlite3)")
    text = markdown(measure(options.rows))
    print(text)
    if not options.no_write:
        report.write(HERE.parent / "docs" / "performance.md", text, BEGIN, END)
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
