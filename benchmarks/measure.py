"""Run a command and say what it cost. Linux: memory is read from /proc."""

from __future__ import annotations

import compileall
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import newsfeed

SAMPLE_SECONDS = 0.01


class CommandError(Exception):
    """A measured command failed; a figure of it would be worth nothing."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one run took: seconds on the wall clock, seconds of all processors together, and the
    greatest resident set of any one of its processes in bytes.
    """

    wall: float
    cpu: float
    memory: int


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run `command` in `folder`; CPU is user and system time with that of its children."""
    _installed()
    os.sync()  # nobody pays for what another has not yet written
    begin = time.perf_counter()
    process = _start(command, folder)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    _succeed(command, process, status)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(wall=wall, cpu=cpu, memory=usage.ru_maxrss * 1024)


def peak_memory(command: Sequence[str], folder: Path) -> int:
    """Run a `command` that forks once more, and give the peak memory of all its processes in bytes.

    The larger of two: the greatest resident set of one process, as the kernel kept it, and the
    greatest sum over all its processes at one time, shared pages counted once, as often as we
    looked. Looking costs time, so that a run watched is not a run timed.
    """
    process = _start(command, folder)
    together = 0
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        together = max(together, sum(_proportional(pid) for pid in _tree(process.pid)))
        time.sleep(SAMPLE_SECONDS)
    _succeed(command, process, status)
    return max(together, usage.ru_maxrss * 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of wall and CPU, each for itself, and the greatest memory."""
    return Cost(
        wall=median(c.wall for c in costs),
        cpu=median(c.cpu for c in costs),
        memory=max(c.memory for c in costs),
    )


def _start(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "bench.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=folder, env=_installed(), stdout=log, stderr=subprocess.STDOUT
        )


@cache
def _installed() -> dict[str, str]:
    """Compile our modules, as installing does; gives the environment of commands, in which Python
    keeps what it compiles.
    """
    compileall.compile_dir(Path(newsfeed.__file__).parent, quiet=1)
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def _succeed(command: Sequence[str], process: subprocess.Popen[bytes], status: int) -> None:
    """Tell `process`, which was waited for behind its back, its end; refuse a failed one."""
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandError(f"{' '.join(command)} ended with {process.returncode}, see bench.log")


def _tree(pid: int) -> Iterator[int]:
    """`pid` and all its descendants that are alive."""
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for t in threads for child in (t / "children").read_text().split()]
    except OSError:  # it has just ended
        return
    for child in children:
        yield from _tree(int(child))


def _proportional(pid: int) -> int:
    """The process's proportional set in bytes: a page shared by n processes counts 1/n."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
