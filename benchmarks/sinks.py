"""Where the benchmark's letters end: Postfix's smtp-sink for the times, a server that notes every
recipient for the proof, and a delaying proxy before either; and a sender watched meanwhile.

smtp-sink throws letters away and keeps a counter (`-c`), which is read while it runs: so the time
from the first letter to the last is measured in one way for all senders, from outside. It cannot
tell recipients apart without writing every letter to a file, which slows it down: therefore each
row runs once more, not timed, against the server of `tests/rigs/sink.py`.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import CommandError, Cost
from tests.rigs.sink import parse

ROOT = Path(__file__).parent.parent
TICK = 0.005
"""Seconds between two looks at the counter: as exact as the times are."""

LOOKS_PER_PEAK = 10

PATIENCE = 30.0
"""Seconds that a server has to come up."""

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_COUNTER = re.compile(rb"mesg=(\d+)\r")
_LINE = 100


def postfix(name: str) -> str | None:
    """The path of one of Postfix's programs, which lie outside of most people's PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


class Server:
    """A process that listens at `port`, and what it has used."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process, self.port = process, port

    def cpu(self) -> float:
        """Seconds of processor time so far, in hundredths."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


class Tally(Server):
    """A smtp-sink and the counter that it writes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, counter: int) -> None:
        super().__init__(process, port)
        self._counter = counter

    def count(self) -> int:
        """How many letters it has taken."""
        end = os.fstat(self._counter).st_size
        found = _COUNTER.findall(os.pread(self._counter, _LINE, max(0, end - _LINE)))
        return int(found[-1]) if found else 0


@contextmanager
def tally() -> Iterator[Tally]:
    """A smtp-sink that has just begun to count. Its counter is kept in memory."""
    port, counter = free_port(), os.memfd_create("counter")
    # As root it wants to be told whom to become.
    rights = () if os.geteuid() else ("-u", "nobody")
    words = (postfix("smtp-sink") or "smtp-sink", *rights, "-c", f"127.0.0.1:{port}", "1000")
    process = subprocess.Popen(words, stdout=counter, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Tally(process, port, counter)
    finally:
        process.kill()
        process.wait()
        os.close(counter)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens. Raises OSError."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(TICK)
        else:
            return


@contextmanager
def recorder(record: Path) -> Iterator[Server]:
    """The server that notes what it takes in `record`."""
    record.unlink(missing_ok=True)
    with _of_ours("tests.rigs.sink", "--record", str(record)) as server:
        yield server


@contextmanager
def delayed(port: int, round_trip: float) -> Iterator[Server]:
    """A road of `round_trip` seconds to a port of this machine."""
    words = ("--to", str(port), "--round-trip", str(round_trip))
    with _of_ours("benchmarks.delay_proxy", *words) as server:
        yield server


@contextmanager
def _of_ours(module: str, *words: str) -> Iterator[Server]:
    """A module that prints its port and ends with its standard input."""
    process = subprocess.Popen(
        (sys.executable, "-m", module, *words),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout
        yield Server(process, int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a sender did: `letters` came to the sink, the first of them `first` seconds after the
    command began, and all but those of the first look `span` seconds later. `begun` is when it
    began (seconds since 1970-01-01 UTC).
    """

    begun: float
    letters: int
    at_first: int
    first: float
    span: float
    cost: Cost

    @property
    def rate(self) -> float:
        """Letters a second from the first to the last; of the whole command where one look saw
        them all.
        """
        if self.letters == self.at_first:
            return self.letters / self.cost.wall
        return (self.letters - self.at_first) / self.span


def watch(command: Sequence[str], folder: Path, count: Callable[[], int]) -> Watched:
    """Run a sender, and look at the sink's counter meanwhile. Raises CommandError.

    Its memory is the peak of its own process as the kernel kept it: what wait4 tells would begin
    with ours.
    """
    os.sync()  # nobody pays for what another has not yet written
    log = folder / "bench.log"
    done = seen = at_first = memory = 0
    first = last = 0.0
    with log.open("wb") as said:
        begun, begin = time.time(), time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
    try:
        for look in itertools.count():
            if look % LOOKS_PER_PEAK == 0:
                memory = max(memory, _peak(process.pid))
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            wall = time.perf_counter() - begin
            if (now := count()) > seen:
                first, at_first = (first, at_first) if seen else (wall, now)
                last, seen = wall, now
            if done:
                break
            time.sleep(TICK)
    finally:
        if not done:
            process.kill()
            process.wait()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        end = log.read_text(errors="replace")[-500:]
        raise CommandError(f"{command[0]} ended with {process.returncode}: {end}")
    cost = Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=memory)
    return Watched(
        begun=begun, letters=seen, at_first=at_first, first=first, span=last - first, cost=cost
    )


def _peak(pid: int) -> int:
    """The greatest resident set so far of a process in bytes; 0 of one that has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a record holds: letters, different recipients and Message-IDs, letters whose headers
    name their recipient, the mean size in bytes, and when the first RCPT was read (seconds since
    1970-01-01 UTC).
    """

    letters: int
    recipients: int
    message_ids: int
    own: int
    size: int
    begun: float


def counted(record: Path) -> Counted:
    """Read a record line by line: it may be of half a million letters."""
    letters = own = size = 0
    recipients, message_ids, begun = set(), set(), float("inf")
    with record.open("rb") as lines:
        for line in lines:
            for one in parse(line.rstrip(b"\n")):
                letters, own, size = letters + 1, own + one.own, size + one.size
                recipients.add(one.recipient)
                message_ids.add(one.message_id)
                begun = min(begun, one.offered)
    return Counted(
        letters=letters,
        recipients=len(recipients),
        message_ids=len(message_ids),
        own=own,
        size=size // max(letters, 1),
        begun=begun,
    )
