"""A program of the operator's, run within a time, and ended with all that it began."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from newsfeed.flows.stopping import Stop

_STDERR = 2
_LOOK = 0.2
"""Seconds between two looks whether somebody wants an end."""

_GRACE = 10.0
"""Seconds that are left to the program when newsfeed is to end, which waits for 18."""

_TO_HEED = 5.0
"""Seconds between asking it to end and ending it by force."""


class EndedError(Exception):
    """The program was ended: `str()` says why, such as "took longer than 0:30:00"."""


def supervised(command: str, folder: Path, within: timedelta, stop: Stop | None) -> int:
    """Run a shell's `command` in a folder; gives its exit status.

    All that it says goes to stderr, since stdout is for our report, which machines may read. Who
    sits at a terminal may be asked for a password, and ends it by Ctrl-C; elsewhere, and in a
    service, which has a `stop`, it has so much time. Raises EndedError.
    """
    words = ["/bin/sh", "-c", command]
    if stop is None and sys.stdin.isatty():
        return subprocess.run(words, cwd=folder, stdout=_STDERR, check=False).returncode  # noqa: S603
    with subprocess.Popen(  # noqa: S603  # the operator's own words
        words, cwd=folder, stdin=subprocess.DEVNULL, stdout=_STDERR, start_new_session=True
    ) as process:
        try:
            return _awaited(process, within, stop)
        except BaseException:
            _end(process)
            raise


def _awaited(process: subprocess.Popen[bytes], within: timedelta, stop: Stop | None) -> int:
    latest, why = time.monotonic() + within.total_seconds(), f"took longer than {within}"
    stopped = False
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOK)
        now = time.monotonic()
        if stop and stop.is_set() and not stopped:
            stopped, latest, why = True, now + _GRACE, "was not done when newsfeed was to end"
        if now > latest:
            raise EndedError(why)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and all of its session; by force what does not heed SIGTERM."""
    latest = time.monotonic() + _TO_HEED
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        while time.monotonic() < latest:
            process.poll()  # what has ended counts until somebody asks for its status
            os.killpg(process.pid, 0)
            time.sleep(_LOOK)
        os.killpg(process.pid, signal.SIGKILL)
