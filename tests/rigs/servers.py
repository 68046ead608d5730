"""What the rigs of real servers share: a folder, a port, and processes that end in the end."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds that a server has to come up, and a letter to arrive."""


def hold_port() -> socket.socket:
    """A port of 127.0.0.1 for a server of ours: bound, but not listening.

    Any server that sets SO_REUSEADDR may listen there, and nobody else is given the port, also
    while the server is down; to connect is refused then.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def port_of(held: socket.socket) -> int:
    """The number of a port that is held."""
    return int(held.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody listens at a port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait for something; `what` names it where it does not come. Raises AssertionError."""
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"after {patience:.0f} seconds still not: {what}")
        time.sleep(0.02)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that every user may enter, with a path short enough for a socket's name.

    pytest's own are for one user, and these servers give up root's rights.
    """
    found = Path(tempfile.mkdtemp(prefix="rig-"))
    try:
        found.chmod(0o755)
        yield found
    finally:
        until(lambda: _removed(found), f"{found} is removed")


def _removed(path: Path) -> bool:
    """Try to remove a folder, into which a server's last child may still write."""
    shutil.rmtree(path, ignore_errors=True)
    return not path.exists()


@contextmanager
def running(
    words: Sequence[str],
    up: Callable[[], bool],
    log: Path,
    end: signal.Signals = signal.SIGTERM,
) -> Iterator[None]:
    """A server that stays in the foreground, from when it is `up`; in the end `end` ends it.

    Its words go to `log`, which is shown if it does not come up. Raises AssertionError.
    """
    with log.open("ab") as said:
        process = subprocess.Popen(
            (
                "setpriv",
                "--pdeathsig",
                "TERM",
                "--",
                *words,
            ),  # ours may be killed; Postfix forgets it
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        until(lambda: up() or process.poll() is not None, f"{words[0]} is up")
        if process.poll() is not None:
            raise AssertionError(f"{words[0]} ended: {log.read_text(errors='replace')}")
        yield
    finally:
        _end(process, end)


def _end(process: subprocess.Popen[bytes], by: signal.Signals) -> None:
    """Tell it to end, which ends its children too; kill it where it does not."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
