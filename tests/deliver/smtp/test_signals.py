"""Who asks a delivery to end gets a clean end; who asks twice, one at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsfeed.deliver.smtp.signals import until_told

CHILD = """
import asyncio
import signal
import sys
import threading
import time

from newsfeed.deliver.smtp.signals import until_told


async def deliver():
    stop = asyncio.Event()
    if "threads" in sys.argv:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    with until_told(stop.set):
        print("begun", flush=True)
        await stop.wait()
        print("told", flush=True)
        if "hangs" in sys.argv:
            await asyncio.sleep(60)
    if "after" in sys.argv:
        print("after", flush=True)
        await asyncio.sleep(60)
    print("clean end", flush=True)


if "ignores" in sys.argv:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
try:
    asyncio.run(deliver())
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(130)
"""


@contextmanager
def child(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A process that delivers until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, *words],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        encoding="utf-8",
    )
    try:
        assert heard(process) == "begun"
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that the process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_gives_a_clean_end(wish: signal.Signals) -> None:
    with child() as process:
        process.send_signal(wish)
        assert [heard(process), heard(process)] == ["told", "clean end"]
        assert process.wait(30) == 0


def test_a_second_ctrl_c_ends_at_once() -> None:
    with child("hangs") as process:
        process.send_signal(signal.SIGINT)
        assert heard(process) == "told"
        process.send_signal(signal.SIGINT)
        assert heard(process) == "interrupted"
        assert process.wait(30) == 130


def test_a_second_sigterm_ends_at_once() -> None:
    with child("hangs") as process:
        process.send_signal(signal.SIGTERM)
        assert heard(process) == "told"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == -signal.SIGTERM


def test_ctrl_c_after_a_sigterm_ends_at_once_too() -> None:
    with child("hangs") as process:
        process.send_signal(signal.SIGTERM)
        assert heard(process) == "told"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


def test_each_signal_is_heard_whichever_thread_it_finds() -> None:
    """The kernel may hand a process's signal to any of its threads (signal(7))."""
    with child("hangs", "threads") as process:
        threads = {int(one.name) for one in Path(f"/proc/{process.pid}/task").iterdir()}
        (other,) = threads - {process.pid}
        os.kill(other, signal.SIGINT)
        assert heard(process) == "told"
        os.kill(other, signal.SIGINT)
        assert heard(process) == "interrupted"
        assert process.wait(30) == 130


def test_what_is_ignored_stays_ignored() -> None:
    with child("ignores") as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert [heard(process), heard(process)] == ["told", "clean end"]
        assert process.wait(30) == 0


def test_after_the_block_the_signals_do_what_they_did() -> None:
    def mine(*_: object) -> None:
        raise AssertionError("it is never called")

    async def run() -> None:
        with until_told(lambda: None):
            assert signal.getsignal(signal.SIGTERM) is not mine
        assert signal.getsignal(signal.SIGTERM) is mine

    before = signal.signal(signal.SIGTERM, mine)
    try:
        interrupt = signal.getsignal(signal.SIGINT)
        asyncio.run(run())
        assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        signal.signal(signal.SIGTERM, before)


def test_another_thread_leaves_the_signals_alone() -> None:
    seen: list[object] = []

    async def run() -> None:
        with until_told(lambda: None):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join(30)
    assert seen == [signal.getsignal(signal.SIGTERM)]
