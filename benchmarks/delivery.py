"""Delivery beside smtp-source and nodemailer: `make bench-delivery`, or `python -m
benchmarks.delivery`.

All programs send the same letters to Postfix's smtp-sink in one run, in turn. Each row runs once
more against a server that notes every recipient: before it counts, all of them must have come, each
once. The table goes to stdout and, unless --no-write is given, into docs/performance.md. Linux
only; needs Debian's `postfix` (for smtp-sink and smtp-source) and `nodejs`, and npm's registry for
nodemailer.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import delivery_report, letters, report
from benchmarks.delay_proxy import ROUND_TRIP
from benchmarks.delivery_report import Large, Measured, Row
from benchmarks.letters import Letter
from benchmarks.senders import (
    HERE,
    Keys,
    Newsfeed,
    Nodemailer,
    Sender,
    SmtpSource,
    Work,
    WrongOutputError,
)
from benchmarks.sinks import Counted, Server, counted, delayed, postfix, recorder, tally, watch
from benchmarks.subscribers import NEWSFEED

WORK = HERE / ".work" / "delivery"
PAGE = HERE.parent / "docs" / "performance.md"


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The programs that are compared, and the letter of each size."""

    senders: Sequence[Sender]
    letters: dict[int, Letter]

    def who(self, work: Work) -> Iterator[Sender]:
        """Who can do the work."""
        return (one for one in self.senders if work.signature in one.signs)


def works(options: argparse.Namespace) -> Iterator[Work]:
    """What the options ask for, in the order of the table."""
    for size in options.sizes:
        for connections in options.connections:
            yield Work(size=size, count=options.letters, connections=connections)
        for signature in options.signatures:
            most = max(options.connections)
            yield Work(size=size, count=options.letters, connections=most, signature=signature)
    for size in options.delayed_sizes:
        for connections in options.connections:
            yield Work(
                size=size,
                count=options.delayed_letters * connections,
                connections=connections,
                round_trip=ROUND_TRIP,
            )


def compare(bench: Bench, todo: Sequence[Work], runs: int) -> list[Row]:
    """Every work by every sender, interleaved: run after run, within a run work after work. The
    first run of all is that which is counted and not timed.
    """
    proofs = {
        (work, one.name): proved(bench, work, one) for work in todo for one in bench.who(work)
    }
    times: dict[tuple[Work, str], list[Measured]] = {key: [] for key in proofs}
    for run in range(runs):
        for work in todo:
            for one in bench.who(work):
                say(f"run {run + 1}: {described(work)}, {one.name}")
                times[work, one.name].append(timed(bench, work, one))
    return [
        Row(work=work, sender=name, counted=proofs[work, name], runs=tuple(found))
        for (work, name), found in times.items()
    ]


def timed(bench: Bench, work: Work, sender: Sender) -> Measured:
    """One run against smtp-sink, which must have counted every letter. Raises WrongOutputError."""
    with ExitStack() as servers:
        sink = servers.enter_context(tally())
        proxy = None
        if work.round_trip:
            proxy = servers.enter_context(delayed(sink.port, work.round_trip))
        at = proxy.port if proxy else sink.port
        command, folder = sender.ready(work, bench.letters[work.size], at)
        begun = sink.cpu(), proxy.cpu() if proxy else 0.0
        seen = watch(command, folder, sink.count)
        found = Measured(
            watched=seen,
            sink=(sink.cpu() - begun[0]) / seen.span if seen.span else 0.0,
            proxy=(proxy.cpu() - begun[1]) / seen.span if proxy and seen.span else 0.0,
        )
    if seen.letters != work.count:
        raise WrongOutputError(f"{sender.name}, {described(work)}: {seen.letters:,} letters came")
    sender.check(work)
    return found


def proved(bench: Bench, work: Work, sender: Sender) -> Counted:
    """One run against the server that notes recipients. Raises WrongOutputError unless everybody
    got one letter, and a personal one where the sender makes such.
    """
    say(f"counted: {described(work)}, {sender.name}")
    record = WORK / "record"
    with ExitStack() as servers:
        server: Server = servers.enter_context(recorder(record))
        if work.round_trip:
            server = servers.enter_context(delayed(server.port, work.round_trip))
        command, folder = sender.ready(work, bench.letters[work.size], server.port)
        watch(command, folder, lambda: 0)
    sender.check(work)
    return checked(counted(record), work, sender)


def checked(found: Counted, work: Work, sender: Sender) -> Counted:
    """What a record holds. Raises WrongOutputError unless it is what the work asks for."""
    all_once = found.letters == found.recipients == work.count
    personal = found.own == found.message_ids == work.count
    long_enough = abs(found.size - work.size) <= work.size * 0.15  # composers differ in headers
    if not (all_once and long_enough and (personal or not sender.is_personal)):
        raise WrongOutputError(f"{sender.name}, {described(work)}: found {found}")
    return found


def large(size: int, count: int, connections: int, keys: Keys) -> Large:
    """One edition to very many, noted one by one: its first letter, and its memory."""
    work = Work(size=size, count=count, connections=connections)
    say(f"large: {described(work)}, import")
    sender, record = Newsfeed(WORK, keys), WORK / "record"
    letter = letters.probe(WORK / "probe", size)
    with recorder(record) as server:
        command, folder = sender.ready(work, letter, server.port)
        say(f"large: {described(work)}, delivery")
        seen = watch(command, folder, lambda: int(record.stat().st_size > 0))
    sender.check(work)
    found = checked(counted(record), work, sender)
    return Large(work=work, counted=found, first=found.begun - seen.begun, cost=seen.cost)


def described(work: Work) -> str:
    """A work in words, for whoever waits."""
    signed = f", {work.signature}" if work.signature else ""
    late = f", {work.round_trip * 1000:.0f} ms" if work.round_trip else ""
    return f"{work.count:,} x {work.size:,} bytes, {work.connections} connections{signed}{late}"


def versions(nodemailer: Nodemailer | None) -> dict[str, str]:
    """What the programs say of themselves."""
    commands = {
        "newsfeed": (NEWSFEED, "--version"),
        "Postfix": ("/usr/sbin/postconf", "-d", "-h", "mail_version"),
    }
    if nodemailer:
        commands["Node"] = ("node", "--version")
    said = {
        name: subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
        for name, words in commands.items()
    }
    return {**said, **({"nodemailer": nodemailer.version()} if nodemailer else {})}


def say(line: str) -> None:
    """Progress, for whoever waits."""
    print(line, file=sys.stderr, flush=True)


def _numbers(text: str) -> list[int]:
    return [int(size) for size in text.split(",") if size]


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="delivery", description=__doc__)
    add = parser.add_argument
    add("--sizes", type=_numbers, default=[5_000, 40_000], help="bytes of a letter")
    add("--connections", type=_numbers, default=[1, 4, 20])
    add("--signatures", type=_names, default=["ed25519", "rsa"], help="at most connections")
    add("--letters", type=int, default=20_000, help="of a run")
    add("--delayed-sizes", type=_numbers, default=[40_000], help="bytes, with a round trip")
    add("--delayed-letters", type=int, default=150, help="for each connection")
    add("--large", type=int, default=500_000, help="subscribers of the large edition; 0: none")
    add("--large-size", type=int, default=40_000, help="bytes of its letters")
    add("--runs", type=int, default=3)
    add("--senders", type=_names, default=[], help="by name; all where none is given")
    add("--no-write", action="store_true", help="leave docs/performance.md alone")
    return parser.parse_args()


def measure(options: argparse.Namespace) -> str:
    """All rows that the options ask for, as Markdown."""
    keys = Keys(WORK)
    nodemailer = Nodemailer(WORK, keys)
    every: list[Sender] = [
        SmtpSource(WORK, keeps=True),
        SmtpSource(WORK, keeps=False),
        nodemailer,
        Newsfeed(WORK, keys),
    ]
    chosen = [one for one in every if not options.senders or one.name in options.senders]
    if nodemailer in chosen:
        nodemailer.install()
    todo = list(works(options))
    sizes = {work.size for work in todo}
    bench = Bench(
        senders=chosen, letters={size: letters.probe(WORK / "probe", size) for size in sizes}
    )
    rows = compare(bench, todo, options.runs)
    most = max(options.connections, default=20)
    big = large(options.large_size, options.large, most, keys) if options.large else None
    said = versions(nodemailer if nodemailer in chosen else None)
    return delivery_report.markdown(rows, big, said)


def main() -> None:
    """Measure, print, and keep the table."""
    options = _options()
    programs: dict[str, Callable[[str], str | None]] = {
        "smtp-sink": postfix,
        "smtp-source": postfix,
        "node": shutil.which,
        "npm": shutil.which,
    }
    for name, path in programs.items():
        if not path(name):
            sys.exit(f"{name} is not installed (Debian: apt-get install postfix nodejs npm)")
    WORK.mkdir(parents=True, exist_ok=True)
    _tidy(WORK)
    text = measure(options)
    print(text)
    if not options.no_write:
        report.write(PAGE, text, delivery_report.BEGIN, delivery_report.END)
    _tidy(WORK)


def _tidy(folder: Path) -> None:
    """Sites and records are large, and what npm fetched is of use again."""
    for one in folder.iterdir():
        if not one.is_dir():
            one.unlink()
        elif one.name != "nodemailer":
            shutil.rmtree(one)


if __name__ == "__main__":
    main()
